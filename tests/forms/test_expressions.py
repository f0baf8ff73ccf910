import json
import time
from typing import Any

import pytest
from hypothesis import assume, given, settings

from mobile.forms import Form, FormInvalid, evaluate, patterns
from tests.forms.samples import ANSWERS, EXPRESSIONS, KINDS, TODAY, document, item, look


def value(expression: Any, **answers: Any) -> Any:
    seen = look(answers, *KINDS, {"type": "calculation", "code": "result", "calculate": expression})
    return seen.values["result"]


@pytest.mark.parametrize(
    ("expression", "answers", "expected"),
    [
        (["+", ["get", "n"], ["decimal", "0.2"]], {"n": "0.1"}, "0.3"),
        (["+", ["get", "n"], ["decimal", "0.2"]], {"n": 0.1}, "0.3"),
        (["-", ["get", "n"]], {"n": 5}, -5),
        (["*", ["get", "n"], 4], {"n": "2.50"}, 10),
        (["/", 1, 3], {}, "0.333333333333"),
        (["/", ["get", "n"], 0], {"n": 5}, None),
        (["mod", -7, 3], {}, -1),
        (["mod", 7, 0], {}, None),
        (["round", ["get", "n"], 1], {"n": "2.25"}, "2.3"),
        (["round", ["get", "n"]], {"n": "-2.5"}, -3),
        (["round", ["get", "n"], -2], {"n": 1250}, 1300),
        (["*", ["get", "n"], ["get", "n"]], {"n": 99_999_999_999}, None),
        (["+", ["get", "t"], 1], {"t": "a"}, None),
        (["-", ["today"], ["get", "d"]], {"d": "2026-11-01"}, 26),
        (["+", ["get", "d"], 30], {"d": "2026-11-27"}, "2026-12-27"),
        (["+", 30, ["get", "d"]], {"d": "2026-11-27"}, "2026-12-27"),
        (["-", ["get", "d"], ["decimal", "0.5"]], {"d": "2026-11-27"}, None),
        (["+", ["get", "d"], ["get", "n"]], {"d": "2026-11-27", "n": 99_999_999_999}, None),
        ([">", ["get", "d"], ["date", "2026-01-01"]], {"d": "2026-11-27"}, True),
        (["=", ["get", "n"], ["decimal", "2.0"]], {"n": 2}, True),
        (["=", ["get", "n"], "2"], {"n": 2}, None),
        (["!=", ["get", "c"], "x"], {"c": "y"}, True),
        (["!=", ["get", "c"], "x"], {}, None),
        (["<", ["get", "t"], ["get", "u"]], {"t": "a", "u": "b"}, True),
        (["<", True, False], {}, None),
        (["and", False, None], {}, False),
        (["and", True, None], {}, None),
        (["or", None, True], {}, True),
        (["or", False, 1], {}, None),
        (["not", None], {}, None),
        (["if", None, 1, 2], {}, 2),
        (["if", [">", ["get", "n"], 3], "many", "few"], {"n": 4}, "many"),
        (["in", ["get", "c"], "x", "y"], {"c": "y"}, True),
        (["in", ["get", "c"], "x"], {}, None),
        (["selected", ["get", "cs"], "z"], {"cs": ["z", "x"]}, True),
        (["selected", ["get", "c"], "x"], {"c": "y"}, False),
        (["length", ["get", "cs"]], {"cs": ["z", "x", "z"]}, 2),
        (["length", ["get", "t"]], {"t": "şığ"}, 3),
        (["empty", ["get", "t"]], {"t": "  "}, True),
        (["empty", ["get", "b"]], {"b": False}, False),
        (["concat", ["get", "t"], "-", ["get", "n"], ["get", "u"]], {"t": "a", "n": "1.50"}, "a-1.5"),
        (["min", ["get", "n"], 3, None], {"n": 7}, 3),
        (["max", ["get", "n"], 3], {}, 3),
        (["max", 1, "a", 2], {}, None),
        (["count", "rows"], {"rows": [{}, {"q": 1}]}, 2),
        (["count", "rows", [">", ["get", "q"], 1]], {"rows": [{"q": 2}, {"q": 1}, {}]}, 1),
        (["sum", "rows", ["*", ["get", "q"], ["get", "n"]]], {"n": "1.5", "rows": [{"q": 2}, {}, {"q": 3}]}, "7.5"),
        (["matches", ["get", "t"], r"\d{2}[A-ZÇĞİÖŞÜ]{1,3}\d{2,4}"], {"t": "34ŞA123"}, True),
        (["matches", ["get", "t"], r"\d{10}|\d{11}"], {"t": "123456789012"}, False),
        (["matches", ["get", "t"], r"\d+"], {"t": "٣٤"}, False),
        (["=", ["get", "k"], "no"], {"k": {"v": "no", "note": "x"}}, True),
        (["=", ["get", "s"], "refused"], {"s": {"refused": True}}, True),
    ],
)
def test_an_expression_has_the_value_that_is_written_down(expression, answers, expected):
    found = value(expression, **answers)
    assert (found, type(found)) == (expected, type(expected))


@settings(deadline=None)
@given(EXPRESSIONS, ANSWERS)
def test_an_expression_is_total_and_says_the_same_twice_and_on_the_other_side(expression, answers):
    form = _form_of(expression)
    first = evaluate(form, answers, today=TODAY)
    elsewhere = Form.load(json.loads(json.dumps(form.document)))
    assert evaluate(elsewhere, json.loads(json.dumps(answers)), today=TODAY).answers == first.answers
    assert evaluate(form, answers, today=TODAY).values == first.values
    assert json.loads(json.dumps(first.answers, allow_nan=False)) == first.answers


def _form_of(expression: Any) -> Form:
    try:
        return Form.load(document(*KINDS, {"type": "calculation", "code": "result", "calculate": expression}))
    except FormInvalid as invalid:  # a comparison with a choice that does not exist
        assume({fault.code for fault in invalid.faults} != {"unknown_choice"})
        raise


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        (["exec", "x"], "unknown_operator"),
        ([], "unknown_operator"),
        ([["get", "n"]], "unknown_operator"),
        (["get", "nothing"], "unknown_item"),
        (["get", "rows"], "not_a_value"),
        (["get", "q"], "in_repeat"),
        (["get", "."], "own_value"),
        (["count", "n"], "not_a_repeat"),
        (["sum", "rows"], "operands"),
        (["count", "rows", ["count", "rows"]], "too_deep"),
        (["=", ["get", "c"], "z"], "unknown_choice"),
        (["in", ["get", "k"], "yes", "nope"], "unknown_choice"),
        (["not"], "operands"),
        (["and", True], "operands"),
        (["if", True, 1], "operands"),
        (["round", 1, 99], "operands"),
        (["date", "2026-02-30"], "operands"),
        (["decimal", "1e5"], "operands"),
        (["matches", ["get", "t"], "(a+)+"], "bad_pattern"),
        (0.5, "wrong"),
        ({"get": "n"}, "wrong"),
        (10**30, "wrong"),
    ],
)
def test_a_wrong_expression_is_told_at_load(expression, fault):
    with pytest.raises(FormInvalid) as told:
        value(expression)
    assert fault in {one.code for one in told.value.faults}


def test_an_expression_that_is_too_large_or_too_deep_is_refused():
    deep: Any = True
    for _ in range(40):
        deep = ["not", deep]
    for expression in (deep, ["or", ["and", *[True] * 150], ["and", *[True] * 150]]):
        with pytest.raises(FormInvalid) as told:
            value(expression)
        assert {one.code for one in told.value.faults} == {"too_deep"}


def test_chained_texts_and_numbers_do_not_grow_without_end():
    parts: list[dict[str, Any]] = [item("text", "t0"), item("number", "n0")]
    for number in range(1, 60):
        text, square = ["get", f"t{number - 1}"], ["get", f"n{number - 1}"]
        parts.append({"type": "calculation", "code": f"t{number}", "calculate": ["concat", text, text]})
        parts.append({"type": "calculation", "code": f"n{number}", "calculate": ["*", square, square]})
    seen = look({"t0": "ab", "n0": "0.3"}, *parts)
    assert max(len(str(value)) for value in seen.values.values()) <= 10_000
    assert all(len(str(seen.values[f"n{number}"])) < 40 for number in range(1, 60))


@pytest.mark.parametrize("pattern", [
    "(a+)+b", "a*a*a*b", ".*x.*", "a{1,200}b{1,200}", "[a-z]*[a-z]*", r"\w+", r"\1", "a++", "a*?", "[z-a]", "[a",
    "a{3,1}", "(?i)a", "[a&&b]", "[[a]]", "x" * 300, "a|*", "[a--b]",
])  # fmt: skip
def test_a_pattern_that_could_be_slow_or_means_more_is_refused(pattern):
    assert patterns.compiled(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        (r"^\d{11}$", "12345678901", "1234567890a"),
        ("[A-Z-]+", "A-B", "a"),
        ("[^0-9]*", "abc", "a1"),
        (r"a\|b|c", "a|b", "a"),
        (r"[\d.]{1,3}", "1.2", "1.23"),
        ("colou?r", "color", "colouur"),
        (r"\$\d+", "$5", "5"),
    ],
)
def test_a_safe_pattern_matches_the_whole_text(pattern, fits, fails):
    compiled = patterns.compiled(pattern)
    assert compiled is not None
    assert (bool(compiled.fullmatch(fits)), bool(compiled.fullmatch(fails))) == (True, False)


@pytest.mark.parametrize("pattern", ["[ab]{0,90}[ab]{0,90}c", "a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaac", ".*c", ".+"])
def test_no_text_makes_an_accepted_pattern_slow(pattern):
    compiled = patterns.compiled(pattern)
    assert compiled is not None
    start = time.process_time()
    compiled.fullmatch("a" * patterns.MOST_TEXT)
    assert time.process_time() - start < 0.1

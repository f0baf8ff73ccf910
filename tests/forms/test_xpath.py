import contextlib
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mobile.forms import Form, FormInvalid, evaluate
from mobile.forms.xpath import XPathError, parse, written
from tests.forms.samples import EXPRESSIONS, GOOD, KINDS, TODAY, document

A, B = ["get", "a"], ["get", "b"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("${a} = 'no' and . > 3", ["and", ["=", A, "no"], [">", ["get", "."], 3]]),
        ("${a}='x' or ${b}='y' and true()", ["or", ["=", A, "x"], ["and", ["=", B, "y"], True]]),
        ("1 + 2 * 3 - 4", ["-", ["+", 1, ["*", 2, 3]], 4]),
        ("(1 + 2) * 3 div 4 mod 5", ["mod", ["/", ["*", ["+", 1, 2], 3], 4], 5]),
        ("-${a} - -2.5", ["-", ["-", A], ["decimal", "-2.5"]]),
        ("${a} != ''", ["not", ["empty", A]]),
        ("'' = ${a}", ["empty", A]),
        ('concat("it\'s", ${ b })', ["concat", "it's", B]),
        ("not(selected(${a}, 'x'))", ["not", ["selected", A, "x"]]),
        ("regex(., '\\d{11}')", ["matches", ["get", "."], "\\d{11}"]),
        ("today() - ${a} >= 30", [">=", ["-", ["today"], A], 30]),
        ("${a} > date('2026-01-01')", [">", A, ["date", "2026-01-01"]]),
        ("if(count-selected(${a}) > 2, 1, 0)", ["if", [">", ["length", A], 2], 1, 0]),
        ("coalesce(${a}, 0)", ["if", ["empty", A], 0, A]),
        ("sum(${price}) > count(${goods})", [">", ["sum", "goods", ["get", "price"]], ["count", "goods"]]),
        ("sum(${goods}, ${price} * 2)", ["sum", "goods", ["*", ["get", "price"], 2]]),
        ("round(${a}, 2)", ["round", A, 2]),
    ],
)
def test_an_expression_of_an_xlsform_is_read(text, tree):
    assert parse(text, {"price": "goods"}) == tree


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ("", 0, ""),
        ("${a} = ", 7, ""),
        ("${a} == 2", 6, "="),
        ("(${a} = 2", 9, ""),
        ("${a} = 2)", 8, ")"),
        ("${a} ${b}", 5, "${b}"),
        ("a = 2", 0, "a"),
        ("1 # 2", 1, " # 2"),
        ("pulldata('x', 'y')", 0, "pulldata"),
        ("2 + not(1, 2)", 4, "not"),
        ("sum(${a})", 0, "sum"),
        ("'half", 0, "'half"),
        ("${a} = 'x' and", 14, ""),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text, at, found):
    with pytest.raises(XPathError) as told:
        parse(text)
    assert (told.value.at, told.value.found) == (at, found)
    assert "" not in (told.value.tr, told.value.en)


@pytest.mark.parametrize("text", ["(" * 5000, "-" * 3000 + "1", "not(" * 900, "1" + "+1" * 5000])
def test_no_text_is_too_deep_or_too_long_for_the_reader(text):
    with pytest.raises(XPathError):
        parse(text)


@settings(deadline=None)
@given(st.text(alphabet="${}a.()='\" <>!+-*,0123456789ndortjs", max_size=40))
def test_any_text_is_read_or_refused(text):
    read: Any = None
    with contextlib.suppress(XPathError):
        read = parse(text)
    again = parse(written(read))
    assert parse(written(again)) == again


@settings(deadline=None)
@given(EXPRESSIONS, GOOD)
def test_what_is_written_and_read_again_means_the_same(expression, answers):
    results = []
    for tree in (expression, parse(written(expression))):
        calculation = {"type": "calculation", "code": "result", "calculate": tree}
        try:
            form = Form.load(document(*KINDS, calculation))
        except FormInvalid as invalid:
            assume({fault.code for fault in invalid.faults} - {"unknown_choice", "too_deep"})
            raise
        results.append(evaluate(form, answers, today=TODAY).values["result"])
    assert results[0] == results[1]

"""Small forms for tests, and chance forms and answers."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from mobile.forms import Evaluation, Form, evaluate

TODAY = date(2026, 11, 27)
SEED = json.loads((Path(__file__).parents[2] / "api/inspections/seed/forms.json").read_text(encoding="utf-8"))["forms"]
FORMS = {document["form_id"]: Form.load(document) for document in SEED}


def item(kind: str, code: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "code": code, "label": {"tr": code.upper()}, **more}


def choices(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": {"tr": code.upper(), "en": code}} for code in codes]


def document(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"form_id": "sample", "version": 1, "title": {"tr": "Örnek"}, "kind": "free", "items": list(items), **more}


def look(answers: Any, *items: dict[str, Any], language: str = "tr") -> Evaluation:
    return evaluate(Form.load(document(*items)), answers, today=TODAY, language=language)


# One item of every kind, for expressions to read.
KINDS = (
    item("number", "n"), item("number", "m", integer=True), item("text", "t"), item("text", "u"),
    item("date", "d"), item("bool", "b"), item("choice", "c", choices=choices("x", "y")),
    item("multi_choice", "cs", choices=choices("x", "y", "z")), item("check", "k", severity="minor"),
    item("photo", "p"), item("signature", "s", may_refuse=True), item("place", "g"), item("time", "h"),
    item("repeat", "rows", items=[item("number", "q"), item("text", "w")]),
)  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["yes", "no", "na", "x", "2026-02-30", "2026-11-27", "12.50", "-0", "1e5", "09:30", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["v", "note", "photos", "deadline_days", "lon", "lat", "refused", "q"]), inner),
    max_leaves=8,
)  # fmt: skip
GOOD = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(-(10**15), 10**15) | st.decimals(-1000, 1000, places=3).map(str),
        "m": st.integers(-9, 9), "t": st.text(max_size=5), "u": st.text(max_size=5),
        "d": st.dates().map(str), "b": st.booleans(), "c": st.sampled_from("xy"),
        "cs": st.lists(st.sampled_from("xyz"), max_size=4), "k": st.sampled_from(["yes", "no", "na"]),
        "p": st.lists(st.sampled_from(["p1", "p2"]), max_size=3), "s": st.just("s1") | st.just({"refused": True}),
        "g": st.just({"lon": 29.02714, "lat": 40.98876, "accuracy_m": 4.5}), "h": st.just("09:30"),
        "rows": st.lists(st.fixed_dictionaries({}, optional={"q": st.integers(-9, 9), "w": st.text(max_size=3)}),
                         max_size=4),
    },
)  # fmt: skip
ANSWERS = GOOD | st.dictionaries(st.sampled_from([one["code"] for one in KINDS] + ["unknown"]), JSON) | JSON

_LEAVES = st.one_of(
    st.sampled_from(["n", "m", "t", "u", "d", "b", "c", "cs", "k", "p", "s", "g", "h"]).map(lambda code: ["get", code]),
    st.none(), st.booleans(), st.integers(-99, 99), st.text(max_size=6), st.just(["today"]),
    st.dates().map(lambda day: ["date", str(day)]), st.decimals(0, 99, places=2).map(lambda n: ["decimal", str(n)]),
    st.just(["count", "rows"]), st.just(["sum", "rows", ["*", ["get", "q"], ["get", "n"]]]),
    st.just(["count", "rows", [">", ["get", "q"], 0]]),
)  # fmt: skip


def _lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def of(names: list[str], least: int, most: int) -> st.SearchStrategy[Any]:
        return st.tuples(st.sampled_from(names), st.lists(inner, min_size=least, max_size=most)).map(
            lambda made: [made[0], *made[1]]
        )

    return st.one_of(
        of(["not", "length", "empty", "-", "round"], 1, 1),
        of(["=", "!=", "<", "<=", ">", ">=", "-", "/", "mod", "selected"], 2, 2),
        of(["concat", "min", "max"], 1, 4),
        of(["and", "or", "+", "*", "in"], 2, 4),
        of(["if"], 3, 3),
        inner.map(lambda part: ["matches", part, r"[a-c]{0,3}\d?|x+"]),
        inner.map(lambda part: ["round", part, 2]),
    )


EXPRESSIONS = st.recursive(_LEAVES, _lists, max_leaves=10)

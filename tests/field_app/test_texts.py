"""Every word of the app is there in Turkish and English, and none is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.i18n.inspection_texts import INSPECTION_TEXTS
from field_app.i18n.phone_texts import PHONE_TEXTS
from field_app.i18n.refusal_texts import REFUSAL_TEXTS
from field_app.i18n.texts import TEXTS
from field_app.screens.base import TABS
from field_app.screens.complaint.vm import _ACTS, KNOWN_ACTS, TONES
from field_app.screens.field_map.vm import FILTERS
from field_app.screens.more.screen import ROOMS
from field_app.today import ORDERS
from mobile.kit.i18n.catalogue import Texts
from mobile.kit.i18n.kit_texts import KIT_TEXTS
from mobile.wire.kinds import KINDS
from tests.kit.text_keys import faults

OWN = {
    "texts": TEXTS, "inspection_texts": INSPECTION_TEXTS, "phone_texts": PHONE_TEXTS, "refusal_texts": REFUSAL_TEXTS,
}  # fmt: skip
KNOWN: Texts = {**KIT_TEXTS, **{key: text for texts in OWN.values() for key, text in texts.items()}}
_APP = Path(__file__).parents[2] / "field_app"


def parsed() -> Iterator[ast.AST]:
    """Every piece of the app's code but its catalogues."""
    for path in sorted(_APP.rglob("*.py")):
        if path.parent.name != "i18n":
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def words() -> set[str]:
    """Every plain text in the code: a key may stand in a table, or come out of a function."""
    return {node.value for node in parsed() if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def told(kind: type[ast.expr]) -> Iterator[ast.expr]:
    """What `t(…)` is called with, as far as it is of one kind."""
    for node in parsed():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
            # A condition may choose between keys, but what it asks for is no key.
            choice = node.args[0]
            parts = [choice.body, choice.orelse] if isinstance(choice, ast.IfExp) else [choice]
            yield from (part for part in parts if isinstance(part, kind))


def pattern_of(key: ast.JoinedStr) -> re.Pattern[str]:
    """Give what a computed key can be."""
    parts = (re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in key.values)
    return re.compile("".join(map(str, parts)))


def test_every_word_that_is_asked_for_is_there():
    assert {key.value for key in told(ast.Constant)} - KNOWN.keys() == set()
    for key in told(ast.JoinedStr):
        assert any(pattern_of(key).fullmatch(known) for known in KNOWN), ast.unparse(key)


@pytest.mark.parametrize("name", OWN)
def test_every_word_is_said_in_both_languages_and_none_is_left_over(name):
    patterns, plain = [pattern_of(key) for key in told(ast.JoinedStr)], words()
    used = {key for key in OWN[name] if key in plain or any(pattern.fullmatch(key) for pattern in patterns)}
    assert faults(OWN[name], used) == []


def test_no_word_stands_in_two_catalogues():
    assert sum(len(texts) for texts in (*OWN.values(), KIT_TEXTS)) == len(KNOWN)


def test_what_is_computed_has_a_word_for_everything_that_can_come():
    acts = {act for allowed in _ACTS.values() for act in allowed}
    wanted = {
        *(f"kind.{kind}" for kind in KINDS), *(f"status.{status}" for status in TONES), *KNOWN_ACTS,
        *(f"do.{act}" for act in acts), *(f"done.{act}" for act in acts), *(f"tab.{tab}" for tab, _ in TABS),
        *(f"today.order.{order}" for order in ORDERS), *(f"map.filter.{which}" for which in FILTERS),
        *(f"more.{room}" for room, _ in ROOMS), *(f"more.{room}_help" for room, _ in ROOMS),
    }  # fmt: skip
    assert wanted - KNOWN.keys() == set()

"""The words of visits, records, businesses and new findings."""

import ast
from pathlib import Path

from field_app.i18n.inspection_texts import INSPECTION_TEXTS
from field_app.i18n.texts import TEXTS
from mobile.kit.i18n.kit_texts import KIT_TEXTS
from tests.kit.text_keys import faults

_SCREENS = Path(__file__).parents[2] / "field_app/screens"
_MINE = ("inspection", "record", "business", "new_finding")


def keys() -> tuple[set[str], set[str]]:
    """Whole keys, and beginnings of keys that are computed."""
    whole, begun = set(), set()
    files = [path for room in _MINE for path in (_SCREENS / room).glob("*.py")]
    for path in (*files, _SCREENS / "form_ports.py", _SCREENS / "place_picker.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
                for key in ast.walk(node.args[0]):
                    if isinstance(key, ast.JoinedStr):
                        begun.add(key.values[0].value)
                    elif isinstance(key, ast.Constant) and "." in str(key.value) and not str(key.value).endswith("."):
                        whole.add(key.value)
    return whole, begun


def test_every_word_is_there_in_both_languages_and_none_is_left_over():
    whole, begun = keys()
    known = {**KIT_TEXTS, **TEXTS, **INSPECTION_TEXTS}
    assert whole - set(known) == set()
    assert {start for start in begun if not any(key.startswith(start) for key in known)} == set()
    used = {key for key in INSPECTION_TEXTS if key in whole or any(key.startswith(start) for start in begun)}
    assert faults(INSPECTION_TEXTS, used) == []

"""One item of a form, ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from mobile.forms import values
from mobile.forms.checking import MOST_ROWS, Found
from mobile.forms.expressions import Compiler, Formula

_MOST_PHOTOS, _MOST_TEXT = 10, 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An item with its compiled rules; what only a screen needs (hint, unit, several lines) stands in `raw`."""

    code: str
    type: str
    raw: Mapping[str, Any]
    label: Mapping[str, str]
    parent: str | None
    """The group or repeat that it stands in."""
    repeat: str | None
    """The repeat that it stands in, directly or in a group."""
    depth: int
    relevant: Formula | None
    required: Formula | None
    constraint: Formula | None
    calculate: Formula | None
    default: Formula | None
    reads: frozenset[str]
    choices: tuple[str, ...]
    least: Decimal | None
    most: Decimal | None
    max_length: int

    @classmethod
    def of(cls, found: Found, compiler: Compiler) -> Self:
        """Compile the rules of an item that was found."""
        raw = found.raw

        def formula(key: str, *, may_read_own: bool = False) -> Formula | None:
            if key not in raw or (key == "required" and raw[key] is False):
                return None
            return compiler.compile(raw[key], f"{found.path}.{key}", may_read_own=may_read_own)

        relevant, calculate, default = formula("relevant"), formula("calculate"), formula("default")
        reads = frozenset(compiler.reads)
        least, most = values.number_of(raw.get("min")), values.number_of(raw.get("max"))
        if found.type in ("photo", "repeat") and most is None:
            most = Decimal(_MOST_PHOTOS if found.type == "photo" else MOST_ROWS)
        choices = raw.get("choices") if isinstance(raw.get("choices"), list) else []
        return cls(
            code=found.code,
            type=found.type,
            raw=raw,
            label=raw.get("label", {}),
            parent=found.group or found.repeat,
            repeat=found.repeat,
            depth=found.depth,
            relevant=relevant,
            required=formula("required"),
            constraint=formula("constraint", may_read_own=True),
            calculate=calculate,
            default=default,
            reads=reads,
            choices=tuple(choice["code"] for choice in choices or () if isinstance(choice, dict) and "code" in choice),
            least=least,
            most=most,
            max_length=raw.get("max_length", _MOST_TEXT),
        )

    def text(self, key: str, language: str) -> str:
        """Give a text of the item (label, hint, constraint_message) in a language, else in Turkish."""
        told: Mapping[str, str] = self.raw.get(key) or {}
        return told.get(language) or told.get("tr", "")

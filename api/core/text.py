"""Turkish text: casing that knows İ and ı, a search fold shared with PostgreSQL, and cleaning of what people type."""

import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

LINE_LENGTH = 200
TEXT_LENGTH = 4_000

_I_FOLD = str.maketrans("İIı", "iii")
_DEACCENT = str.maketrans("çğıöşüâîûÇĞÖŞÜÂÎÛ", "cgiosuaiucgosuaiu")

# `RETURN` bodies are bound when the function is made, so no search_path of a caller can redirect them. The collation
# is pinned: with the default one a database made with LC_CTYPE=C would fold É differently from fold() below.
TR_FOLD_SQL = """
CREATE OR REPLACE FUNCTION tr_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.translate(
    pg_catalog.lower(
        pg_catalog.translate(normalize($1, NFC), 'İIı', 'iii') COLLATE pg_catalog."und-x-icu"
    ),
    'çğıöşüâîûÇĞÖŞÜÂÎÛ',
    'cgiosuaiucgosuaiu'
)
"""

_KEPT_CONTROLS = "\n\t"
_BIDI_CONTROLS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
_INVISIBLE = [0x00AD, 0x200B, 0x2060, 0xFEFF]
_CONTROLS = [code for code in [*range(0x20), *range(0x7F, 0xA0)] if chr(code) not in _KEPT_CONTROLS]
_CLEAN: dict[int, str | None] = dict.fromkeys([*_CONTROLS, *_BIDI_CONTROLS, *_INVISIBLE, *range(0xD800, 0xE000)])
_CLEAN |= {0x2028: "\n", 0x2029: "\n", 0x85: "\n", 0x0B: "\n", 0x0C: "\n", 0x09: " "}
# Vietnamese and Arabic use up to three marks on a letter; unbounded stacks deface screens and make normalising slow.
_MARKS_PER_LETTER = 6


class TextRefused(ValueError):
    """A text cannot be stored; `code` is `text_has_nul`, `text_too_long` or `text_empty`."""

    def __init__(self, code: str, message_tr: str) -> None:
        super().__init__(message_tr)
        self.code = code
        self.message_tr = message_tr


def fold(text: str) -> str:
    """Fold a text to its search key: NFC, Turkish-aware lower case, no Turkish accents.

    Equal to the SQL function `tr_fold` (TR_FOLD_SQL) on every assigned character. Give it cleaned text.
    """
    return unicodedata.normalize("NFC", text).translate(_I_FOLD).lower().translate(_DEACCENT)


def upper_tr(text: str) -> str:
    """Write a text in Turkish capitals: i → İ, ı → I."""
    return unicodedata.normalize("NFC", text).replace("i", "İ").upper()


def lower_tr(text: str) -> str:
    """Write a text in Turkish small letters: İ → i, I → ı."""
    return unicodedata.normalize("NFC", text).replace("İ", "i").replace("I", "ı").lower()


def _without_mark_stacks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_PER_LETTER:
            kept.append(character)
    return "".join(kept)


def clean(text: str, max_length: int) -> str:
    """Make a typed text safe to store and show: NFC, line feeds only, no control or text-direction characters, trimmed.

    The length is counted in characters after cleaning. Raises TextRefused `text_too_long`. Runs in linear time.
    """
    # Cleaning shortens honest text a little, never to a quarter: refuse a flood before walking through it.
    if len(text) > 4 * max_length + 1_000:
        raise _too_long(max_length)
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CLEAN)
    if not cleaned.isascii():
        cleaned = unicodedata.normalize("NFC", _without_mark_stacks(cleaned))
    cleaned = cleaned.strip()
    if len(cleaned) > max_length:
        raise _too_long(max_length)
    return cleaned


def _too_long(max_length: int) -> TextRefused:
    return TextRefused("text_too_long", f"Metin en fazla {max_length} karakter olabilir.")


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise TextRefused("text_has_nul", "Metin geçersiz bir karakter (NUL) içeriyor.")
    return text


def line(text: str, max_length: int = LINE_LENGTH) -> str:
    """Clean a single-line text (names, titles, search words): line breaks become spaces, empty is refused.

    Raises TextRefused `text_has_nul`, `text_too_long` or `text_empty`.
    """
    cleaned = clean(_without_nul(text), max_length).replace("\n", " ")
    if not cleaned:
        raise TextRefused("text_empty", "Bu alan boş bırakılamaz.")
    return cleaned


def multiline(text: str, max_length: int = TEXT_LENGTH) -> str:
    """Clean a text of several lines (descriptions, notes). Raises TextRefused `text_has_nul` or `text_too_long`."""
    return clean(_without_nul(text), max_length)


def _as_field(rule: Callable[[str], str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            return rule(value)
        except TextRefused as refusal:
            # Braces would be read as a template; message_tr has none, and typed text is never part of it.
            raise PydanticCustomError(refusal.code, refusal.message_tr) from refusal

    return check


Line = Annotated[
    str, AfterValidator(_as_field(line)), Field(json_schema_extra={"minLength": 1, "maxLength": LINE_LENGTH})
]
Text = Annotated[str, AfterValidator(_as_field(multiline)), Field(json_schema_extra={"maxLength": TEXT_LENGTH})]

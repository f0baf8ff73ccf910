"""Upper and lower case for Turkish texts: i ↔ İ and ı ↔ I. Python's own casing would write "istanbul" as "ISTANBUL"."""

import unicodedata

_FOLD_I = str.maketrans("İIı", "iii")
_WITHOUT_ACCENTS = str.maketrans("çğıöşüâîû", "cgiosuaiu")


def upper_tr(text: str) -> str:
    """Write a text in Turkish capitals."""
    return unicodedata.normalize("NFC", text).replace("i", "İ").upper()


def lower_tr(text: str) -> str:
    """Write a text in Turkish small letters."""
    return unicodedata.normalize("NFC", text).replace("İ", "i").replace("I", "ı").lower()


def fold(text: str) -> str:
    """Fold a text for searching, so that "sisli" finds "Şişli"; the server folds in the same way."""
    return unicodedata.normalize("NFC", text).translate(_FOLD_I).lower().translate(_WITHOUT_ACCENTS)

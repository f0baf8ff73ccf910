"""Turkish case endings for the proper names that stand in a report: Lale Sokak'ta, Atatürk Bulvarı'nın."""

from functools import lru_cache

_BACK, _ROUND = "aıou", "oöuü"
_VOWELS = "aeıioöuü"
_VOICELESS = "fstkçşhp"
# The last word already has the ending of possession, so an n comes between.
_POSSESSED = ("Caddesi", "Bulvarı", "Parkı", "Mahallesi", "Meydanı", "Yolu", "Camii")
_LOWER = str.maketrans("İI", "iı")


@lru_cache(maxsize=20_000)
def locative(name: str) -> str:
    """Say where: `Lale Sokak'ta`, `Gazi Caddesi'nde`."""
    if name.endswith(_POSSESSED):
        return f"{name}'n{_low(name)[0]}"
    harmonic = _low(name)[0]
    return f"{name}'{'t' if _letters(name)[-1] in _VOICELESS else 'd'}{harmonic[1:]}"


@lru_cache(maxsize=20_000)
def genitive(name: str) -> str:
    """Say whose: `Lale Sokak'ın`, `Gazi Caddesi'nin`."""
    ending = f"{_low(name)[1]}n"
    return f"{name}'n{ending}" if _ends_in_vowel(name) else f"{name}'{ending}"


@lru_cache(maxsize=20_000)
def dative(name: str) -> str:
    """Say whither: `Lale Sokak'a`, `Gazi Caddesi'ne`, `2. Cadde'ye`."""
    vowel = _low(name)[0][1]
    if name.endswith(_POSSESSED):
        return f"{name}'n{vowel}"
    return f"{name}'{'y' if _ends_in_vowel(name) else ''}{vowel}"


def _low(name: str) -> tuple[str, str]:
    """Endings by the last vowel: `da` or `de`, and the narrow vowel of the genitive."""
    last = next(letter for letter in reversed(_letters(name)) if letter in _VOWELS)
    is_back = last in _BACK
    narrow = ("u" if last in _ROUND else "ı") if is_back else ("ü" if last in _ROUND else "i")
    return ("da" if is_back else "de"), narrow


def _letters(name: str) -> str:
    return name.translate(_LOWER).lower()


def _ends_in_vowel(name: str) -> bool:
    return _letters(name)[-1] in _VOWELS

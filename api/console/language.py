"""The console's words: one flat catalogue file for each language, Turkish first."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("tr", "en")
LANGUAGE_COOKIE = "console_language"
_FOLDER = Path(__file__).parent / "i18n"


class Catalogue:
    """The texts of one language; called with a key it gives the text, with the values put in."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        """Take the language's code and its texts by key."""
        self.language = language
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """Give a text.

        Raises:
            KeyError: the catalogue has no such text; a missing word is a fault of ours, never shown as its key.
        """
        text = self.texts[key]
        return text.format(**values) if values else text

    def count(self, key: str, n: int, **values: object) -> str:
        """Give the text for a number of things: `key.one` or `key.other` (Turkish says the same for both)."""
        return self(f"{key}.one" if n == 1 else f"{key}.other", n=n, **values)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.texts


@cache
def catalogue(language: str) -> Catalogue:
    """Give the catalogue of a language of `LANGUAGES`."""
    texts = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return Catalogue(language, texts)


def chosen_language(cookies: Mapping[str, str], user_language: str | None = None) -> str:
    """Say which language a reader gets: the one they clicked, else their account's, else Turkish."""
    for wish in (cookies.get(LANGUAGE_COOKIE), user_language):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]

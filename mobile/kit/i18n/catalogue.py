"""Texts by key in both languages, and the language in force."""

from collections.abc import Callable, Mapping
from typing import Any

LANGUAGES = ("tr", "en")
Texts = Mapping[str, tuple[str, str]]
"""Key → Turkish and English. `{name}` stands for a value. English may say `one|many`, chosen by the value `count`;
Turkish has no plural after a number."""


class Catalogue:
    """All texts of an app; knows nothing of widgets."""

    def __init__(self) -> None:
        """Begin in Turkish with no texts."""
        self.current = "tr"
        self._texts: dict[str, tuple[str, str]] = {}
        self._watchers: list[Callable[[], None]] = []

    def add(self, texts: Texts) -> None:
        """Add the texts of an app or a part of it; adding the same ones again changes nothing.

        Raises:
            ValueError: a key is there already with other texts.
        """
        for key, both in texts.items():
            if self._texts.setdefault(key, both) != both:
                raise ValueError(f"two texts for {key!r}")

    def text(self, key: str, **values: Any) -> str:
        """Give the text of a key in the language in force, with its values put in.

        Raises:
            KeyError: there is no such key, or a value is missing.
        """
        written = self._texts[key][LANGUAGES.index(self.current)]
        if "|" in written and "count" in values:
            one, many = written.split("|")
            written = one if values["count"] == 1 else many
        return written.format(**values) if values else written

    def change(self, language: str) -> None:
        """Speak another language from now on, and tell everyone who watches.

        Raises:
            ValueError: it is not one of LANGUAGES.
        """
        if language not in LANGUAGES:
            raise ValueError(f"unknown language: {language!r}")
        if language != self.current:
            self.current = language
            for watcher in tuple(self._watchers):
                watcher()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Be told of every change; gives what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

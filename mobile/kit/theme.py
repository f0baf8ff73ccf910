"""The appearance in force: light or dark, the town's colour, the text size.

Widgets read it when they are made. When it changes, whoever holds the screens makes them anew (`Navigator` does), so no
widget has to watch it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kivy.metrics import dp as _dp
from kivy.metrics import sp as _sp

from mobile.kit.tokens import DARK, LIGHT, RGBA, TYPE_SCALE, Palette, rgba, with_accent

TEXT_SIZES = (1.0, 1.15, 1.3)


@dataclass(frozen=True)
class Appearance:
    """What the user and the town chose."""

    dark: bool = False
    text_size: float = 1.0
    accent: str | None = None


class Theme:
    """Gives colours and sizes; there is one, `theme`."""

    def __init__(self) -> None:
        """Begin light, in the platform's own blue."""
        self.appearance = Appearance()
        self.palette: Palette = LIGHT
        self._watchers: list[Callable[[], None]] = []

    def change(self, **choices: Any) -> None:
        """Change `dark`, `text_size` or `accent` and tell everyone who watches.

        Raises:
            TypeError: there is no such choice.
            ValueError: the text size is not one of TEXT_SIZES, or the accent is no colour.
        """
        appearance = replace(self.appearance, **choices)
        if appearance == self.appearance:
            return
        if appearance.text_size not in TEXT_SIZES:
            raise ValueError(f"text size must be one of {TEXT_SIZES}, not {appearance.text_size}")
        palette = DARK if appearance.dark else LIGHT
        self.palette = with_accent(palette, appearance.accent) if appearance.accent else palette
        self.appearance = appearance
        for watcher in tuple(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Be told of every change; gives what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def colour(self, name: str, alpha: float = 1.0) -> RGBA:
        """Give a colour of the palette by its name."""
        return rgba(getattr(self.palette, name), alpha)

    def font(self, style: str) -> tuple[float, bool]:
        """Give the size in pixels of a style of TYPE_SCALE, and whether it is bold."""
        size, bold = TYPE_SCALE[style]
        return self.sp(size), bold

    def sp(self, size: float) -> float:
        """Scale a text size to pixels: by the screen, the phone's setting and the app's own."""
        return float(_sp(size)) * self.appearance.text_size

    def grown(self, size: float) -> float:
        """Scale a height in dp that holds one line of text, so that bigger letters have room; never shrinks."""
        return float(_dp(size)) * max(1.0, self.appearance.text_size)


theme = Theme()


def dp(size: float) -> float:
    """Turn density-independent points into pixels."""
    return float(_dp(size))

"""A municipality's colours as a style sheet, corrected so that every text on them can be read (WCAG 2.2, 1.4.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

READABLE = 4.5
DEFAULT_PRIMARY = "#1f5f8b"
LIGHT_SURFACE, DARK_SURFACE = "#f4f6f8", "#1a2128"
# Whatever the colour, white or black is readable on it; only a softer black would miss some greens.
_WHITE, _INK, _BLACK = "#ffffff", "#10161c", "#000000"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 50


@dataclass(frozen=True)
class Palette:
    """What the style sheet needs: the colour, what is written on it, and its readable shade on each surface."""

    primary: str
    on_primary: str
    ink_on_light: str
    ink_on_dark: str


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 (black) to 1 (white), as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def palette(theme: Mapping[str, str] | None) -> Palette:
    """Make the palette of a municipality's `appearance.theme`; an unusable colour gives the default one."""
    wanted = (theme or {}).get("primary", "")
    primary = wanted if _HEX.fullmatch(wanted) else DEFAULT_PRIMARY
    return Palette(
        primary=primary,
        on_primary=max((_WHITE, _BLACK), key=lambda ink: contrast(ink, primary)),
        ink_on_light=_readable(primary, LIGHT_SURFACE, towards=_INK),
        ink_on_dark=_readable(primary, DARK_SURFACE, towards=_WHITE),
    )


def theme_css(theme: Mapping[str, str] | None) -> str:
    """Write the style sheet of a municipality's colours."""
    colours = palette(theme)
    return (
        ":root{"
        f"--brand:{colours.primary};--on-brand:{colours.on_primary};"
        f"--brand-ink:light-dark({colours.ink_on_light},{colours.ink_on_dark})"
        "}\n"
    )


def _readable(colour: str, surface: str, *, towards: str) -> str:
    for step in range(_STEPS + 1):
        mixed = _mix(colour, towards, step / _STEPS)
        if contrast(mixed, surface) >= READABLE:
            return mixed
    return towards


def _mix(colour: str, other: str, share: float) -> str:
    channels = (
        round(int(colour[start : start + 2], 16) * (1 - share) + int(other[start : start + 2], 16) * share)
        for start in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)

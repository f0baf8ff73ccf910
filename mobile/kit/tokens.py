"""Colours, sizes and type scale of the phone apps, as plain values.

Colours are made for direct sun: texts have a contrast of at least 4.5 on every surface they stand on, and what can be
touched has an edge of at least 3 (WCAG 2.2, 1.4.3 and 1.4.11). Sizes are dp, type sizes are sp.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

GAP_XS, GAP_S, GAP_M, GAP_L, GAP_XL = 4, 8, 12, 16, 24
RADIUS_S, RADIUS_M, RADIUS_L = 8, 12, 20
TARGET, TARGET_PRIMARY = 48, 56
"""Smallest sides of what is touched; primary actions are bigger because gloves are thick."""
WIDE_FROM = 700
"""From this width on, two panes stand beside each other."""

TYPE_SCALE: Mapping[str, tuple[float, bool]] = MappingProxyType({
    "display": (30, True), "title": (22, True), "heading": (18, True), "body": (16, False), "strong": (16, True),
    "label": (15, True), "caption": (13.5, False), "small": (12, True),
})  # fmt: skip
"""Size in sp and whether bold, by style."""

RGBA = tuple[float, float, float, float]


@dataclass(frozen=True)
class Palette:
    """Every colour of one appearance, as `#rrggbb`; `on_x` is what is written on `x`."""

    background: str
    surface: str
    raised: str
    line: str
    edge: str
    text: str
    text_soft: str
    accent: str
    on_accent: str
    accent_soft: str
    on_accent_soft: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    on_danger: str
    danger_soft: str
    info: str
    info_soft: str
    shade: str


LIGHT = Palette(
    background="#f1f4f7", surface="#ffffff", raised="#e6ebf0", line="#d3dae1", edge="#75818d", text="#111a22",
    text_soft="#47535f", accent="#0b5cab", on_accent="#ffffff", accent_soft="#d9e8f8", on_accent_soft="#0a437c",
    success="#116432", success_soft="#d6f0df", warning="#7a4a00", warning_soft="#ffe9c2", danger="#b3261e",
    on_danger="#ffffff", danger_soft="#fbdfdc", info="#0b5cab", info_soft="#dbeafa", shade="#0a1017",
)  # fmt: skip
DARK = Palette(
    background="#0d1318", surface="#172028", raised="#24303a", line="#303d49", edge="#8593a1", text="#f2f6fa",
    text_soft="#b4c0cb", accent="#7cb8f5", on_accent="#05213d", accent_soft="#16385a", on_accent_soft="#cfe5fc",
    success="#7ddba0", success_soft="#123a23", warning="#ffc766", warning_soft="#402c05", danger="#ffa39a",
    on_danger="#4a0a06", danger_soft="#4d1814", info="#8ec3f7", info_soft="#15324d", shade="#000000",
)  # fmt: skip

TONES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "neutral": ("raised", "text"), "accent": ("accent_soft", "on_accent_soft"), "success": ("success_soft", "success"),
    "warning": ("warning_soft", "warning"), "danger": ("danger_soft", "danger"), "info": ("info_soft", "info"),
})  # fmt: skip
"""Background and text colour names of chips, badges and banners."""


def rgba(colour: str, alpha: float = 1.0) -> RGBA:
    """Turn `#rrggbb` into numbers from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


def mix(one: str, other: str, share: float) -> str:
    """Mix two colours; share 0 gives the first, 1 the second."""
    parts = (round(255 * (a + (b - a) * share)) for a, b in zip(rgba(one)[:3], rgba(other)[:3], strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 (sRGB)
        for part in rgba(colour)[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def with_accent(palette: Palette, accent: str) -> Palette:
    """Give the palette in a town's own colour, made darker or lighter until it can be read.

    Raises:
        ValueError: the accent is not `#rrggbb`.
    """
    if len(accent) != len("#rrggbb") or accent[0] != "#":
        raise ValueError(f"not a colour: {accent!r}")
    rgba(accent)
    towards = palette.text
    while contrast(accent, palette.surface) < 5 or contrast(accent, palette.background) < 4.5:  # noqa: PLR2004 (WCAG)
        accent = mix(accent, towards, 0.06)
    share = 0.26
    while contrast(palette.text_soft, soft := mix(palette.surface, accent, share)) < 4.6:  # noqa: PLR2004 (WCAG)
        share -= 0.02
    on_accent = max(("#ffffff", mix(accent, "#000000", 0.82)), key=lambda colour: contrast(colour, accent))
    on_soft = accent
    while contrast(on_soft, soft) < 6:  # noqa: PLR2004 (small texts stand on it)
        on_soft = mix(on_soft, towards, 0.08)
    return replace(palette, accent=accent, on_accent=on_accent, accent_soft=soft, on_accent_soft=on_soft)


COLOUR_NAMES = tuple(field.name for field in fields(Palette))

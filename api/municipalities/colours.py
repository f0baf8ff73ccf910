"""Contrast of two colours as the accessibility guidelines measure it."""


def contrast_with_white(colour: str) -> float:
    """Give the contrast ratio of white text on a colour `#rrggbb`, 1 to 21 (WCAG 2.2, relative luminance)."""
    return 1.05 / (_luminance(colour) + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 (sRGB)

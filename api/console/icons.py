"""Which drawing of the icon file stands for a category."""

import re
from functools import cache

from api.console.assets import STATIC

FALLBACK = "other"


@cache
def icon_names() -> frozenset[str]:
    """Every drawing in the icon file."""
    return frozenset(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "app" / "icons.svg").read_text(encoding="utf-8")))


def icon_name(wanted: str) -> str:
    """Give the drawing's name, or the general one: a town may name icons that only its phones have."""
    return wanted if wanted in icon_names() else FALLBACK

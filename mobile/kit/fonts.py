"""The two fonts of the apps: Inter for texts, Material Design Icons for pictures.

They are not in the sources: set-up copies them into `fonts/` beside this file (`npm run build`, part of `make setup`),
and the phone packages carry that folder. Without them every icon would be an empty box, so the apps do not start.
"""

from pathlib import Path

FOLDER = Path(__file__).with_name("fonts")
TEXT, ICONS = "Text", "Icons"
_FILES = ("text-regular.ttf", "text-bold.ttf", "icons.ttf")


class FontsMissing(RuntimeError):
    """The fonts were not fetched; says how."""

    def __init__(self, missing: list[str]) -> None:
        """Take the names of the files that are missing."""
        super().__init__(
            f"Yazı tipleri eksik ({', '.join(missing)}). `make setup` çalıştırın. / "
            f"Fonts are missing in {FOLDER}: run `make setup`, or `npm ci && npm run build`."
        )


def register(folder: Path = FOLDER) -> None:
    """Make the fonts known to Kivy; call it before the first widget is made.

    Raises:
        FontsMissing: they are not there.
    """
    from kivy.core.text import LabelBase  # noqa: PLC0415 (what asks only for the names needs no Kivy)

    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise FontsMissing(missing)
    regular, bold, icons = (str(folder / name) for name in _FILES)
    # Kivy falls back to "Roboto" wherever no font is named.
    for name in (TEXT, "Roboto"):
        LabelBase.register(name, fn_regular=regular, fn_bold=bold, fn_italic=regular, fn_bolditalic=bold)
    LabelBase.register(ICONS, fn_regular=icons)

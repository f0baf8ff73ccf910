"""What a form asks of the app that shows it: the kit knows neither cameras nor where pictures are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kivy.uix.widget import Widget

Place = Mapping[str, float]
"""lon, lat in degrees, accuracy_m."""


class Strip(Protocol):
    """A row of photos with a button that takes the next one; a widget."""

    def show_ids(self, ids: Sequence[str], most: int) -> None:
        """Show the photos of these ids; no more than `most` can be taken."""


def _nowhere() -> Place | None:
    return None


@dataclass(frozen=True)
class Ports:
    """The app's side of a form.

    Attributes:
        photo_strip: makes a strip: (what to do with a new photo's id, with that of one thrown away, test id).
        keep_signature: keeps a drawn signature: (draws the PNG, may be called in a thread; gets the id).
        forget: throws a photo or a signature away.
        picture_of: the name by which the kit's pictures know a photo or signature.
        here: where the phone is.
        pick_place: lets the user choose on the map, beginning at a place; None where there is no map.
        scan: reads a barcode; None where there is nothing to read with, and it is typed.
    """

    photo_strip: Callable[[Callable[[str], None], Callable[[str], None], str], Any]
    keep_signature: Callable[[Callable[[], bytes], Callable[[str], None]], None]
    forget: Callable[[str], None]
    picture_of: Callable[[str], str]
    here: Callable[[], Place | None] = _nowhere
    pick_place: Callable[[Place | None, Callable[[Place], None], Widget], None] | None = None
    scan: Callable[[Callable[[str], None]], None] | None = None

"""One screen of an app: a column that knows where it is and can be saved."""

from typing import Any, ClassVar

from kivy.uix.boxlayout import BoxLayout

from mobile.kit.painting import Painted
from mobile.kit.theme import theme
from mobile.kit.work import Work


class Screen(Painted, BoxLayout):
    """Base of all screens. The navigator makes it from its route, builds it, and calls the hooks below.

    A subclass fills itself in `build()`. What must outlive a change of language or the end of the app is given by
    `save()` and taken back by `restore()`; both speak plain JSON.
    """

    is_detail: ClassVar[bool] = False
    """On a wide screen it stands right of the screen that it was opened from."""
    keeps_detail_open: ClassVar[bool] = False
    """On a wide screen it has a place for details at its right, also when none is chosen."""

    def __init__(self, navigator: Any, **arguments: Any) -> None:
        """Take the navigator and the arguments of the route; they are JSON values."""
        super().__init__(orientation="vertical", fill=theme.colour("background"))
        self.navigator = navigator
        self.arguments = arguments
        self.work = Work()

    def build(self) -> None:
        """Fill the screen; called once, before `restore`."""

    def on_enter(self) -> None:
        """Begin to be seen; called again when the screen above was left."""

    def on_leave(self) -> None:
        """End to be seen."""

    def has_unsaved_work(self) -> bool:
        """Say whether leaving needs a question; what `save()` gives is lost when the screen is left for good."""
        return False

    def takes_back(self) -> bool:
        """Use the back key for something inside the screen; True when that was done."""
        return False

    def save(self) -> dict[str, Any]:
        """Give what was typed and chosen, as JSON values."""
        return {}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `save` gave."""

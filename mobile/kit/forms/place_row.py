"""A question for a place: where one is, or one chosen on the map."""

from collections.abc import Mapping
from typing import Any

from mobile.kit.forms.ports import Place
from mobile.kit.forms.question import Question
from mobile.kit.i18n import formats, t
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Row
from mobile.kit.widgets.text import Icon, Text


class PlaceQuestion(Question):
    """Coordinates with how sure they are."""

    def ask(self) -> None:
        """Put the place and the ways to choose it."""
        self._said = Text()
        here = PushButton(
            t("form.here"), kind="secondary", icon="crosshairs-gps", test_id=f"{self.path}.here", on_tap=self._be_here
        )
        buttons = [here]
        if self.ports.pick_place is not None:
            on_map = PushButton(t("form.on_map"), kind="secondary", icon="map-marker-plus", test_id=f"{self.path}.map")
            on_map.bind(on_tap=self._pick)
            buttons.append(on_map)
        self.put(*self.heading(), Row(Icon("map-marker", tone="accent"), self._said), Row(*buttons))
        self._show()

    def _show(self) -> None:
        self._said.text = said_place(self.value)

    def _be_here(self, *_: Any) -> None:
        here = self.ports.here()
        if here is None:
            self._said.text = t("form.no_fix")
            return
        self._take(here)

    def _pick(self, *_: Any) -> None:
        held = self.value
        start = held if isinstance(held, Mapping) else self.ports.here()
        if self.ports.pick_place is not None:
            self.ports.pick_place(start, self._take, self)

    def _take(self, place: Place) -> None:
        self.answer(dict(place))
        self._show()


def said_place(place: Any) -> str:
    """Say a place; that there is none where it cannot be read."""
    if not isinstance(place, Mapping) or not {"lon", "lat"} <= set(place):
        return t("form.no_place")
    accuracy = place.get("accuracy_m")
    sure = f" (± {formats.distance(accuracy)})" if isinstance(accuracy, int | float) else ""
    return f"{place['lat']:.5f}, {place['lon']:.5f}{sure}"

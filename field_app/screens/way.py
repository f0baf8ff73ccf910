"""The button that hands a place to the phone's own navigation."""

from typing import TYPE_CHECKING, Any

from mobile.device.ports import Refused
from mobile.kit.i18n import t
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.snackbar import Snackbar

if TYPE_CHECKING:
    from field_app.rows import Place
    from field_app.screens.base import FieldScreen


def way_button(screen: "FieldScreen", place: "Place", name: str) -> PushButton:
    """Give the button; `name` is what the navigation writes beside its mark."""

    def lead(*_: Any) -> None:
        try:
            screen.field.device.navigation.lead_to(*place, name)
        except Refused:
            Snackbar(t("way.none"), icon="navigation").open(screen)

    return PushButton(t("way.lead"), kind="secondary", icon="navigation", test_id="way", on_tap=lead)

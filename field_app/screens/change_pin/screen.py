"""The screen on which the PIN is changed."""

from field_app.screens.base import FieldScreen
from field_app.screens.change_pin.vm import ChangePinModel
from mobile.kit.i18n import t
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.layout import Spacer
from mobile.kit.widgets.pin_pad import PinPad
from mobile.kit.widgets.snackbar import Snackbar


class ChangePin(FieldScreen):
    """Old, new, new again."""

    is_detail = True

    def build(self) -> None:
        """Make the pad."""
        self.model = ChangePinModel(self.field.phone.vault)
        self.pad = PinPad(prompt=self.model.prompt, test_id="change_pin", on_complete=self._typed)
        bar = TopBar(t("change_pin.title"), has_back=not self.navigator.is_wide, on_back=self.go_back)
        for part in (bar, Spacer(), self.pad, Spacer()):
            self.add_widget(part)

    def _typed(self, _pad: PinPad, pin: str) -> None:
        self.pad.disabled = True
        self.work.run(lambda: self.model.typed(pin), self._answered)

    def _answered(self, is_changed: bool) -> None:
        self.pad.disabled = False
        self.pad.prompt, self.pad.error = self.model.prompt, self.model.error
        if is_changed:
            navigator = self.navigator
            navigator.pop()
            Snackbar(t("change_pin.done"), icon="check").open(navigator.current)

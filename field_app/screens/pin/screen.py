"""The PIN screen."""

from typing import Any

from field_app.screens.pin.trouble import TroubleView
from field_app.screens.pin.vm import PinModel
from mobile.kit.i18n import t
from mobile.kit.screen import Screen
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_XL
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.dialog import Dialog
from mobile.kit.widgets.layout import Column, Spacer, show
from mobile.kit.widgets.pin_pad import PinPad
from mobile.kit.widgets.text import Icon, Text
from mobile.sdk.open_db import Damaged, WrongKey


class Pin(Screen):
    """Six digits open the phone."""

    def build(self) -> None:
        """Make the pad."""
        self.field = self.navigator.field
        # Whoever has just signed in although there is a database has forgotten its PIN.
        self.model = PinModel(
            self.field.phone.vault, self.field.account, is_recovery=bool(self.arguments.get("is_recovery"))
        )
        self.pad = PinPad(prompt=self.model.prompt, test_id="pin", on_complete=self._typed)
        profile = self.field.account.profile
        head = Column(
            Icon("lock", side=44, tone="accent", pos_hint={"center_x": 0.5}),
            Text(profile.name, style="title", halign="center"),
            Text(profile.town, tone="text_soft", halign="center"),
            padding=(dp(GAP_XL), dp(GAP_XL), dp(GAP_XL), dp(GAP_L)),
        )
        for part in (Spacer(), head, self.pad):
            self.add_widget(part)
        if not self.model.is_choosing:
            self.add_widget(PushButton(t("pin.forgotten"), kind="text", test_id="forgotten", on_tap=self._forgotten))
        self.add_widget(Spacer())

    def _typed(self, _pad: PinPad, pin: str) -> None:
        self.pad.disabled = True
        self.work.run(lambda: self.model.typed(pin), self._answered)

    def _answered(self, key: bytes | None) -> None:
        self.pad.disabled = False
        self.pad.prompt, self.pad.error = self.model.prompt, self.model.error
        if key is not None:
            self._open(key)

    def _open(self, key: bytes) -> None:
        try:
            unlocked = self.field.phone.open(key)
        except (Damaged, WrongKey) as trouble:
            show(self, TroubleView(self.field.phone, self.work, key, trouble, self._open))
            return
        self.field.on_unlocked(unlocked)

    def _forgotten(self, *_: Any) -> None:
        Dialog(
            title=t("pin.forgotten_title"), text=t("pin.forgotten_body"), confirm=t("pin.sign_in"),
            cancel=t("pin.cancel"), on_confirm=lambda *_: self.field.go_to_lock("sign_in"), test_id="forgotten_dialog",
        ).open(self.navigator)  # fmt: skip

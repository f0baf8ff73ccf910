"""What is wrong with the phone's database, and what can be done: nothing of it deletes anything."""

from collections.abc import Callable

from field_app.phone import Phone
from field_app.salvage import Salvaged
from mobile.kit.i18n import t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L, GAP_XL
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.dialog import Dialog
from mobile.kit.widgets.layout import Column, Scroll, show
from mobile.kit.widgets.text import Icon, Text
from mobile.kit.work import Work
from mobile.sdk.open_db import Damaged, WrongKey


class TroubleView(Scroll):
    """In the place of the PIN pad; `go_on` is called with the key when the database is to be opened again."""

    def __init__(
        self, phone: Phone, work: Work, key: bytes, trouble: Damaged | WrongKey, go_on: Callable[[bytes], None]
    ) -> None:
        """Take the phone, the screen's work, the key, what opening said, and how to go on."""
        self.column = Column(padding=dp(GAP_XL), spacing=dp(GAP_L))
        super().__init__(self.column)
        self._phone, self._work, self._key, self._go_on = phone, work, key, go_on
        if isinstance(trouble, Damaged):
            self._show_damaged(trouble)
        else:
            self._show_closed()

    def _say(self, icon: str, title: str, text: str, *buttons: PushButton) -> None:
        head = Icon(icon, side=64, tone="warning", pos_hint={"center_x": 0.5})
        show(self.column, head, Text(title, style="title", halign="center", test_id="trouble"), Text(text), *buttons)

    def _show_damaged(self, damaged: Damaged, problem: str = "") -> None:
        rescue = PushButton(t("trouble.rescue"), icon="content-save", test_id="rescue")
        rescue.bind(on_tap=lambda *_: self._rescue(rescue, damaged))
        text = t("trouble.damaged_text", count=len(damaged.rescued))
        self._say("alert", t("trouble.damaged"), problem or text, rescue)

    def _rescue(self, button: PushButton, damaged: Damaged) -> None:
        button.disabled = True

        def failed(error: Exception) -> None:
            if not isinstance(error, OSError):
                raise error
            self._show_damaged(damaged, t("trouble.no_room"))

        self._work.run(lambda: self._phone.rescue(self._key, damaged), self._show_rescued, failed)

    def _show_rescued(self, saved: Salvaged) -> None:
        go_on = PushButton(t("trouble.go_on"), icon="check", test_id="go_on")
        go_on.bind(on_tap=lambda *_: self._go_on(self._key))
        text = t("trouble.rescued_text", photos=saved.photos, lost=saved.unreadable)
        self._say("check-circle", t("trouble.rescued", count=saved.records), text, go_on)

    def _show_closed(self) -> None:
        again = PushButton(t("trouble.again"), icon="refresh", test_id="again")
        again.bind(on_tap=lambda *_: self._go_on(self._key))
        anew = PushButton(t("trouble.anew"), kind="secondary", icon="plus", test_id="anew")
        anew.bind(on_tap=lambda *_: self._ask())
        self._say("alert", t("trouble.closed"), t("trouble.closed_text"), again, anew)

    def _ask(self) -> None:
        Dialog(
            title=t("trouble.anew_title"), text=t("trouble.anew_text"), confirm=t("trouble.anew"),
            cancel=t("pin.cancel"), kind="danger", on_confirm=lambda *_: self._begin_anew(), test_id="anew_dialog",
        ).open(self)  # fmt: skip

    def _begin_anew(self) -> None:
        self._phone.begin_anew()
        self._go_on(self._key)

"""The server's address on the sign-in screen: a line that opens to a field, as long as nobody has signed in."""

from collections.abc import Callable
from typing import Any

from field_app.phone import Phone
from field_app.server import NoAddress
from mobile.kit.i18n import t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_M
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, show


class ServerPart(Column):
    """Says which server it is; a tap lets another address be typed, and `changed` is called when it is another one."""

    def __init__(self, phone: Phone, changed: Callable[[], None]) -> None:
        """Take the phone, and whom to tell."""
        super().__init__(spacing=dp(GAP_M))
        self._phone, self._changed = phone, changed
        self.line = PushButton(kind="text", test_id="server_line", on_tap=self._open)
        self.address = TextField(
            t("server.label"), keyboard="url", helper=t("server.help"), test_id="server", on_done=self._use
        )
        self.use = PushButton(t("server.use"), kind="secondary", test_id="server_use", on_tap=self._use)
        self._close()

    def _open(self, *_: Any) -> None:
        self.address.text, self.address.error = self._phone.server, ""
        show(self, self.address, self.use)

    def _close(self) -> None:
        self.line.text = t("server.at", host=self._phone.server.partition("://")[2] or "—")
        show(self, self.line)

    def _use(self, *_: Any) -> None:
        try:
            self._phone.change_server(self.address.text)
        except NoAddress:
            self.address.error = t("server.wrong")
            return
        self._close()
        self._changed()

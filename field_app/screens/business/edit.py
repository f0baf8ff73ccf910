"""Changing what is seen on the spot: telephone, opening hours, activity, note."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.business.vm import SEEN_FIELDS, BusinessModel
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text


class BusinessEdit(FieldScreen):
    """The fields; what is not changed is not sent."""

    is_detail = True

    def build(self) -> None:
        """Make the fields with what is known."""
        self.model = BusinessModel(self.field.open, str(self.arguments["id"]))
        self.seen = self.model.values()
        self.fields = {
            name: TextField(
                t(f"business.{name}"), text=self.seen[name], rows=3 if name == "note" else 1,
                keyboard="tel" if name == "phone" else "text", test_id=name,
            )
            for name in SEEN_FIELDS
        }  # fmt: skip
        send = PushButton(t("business.save"), icon="check", test_id="send", on_tap=self._send)
        help_text = Text(t("business.edit_help"), style="caption", tone="text_soft")
        for part in (
            TopBar(t("business.edit"), has_back=True, on_back=self.go_back),
            Scroll(Column(help_text, *self.fields.values(), padding=dp(GAP_L), spacing=dp(GAP_L))),
            Column(send, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface")),
        ):
            self.add_widget(part)

    def has_unsaved_work(self) -> bool:
        """Ask before what was typed is lost."""
        return any(field.text != self.seen[name] for name, field in self.fields.items())

    def save(self) -> dict[str, Any]:
        """Keep what was typed, and what it is laid upon."""
        return {"seen": self.seen, "typed": {name: field.text for name, field in self.fields.items()}}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        if saved:
            self.seen = saved["seen"]
            for name, text in saved["typed"].items():
                self.fields[name].text = text

    def _send(self, *_: Any) -> None:
        is_changed = self.model.change(self.seen, {name: field.text for name, field in self.fields.items()})
        self.field.wake_sync()
        navigator = self.navigator
        navigator.pop()
        if is_changed:
            Snackbar(t("business.saved"), icon="check").open(navigator.current)

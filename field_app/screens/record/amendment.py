"""A correction of a submitted visit: the record itself stays as it was, the correction stands below it."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.photo_strip import PhotoStrip
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.snackbar import Snackbar
from mobile.sdk.pictures import Picture

_KIND = "inspection.amend"
_LONGEST = 2_000


class Amendment(FieldScreen):
    """What is to be corrected, with photos; kept at every letter."""

    is_detail = True

    def build(self) -> None:
        """Make the field and the strip."""
        self.inspection_id = str(self.arguments["id"])
        self.draft_id = f"amend:{self.inspection_id}"
        held = next((one for one in self.field.open.engine.drafts(_KIND) if one.id == self.draft_id), None)
        text = str(held.body.get("text", "")) if held else ""
        self.text = TextField(
            t("amendment.label"), rows=5, limit=_LONGEST, helper=t("amendment.help"), text=text, test_id="text"
        )
        self.text.bind(text=lambda *_: self._keep())
        self.photos = PhotoStrip(self.field, self.work, self._add, self._remove, test_id="photos")
        send = PushButton(t("amendment.send"), icon="check", test_id="send", on_tap=self._send)
        for part in (
            TopBar(t("record.amend"), has_back=True, on_back=self.go_back),
            Scroll(Column(self.text, self.photos, padding=dp(GAP_L), spacing=dp(GAP_L))),
            Column(send, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface")),
        ):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show the photos."""
        self.photos.show(self.field.open.photos.photos_of(self.draft_id))

    def _body(self) -> dict[str, Any]:
        return {"inspection_id": self.inspection_id, "text": self.text.text.strip()}

    def _keep(self) -> None:
        self.field.open.engine.save_draft(self.draft_id, _KIND, self._body())

    def _add(self, picture: Picture) -> None:
        self._keep()
        self.field.open.photos.keep(self.draft_id, picture)
        self.refresh()

    def _remove(self, photo_id: str) -> None:
        self.field.open.photos.drop(photo_id)
        self.refresh()

    def _send(self, *_: Any) -> None:
        if not self.text.text.strip():
            self.text.error = t("amendment.no_text")
            return
        self.field.open.acts.record(_KIND, self._body(), self.draft_id)
        self.field.wake_sync()
        navigator = self.navigator
        navigator.pop()
        Snackbar(t("amendment.done"), icon="check").open(navigator.current)

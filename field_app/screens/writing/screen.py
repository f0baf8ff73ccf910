"""Writing: a text, photos, and one button that hands it over to the outbox."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.photo_strip import PhotoStrip
from field_app.screens.writing.vm import LONGEST, MOST_PHOTOS, WritingModel
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text
from mobile.sdk.pictures import Picture


class Writing(FieldScreen):
    """A note, an answer, the end of a case or of a task. Kept at every letter: leaving loses nothing."""

    is_detail = True

    def build(self) -> None:
        """Make the field and the strip."""
        mode = str(self.arguments["mode"])
        self.model = WritingModel(self.field.open, mode, str(self.arguments["id"]))
        self.text = TextField(
            t(f"writing.{mode}.label"), rows=5, limit=LONGEST, helper=t(f"writing.{mode}.help"), test_id="text",
            text=self.model.read().text,
        )  # fmt: skip
        self.text.bind(text=lambda _field, text: self.model.write(text))
        self.photos = PhotoStrip(self.field, self.work, self._add, self._remove, test_id="photos")
        self.missing = Text(style="label", tone="danger")
        self.send = PushButton(t(f"do.{mode}"), icon="check", test_id="send", on_tap=self._send)
        column = Column(self.text, self.photos, padding=dp(GAP_L), spacing=dp(GAP_L))
        foot = Column(self.missing, self.send, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"))
        bar = TopBar(t(f"writing.{mode}.title"), has_back=True, on_back=self.go_back)
        for part in (bar, Scroll(column), foot):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show the photos, and what is missing once sending was tried."""
        self.photos.show(self.model.read().photos, MOST_PHOTOS)

    def _add(self, picture: Picture) -> None:
        self.model.add(picture)
        self.missing.text = ""
        self.refresh()

    def _remove(self, photo_id: str) -> None:
        self.model.remove(photo_id)
        self.refresh()

    def _send(self, *_: Any) -> None:
        missing = self.model.read().missing
        if missing:
            self.missing.text = t(missing)
            return
        self.model.send()
        self.field.wake_sync()
        navigator = self.navigator
        navigator.pop()
        Snackbar(t(f"done.{self.model.mode}"), icon="check").open(navigator.current)

"""Taking the outbox along where there is no network at all: a sealed file for a USB stick or another phone."""

from typing import Any

from field_app.screens.base import FieldScreen
from mobile.device.ports import Refused
from mobile.kit.i18n import t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_L
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.layout import Column, Scroll, show
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.text import Text

MEDIA_TYPE = "application/vnd.belediye.bundle"


class Export(FieldScreen):
    """For the day on which there is no network at all."""

    is_detail = True

    def build(self) -> None:
        """Explain, and offer the one button."""
        self.told = Column()
        write = PushButton(t("export.write"), icon="upload", test_id="export", on_tap=self._write)
        card = Card(Text(t("export.what")), Text(t("export.who"), tone="text_soft"), write)
        self.add_widget(TopBar(t("more.export"), has_back=not self.navigator.is_wide, on_back=self.go_back))
        self.add_widget(Scroll(Column(card, self.told, padding=dp(GAP_L), spacing=dp(GAP_L))))

    def _write(self, *_: Any) -> None:
        unlocked = self.field.open
        name = f"{unlocked.profile.municipality}-{unlocked.desk.now():%Y%m%d-%H%M}.cbx"
        path = self.field.phone.around.folder / name
        try:
            exported = unlocked.export(path)
            self.field.device.sharing.export_file(path, MEDIA_TYPE, t("more.export"))
        except (OSError, Refused):
            Snackbar(t("export.failed"), icon="alert").open(self)
            return
        text = t("export.done", records=exported.lines, photos=exported.pictures)
        show(self.told, Card(Text(text, style="heading"), Text(name, tone="text_soft")))

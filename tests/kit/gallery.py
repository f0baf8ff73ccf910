"""Every widget of the kit on a few screens, to be looked at: `python -m tests.kit.gallery` takes pictures of all.

APP_SIZE=800x1280 shows a tablet; DARK=1, TEXT_SIZE=1.3 and LANGUAGE_SHOWN=en the other faces. Pictures go to SHOTS;
SAMPLES=4 smooths what the tests draw quickly.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.kit.robot import Robot  # isort: skip (before anything of Kivy)
from mobile.kit import fonts
from mobile.kit.i18n import formats, language
from mobile.kit.navigator import Navigator
from mobile.kit.screen import Screen
from mobile.kit.theme import dp, theme
from mobile.kit.widgets.banner import Banner
from mobile.kit.widgets.bars import BottomNav, TopBar
from mobile.kit.widgets.button import IconButton, PushButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.dialog import BottomSheet, Dialog
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, Strip
from mobile.kit.widgets.marks import Badge, Chip
from mobile.kit.widgets.photo import PhotoThumb, PhotoViewer
from mobile.kit.widgets.pin_pad import PinPad
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.search_field import SearchField
from mobile.kit.widgets.segmented import Segmented
from mobile.kit.widgets.signature import SignaturePad
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.stopwatch import Stopwatch
from mobile.kit.widgets.text import Text
from mobile.kit.widgets.toggle import Toggle
from mobile.kit.widgets.virtual_list import VirtualList
from tests.kit.conftest import Showing
from tests.kit.pictures_made import photo_file

TABS = [("list", "Görevler", "clipboard-list"), ("map", "Harita", "map"), ("form", "Denetim", "clipboard-check"),
        ("more", "Diğer", "menu")]  # fmt: skip
STREETS = ("Cumhuriyet Caddesi", "İstiklal Sokağı", "Şehit Ömer Çıkmazı", "Gül Sokak", "Atatürk Bulvarı")
SUBJECTS = (
    ("Ruhsatsız işyeri ihbarı", "store-alert", "danger"), ("Kaldırım işgali", "road-variant", "warning"),
    ("Yıllık işyeri denetimi", "clipboard-check", "success"), ("Çöp konteyneri taşmış", "trash-can", "info"),
    ("Gürültü şikâyeti — canlı müzik yayını", "volume-high", "accent"),
    ("Sokak lambası yanmıyor", "lightbulb-on", "neutral"),
)  # fmt: skip


def rows(count: int) -> list[dict]:
    """So many lines of a list."""
    made = []
    for at in range(count):
        title, icon, tone = SUBJECTS[at % len(SUBJECTS)]
        detail = f"{STREETS[at % len(STREETS)]} No: {at % 90 + 1} · {formats.distance(120 + 37 * at)}"
        made.append({"key": str(at), "title": title, "detail": detail, "icon": icon, "tone": tone,
                     "note": "14:05" if at % 3 else "bugün"})  # fmt: skip
    return made


class Listing(Screen):
    keeps_detail_open = True

    def build(self):
        self.add_widget(TopBar("Görevler", [IconButton("filter-variant"), IconButton("sync")],
                               detail=formats.date_with_day(datetime(2026, 11, 22, tzinfo=UTC))))  # fmt: skip
        self.add_widget(
            Banner("Çevrimdışı — 3 kayıt gönderilmeyi bekliyor", icon="cloud-off", tone="warning", action="Göster")
        )
        chips = Strip(Chip("Tümü", is_chosen=True), Chip("Gecikmiş", icon="clock"), Chip("Yakınımda"), Chip("Gıda"))
        self.add_widget(Column(SearchField("Görev, işyeri, adres ara", test_id="search"), chips, padding=dp(16)))
        self.list = VirtualList(rows(5000), test_id="tasks", on_choose=self.open)
        self.add_widget(self.list)
        self.nav = BottomNav(TABS, value="list", test_id="nav", on_choose=lambda _nav, key: self.navigator.start(key))
        self.nav.count("list", 12)
        self.add_widget(self.nav)

    def open(self, _list, key):
        self.list.chosen = key
        self.navigator.go("detail", key=key)


class Detail(Screen):
    is_detail = True

    def build(self):
        self.add_widget(TopBar("Yıllık denetim", [IconButton("dots-vertical")], has_back=not self.navigator.is_wide,
                               detail="GRV-2026-000318", on_back=lambda *_: self.navigator.back()))  # fmt: skip
        photos = Row(*(PhotoThumb(str(photo_file(at)), can_remove=at == 0, test_id=f"photo{at}") for at in range(3)))
        self.photos = photos.children[::-1]
        state = Row(
            Badge("Gecikmiş", tone="danger"), Badge("Gıda", tone="info"), Badge("2 kusur", tone="warning"), Spacer()
        )
        business = Card(
            state, Text("Güneş Fırını Gıda San. Ltd. Şti.", style="heading"),
            Text("Cumhuriyet Mah. Şehit Ömer Çıkmazı No: 12/A\nVergi no •••••• 4417", tone="text_soft"),
            Row(PushButton("Yol tarifi", kind="secondary", icon="navigation"),
                PushButton("Ara", kind="secondary", icon="phone")),
        )  # fmt: skip
        debt = Card(
            Row(Text("Açık borç", style="label", tone="text_soft"),
                Text(formats.money(125000), style="title", halign="right")),
            Progress(value=0.62), Text("Denetim formu: 13/21 soru", style="caption", tone="text_soft"),
        )  # fmt: skip
        history = Card(ListRow("Önceki denetim", detail="12.03.2026 · uygun", icon="check-circle", tone="success"),
                       ListRow("Ceza tutanağı", detail="ZB-2025-000871 · ₺4.512,00", icon="gavel", tone="danger"),
                       padding=dp(2), spacing=0)  # fmt: skip
        self.add_widget(Scroll(Column(business, debt, Text("Fotoğraflar", style="heading"), photos, history,
                                      padding=dp(16), spacing=dp(16))))  # fmt: skip
        actions = Column(
            PushButton("Denetimi başlat", icon="play", test_id="start"), padding=dp(16), fill=theme.colour("surface")
        )
        self.add_widget(actions)


class Form(Screen):
    def build(self):
        self.add_widget(TopBar("Denetim formu", has_back=True, on_back=lambda *_: self.navigator.back()))
        kinds = [("food", "Gıda üretimi"), ("cafe", "Kafe, çay ocağı"), ("shop", "Bakkal, market")]
        choice = Choice("Faaliyet konusu", options=kinds, value="cafe", test_id="activity")
        column = Column(
            Row(Text("Geçen süre", style="label", tone="text_soft"), Stopwatch(lambda: 3725.0, 0.0)),
            TextField("Yetkilinin adı soyadı", text="Işıl Öztürk Çağlayan", test_id="name"),
            TextField("Telefon", placeholder="05__ ___ __ __", keyboard="tel", error="On bir haneli olmalı"),
            choice,
            Text("Hijyen belgesi asılı mı?", style="strong"),
            Segmented([("yes", "Evet"), ("no", "Hayır"), ("na", "Uygulanmaz")], value="no", test_id="hygiene"),
            Toggle("Tekrar denetim gerekir", helper="15 gün sonraya görev açılır", is_on=True, test_id="again"),
            TextField("Açıklama", rows=3, limit=500, helper="Yurttaş da görür.", test_id="note",
                      text="Vitrin camında çatlak var, ruhsat levhası görünür yerde değil."),
            Text("İmza", style="strong"),
            SignaturePad(hint="Yetkili burayı imzalar", test_id="signature"),
            Row(PushButton("Geri al", kind="text", icon="undo"), PushButton("Temizle", kind="text", icon="eraser")),
            PushButton("Kaydet ve bitir", icon="check", test_id="finish"),
            PushButton("Taslağı sil", kind="danger", icon="delete"),
            padding=dp(16), spacing=dp(20),
        )  # fmt: skip
        self.scroll = Scroll(column)
        self.add_widget(self.scroll)


class More(Screen):
    def build(self):
        self.add_widget(TopBar("Kilit"))
        self.add_widget(Spacer())
        self.add_widget(PinPad(prompt="Şifrenizi girin", error="Yanlış şifre, 4 hakkınız kaldı", test_id="pin"))
        self.add_widget(Spacer())
        self.add_widget(Progress(value=-1))


class Nothing(Screen):
    def build(self):
        self.add_widget(TopBar("Gönderilecekler", has_back=True))
        self.add_widget(
            EmptyState("cloud-check", "Her şey gönderildi", "Bu telefonda bekleyen kayıt yok.", action="Görevlere dön")
        )


def navigator() -> Navigator:
    """All screens of the gallery."""
    from tests.kit.gallery_map import MapScreen  # noqa: PLC0415

    routes = {"list": Listing, "detail": Detail, "form": Form, "more": More, "nothing": Nothing, "map": MapScreen}
    return Navigator(routes, "list", nothing_chosen=lambda: EmptyState("clipboard-list", "Bir görev seçin"))


def main() -> None:
    """Take all pictures in one appearance."""
    fonts.register()
    theme.change(dark=bool(os.environ.get("DARK")), text_size=float(os.environ.get("TEXT_SIZE", "1.0")))
    language.change(os.environ.get("LANGUAGE_SHOWN", "tr"))
    nav = navigator()
    robot = Robot(Showing(nav))
    robot.window.bind(on_keyboard=nav.on_key)
    face = f"{robot.window.width}-{'dark' if theme.appearance.dark else 'light'}-{theme.appearance.text_size}"
    robot.shot(f"{face}-list")
    robot.tap("tasks.3")
    robot.until(lambda: all(photo.is_ready for photo in nav.current.photos))
    robot.shot(f"{face}-detail")
    Snackbar("Kayıt telefona yazıldı", icon="check", action="Geri al").open(nav)
    robot.advance(0.3)
    robot.shot(f"{face}-snackbar")
    viewer = PhotoViewer([str(photo_file(at)) for at in range(3)])
    viewer.open(nav)
    robot.advance(0.3)
    robot.until(lambda: viewer._picture.is_ready)
    robot.shot(f"{face}-viewer")
    viewer.dismiss()
    nav.start("form")
    robot.advance(0.3)
    robot.shot(f"{face}-form")
    robot.tap("activity")
    robot.shot(f"{face}-choice")
    robot.back()
    nav.current.scroll.scroll_y = 0
    pad = robot.find("signature")
    robot.frames(3)
    pad.set_strokes([[(0.2 + t / 60, 0.5 - 0.2 * ((t * 7) % 5 - 2) / 4) for t in range(30)]])
    robot.shot(f"{face}-form-end")
    nav.start("more")
    robot.tap("pin.1")
    robot.shot(f"{face}-pin")
    nav.go("nothing")
    robot.advance(0.2)
    Dialog(
        "Görevi bırak?",
        "Bırak",
        text="Görev havuza döner, yazdıklarınız taslakta kalır.",
        cancel="Vazgeç",
        kind="danger",
    ).open(nav)
    robot.advance(0.3)
    robot.shot(f"{face}-dialog")
    nav.back()
    robot.shot(f"{face}-empty")
    BottomSheet(Text("Pafta indirilmemiş bölgeler gri görünür.", tone="text_soft"), Toggle("Yalnız benim görevlerim"),
                Toggle("İşyerleri", is_on=True), PushButton("Uygula"), title="Haritada göster").open(nav)  # fmt: skip
    robot.advance(0.3)
    robot.shot(f"{face}-sheet")
    nav.back()
    nav.start("map")
    robot.until(lambda: nav.current.map.is_settled)
    robot.shot(f"{face}-map")
    Path(robot.shots / "done").touch()


if __name__ == "__main__":
    main()

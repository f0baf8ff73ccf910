"""The field app itself, in a window that nobody sees, plays an inspector's part of the demonstration.

`python -m tests.field_app.rehearsal --server URL …` signs in, syncs, works without a network, and syncs again. Every
step is a line of JSON on its output: {"begin": title}, then {"told": …}, then {"done": true}; {"failed": …} ends it.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.kit.robot import Robot  # isort: skip (before anything of Kivy)
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from field_app.app import FieldApp
from field_app.main import make_phone
from mobile.device.desktop import device
from mobile.device.ports import Fix, Network

PIN = "274916"
PATIENCE_S = 60.0


class Switch(httpx.BaseTransport):
    """The line to the server, which can be cut."""

    def __init__(self) -> None:
        self.is_cut = False
        self._line = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("no network", request=request)
        return self._line.handle_request(request)


class Inspector:
    """A person with the app in hand."""

    def __init__(self, server: str, folder: Path, place: tuple[float, float]) -> None:
        self.switch = Switch()
        desktop = device(folder)
        desktop.location.give(Fix(*place, 8.0, desktop.clock.wall()))
        phone = make_phone(desktop, httpx.Client(base_url=server, transport=self.switch))
        self.robot = Robot(FieldApp(phone, desktop), Path(folder) / "shots")
        self.place = place

    # --- steps ----------------------------------------------------------------------------------------------------

    def sign_in(self, town: str, username: str, password: str, code: str) -> str:
        robot = self.robot
        robot.until(lambda: robot.find("town").options, PATIENCE_S)
        robot.tap("town")
        self.choose(f"town.{town}")
        for field, text in (("username", username), ("password", password), ("code", code)):
            self.reach(field)
            robot.tap(field)
            robot.type(text)
        self.reach("sign_in")
        robot.tap("sign_in")
        robot.until(lambda: robot.has("pin.1"), PATIENCE_S)
        for _ in range(2):
            for digit in PIN:
                robot.tap(f"pin.{digit}")
            robot.advance(0.5)
            robot.until(lambda: not robot.find("pin").disabled if robot.has("pin") else True, PATIENCE_S)
        robot.until(lambda: robot.has("nav"), PATIENCE_S)
        profile = robot.app.field.open.profile
        return f"{profile.name}, {profile.town}; telefon {len(PIN)} haneli PIN ile kilitlenir"

    def first_sync(self) -> str:
        unlocked = self.robot.app.field.open
        store = unlocked.engine.store
        self.robot.until(
            lambda: store.one("SELECT 1 FROM scope") and not store.one("SELECT 1 FROM scope WHERE is_complete = 0"),
            PATIENCE_S,
        )
        counts = dict(store.all("SELECT tbl, count(*) FROM synced GROUP BY tbl"))
        return (
            f"{counts.get('complaint', 0)} başvuru, {counts.get('business', 0)} işyeri, "
            f"{counts.get('inspection', 0)} denetim, {counts.get('form', 0)} form telefonda"
        )

    def close_case(self, case_id: str, text: str) -> str:
        robot = self.robot
        self.switch.is_cut = True
        robot.app.field.device.connectivity.give(Network.OFFLINE)
        robot.tap("order.near")
        self.scroll_to(f"work.complaint/{case_id}")
        robot.tap(f"work.complaint/{case_id}")
        for act in ("take", "start"):
            if robot.has(f"do.{act}"):
                robot.tap(f"do.{act}")
        robot.tap("timer")
        robot.tap("do.close")
        robot.tap("text")
        robot.type(text)
        robot.tap("photos.take")
        robot.until(lambda: robot.has("photo.0"), PATIENCE_S)
        robot.tap("send")
        robot.tap("timer")
        robot.back()
        return self.numbers()

    def inspect(self) -> str:
        robot, unlocked = self.robot, self.robot.app.field.open
        robot.tap("nav.more")
        robot.tap("more.businesses")
        robot.until(lambda: robot.has("businesses"), PATIENCE_S)
        robot.until(lambda: robot.find("businesses").rows, PATIENCE_S)
        robot.frames(5)
        business = robot.find("businesses").rows[0]
        robot.tap(f"businesses.{business['key']}")
        self.reach("inspect")
        robot.tap("inspect")
        robot.until(lambda: robot.has("form"), PATIENCE_S)
        self.shot("inspection")
        robot.tap("summary")
        self.reach("submit")
        robot.tap("submit")
        if robot.has("incomplete.confirm"):
            robot.tap("incomplete.confirm")
        robot.advance(0.5)
        line = unlocked.engine.lines()[0]
        if line.kind != "inspection.submit":
            raise AssertionError(f"the last command is {line.kind}")
        return f"{business['title']}: tutanak {line.body.get('number') or 'numarasız'}, ekranda okunur"

    def come_back(self) -> str:
        robot = self.robot
        self.switch.is_cut = False
        engine = robot.app.field.open.engine
        robot.app.field.device.connectivity.give(Network.FREE)

        def is_all_sent() -> bool:
            numbers = engine.numbers()
            return not numbers["waiting"] and not numbers["waiting_photos"]

        robot.until(is_all_sent, PATIENCE_S)
        numbers = engine.numbers()
        if numbers["attention"]:
            raise AssertionError(str([(line.kind, line.state, line.code) for line in engine.lines()]))
        return f"{numbers['sent']} kayıt merkezde, bekleyen 0, fotoğraflar doğrulandı"

    # --- hands ----------------------------------------------------------------------------------------------------

    def numbers(self) -> str:
        numbers = self.robot.app.field.open.engine.numbers()
        return f"ağ yok: {numbers['waiting']} kayıt ve {numbers['waiting_photos']} fotoğraf telefonda güvende"

    def choose(self, test_id: str) -> None:
        self.robot.until(lambda: self.robot.has(test_id), PATIENCE_S)
        self.robot.tap(test_id)

    def reach(self, test_id: str) -> None:
        """Scroll until a widget can be tapped; what stands in no scroll can be tapped where it is."""
        robot, middle = self.robot, (self.robot.window.width / 2, self.robot.window.height / 2)
        robot.advance(0.4)  # what was focused may still be on its way into sight
        for _ in range(60):
            is_above = True
            if robot.has(test_id):
                widget = robot.find(test_id)
                _, y = widget.to_window(*widget.center)
                if not scrolls(widget) or widget.height / 2 + 90 < y < robot.window.height - 90:
                    return
                is_above = y < middle[1]
            by = 220 if is_above else -220
            robot.drag((middle[0], middle[1] - by / 2), (middle[0], middle[1] + by / 2))

    scroll_to = reach

    def shot(self, name: str) -> None:
        self.robot.shot(name)


def scrolls(widget: Widget) -> bool:
    """Whether a widget stands in what scrolls."""
    above: object = widget
    while isinstance(above, Widget):
        if isinstance(above, ScrollView):
            return True
        above = above.parent
    return False


def tell(**line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[list[str]]:
    tell(begin=title)
    told: list[str] = []
    yield told
    for text in told:
        tell(told=text)
    tell(done=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("server", "town", "username", "password", "code", "case", "text", "lon", "lat"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    place = float(options.lon), float(options.lat)
    with tempfile.TemporaryDirectory(prefix="belediye-phone-") as folder:
        try:
            inspector = Inspector(options.server, Path(folder), place)
            with step("Saha görevlisi telefonda bir kez giriş yapar, PIN seçer") as told:
                told.append(inspector.sign_in(options.town, options.username, options.password, options.code))
            with step("Telefon günlerce yetecek her şeyi alır") as told:
                told.append(inspector.first_sync())
            with step("Ağ kesilir. Görevli başvuruyu yerinde fotoğrafla kapatır") as told:
                told.append(inspector.close_case(options.case, options.text))
            with step("Yoldaki bir işyerini denetler, tutanağı hemen okur") as told:
                told.append(inspector.inspect())
            with step("Ağ gelir, telefon kendiliğinden eşitler") as told:
                told.append(inspector.come_back())
            inspector.robot.close()
        except Exception as failure:  # noqa: BLE001 (told to whoever started this)
            tell(failed=f"{type(failure).__name__}: {failure}"[:600])
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

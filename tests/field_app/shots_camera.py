"""Goes through the field app in a window of one size and takes its pictures; `tests.field_app.shots` starts it."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.kit.robot import Robot  # isort: skip (before anything of Kivy)
from PIL import Image

from field_app.app import FieldApp
from field_app.numbers import NumberBook
from mobile.device.desktop import device
from mobile.device.ports import Fix
from mobile.kit.theme import theme
from tests.field_app import inspection_world
from tests.field_app.shots import TABLET
from tests.field_app.shots_town import day_of_work, draw_package, drawn_town
from tests.field_app.world import HERE, PIN, Time, make_phone, opened, uid
from tests.kit.pictures_made import photo_file

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots" / "field"
COLOURS = (128, 96, 64, 48, 32)
MOST_BYTES = 120_000


class Photographer:
    """Goes through the app and takes pictures."""

    def __init__(self, folder: Path) -> None:
        """Make the town, its map, and a phone with a day's work."""
        town = drawn_town()
        self.phone = make_phone(folder / "phone", Time())
        unlocked = opened(self.phone, day_of_work(town))
        draw_package(town, folder / "layers", unlocked.maps.folder / "kadikoy-1.mbtiles")
        NumberBook(unlocked.engine.store).take_in(inspection_world.numbers())
        unlocked.close()
        desktop = device(folder / "device")
        desktop.camera.picture = photo_file(3)
        desktop.location.give(Fix(*HERE, 8.0, datetime(2026, 11, 27, 8, 30, tzinfo=UTC)))
        self.robot = Robot(FieldApp(self.phone, desktop), folder)
        for digit in PIN:
            self.robot.tap(f"pin.{digit}")
        self.robot.until(lambda: self.robot.has("nav"), 30)
        self.robot.until(lambda: not self.field.sync_state.is_running and self.field.sync_state.ending != "never", 30)
        self.field.fix = Fix(*HERE, 8.0, datetime(2026, 11, 27, 8, 30, tzinfo=UTC))

    @property
    def field(self):
        """The app as its screens know it."""
        return self.robot.app.field

    def shot(self, name: str) -> None:
        """Take a picture; it has as many colours as its size allows, the rare ones too."""
        self.robot.advance(6.0)
        self.robot.frames(20)
        picture = Image.open(self.robot.shot(name)).convert("RGB")
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{name}.png"
        for colours in COLOURS:
            picture.quantize(palette=palette_of(picture, colours), dither=Image.Dither.NONE).save(path, optimize=True)
            if path.stat().st_size < MOST_BYTES:
                break

    def see_map(self) -> None:
        """Open the map and wait until it is drawn."""
        self.robot.tap("nav.map")
        view = self.robot.find("map")
        view.look_at(*HERE, 15.0)
        for _ in range(5):
            self.robot.advance(0.5)
            self.robot.until(lambda: view.is_settled, 30)

    def work_a_case(self) -> None:
        """Close a case with a photo, as far as the button."""
        robot = self.robot
        robot.tap(f"work.complaint/{uid(104)}")
        robot.frames(10)
        self.shot("case")
        robot.tap("do.close")
        robot.frames(5)
        robot.tap("text")
        robot.type("Müzik kapatıldı, işletmeci uyarıldı. Ses 52 dB ölçüldü.")
        robot.tap("photos.take")
        robot.until(lambda: robot.has("photo.0"), 30)
        self.shot("closing")
        robot.tap("send")
        robot.back()

    def inspect(self) -> None:
        """Fill a checklist in, and complete it."""
        robot, navigator = self.robot, self.robot.app.navigator
        navigator.go("inspection", id=uid(300))
        robot.until(lambda: robot.has("form"), 30)
        robot.frames(10)
        form = navigator.current.form
        answers = {f"m{at:02}": "yes" for at in range(1, 37)}
        answering = navigator.current.model.answering
        for path, value in {"serves_food": True, **answers}.items():
            answering.answer(path, value)
        form.go_to_path("m05")
        robot.frames(12)
        robot.tap("m05.no")
        robot.tap("m05.note")
        robot.type("Kapıda tarife yok.")
        form.go_to_path("m05")
        robot.frames(12)
        robot.tap("m05.photos.take")
        robot.until(lambda: robot.has("photo.0"), 30)
        form.go_to_path("m05")
        robot.frames(12)
        self.shot("checklist")
        answering.answer("present_person", "Ayşe Işık")
        answering.answer("signature", {"refused": True, "note": "Şahit: A. Kaya"})
        robot.tap("summary")
        robot.frames(10)
        robot.tap("submit")
        robot.until(lambda: robot.has("record"), 30)
        robot.advance(6)
        self.shot("record")
        robot.back()

    def tell_the_truth(self) -> None:
        """Show what waits, and what the office did not take."""
        robot, unlocked = self.robot, self.field.open
        unlocked.acts.answer(uid(101), "Ekibimiz bugün öğleden sonra orada olacak.")
        mutation_id = unlocked.acts.take(uid(102))
        with unlocked.engine.store.transaction():
            unlocked.engine.store.run(
                """UPDATE outbox SET state = 'conflict', code = 'complaint_already_assigned', is_settled = 1
                    WHERE id = ?""",
                (mutation_id,),
            )
        self.field.tell()
        robot.tap("nav.sync")
        robot.tap("lists.waiting")
        self.shot("sync")
        robot.tap("lists.attention")
        robot.tap(f"lines.{mutation_id}")
        robot.frames(5)
        self.shot("attention")
        robot.back()

    def close(self) -> None:
        """Put the app away."""
        self.robot.close()


def palette_of(picture: Image.Image, colours: int) -> Image.Image:
    """Give the picture's most frequent colours as they are, and others that come near to its rare ones."""
    counted = sorted(picture.getcolors(1 << 24), reverse=True)
    frequent = [part for _, colour in counted[: colours // 2] for part in colour]
    rare = picture.quantize(colours // 2, Image.Quantize.MAXCOVERAGE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([*frequent, *rare[: 3 * (colours // 2)]])
    return palette


def on_a_phone(camera: Photographer) -> None:
    camera.shot("today")
    camera.see_map()
    camera.shot("map")
    camera.robot.tap("nav.today")
    camera.work_a_case()
    camera.inspect()
    camera.tell_the_truth()
    camera.robot.tap("nav.messages")
    camera.shot("messages")
    theme.change(dark=True)
    camera.robot.frames(10)
    camera.robot.tap("nav.today")
    camera.shot("today-dark")
    camera.robot.app.navigator.go("inspection", id=uid(301))
    camera.robot.until(lambda: camera.robot.has("form"), 30)
    camera.shot("checklist-dark")


def on_a_tablet(camera: Photographer) -> None:
    camera.robot.tap(f"work.complaint/{uid(104)}")
    camera.robot.frames(10)
    camera.shot("tablet-today")
    camera.see_map()
    camera.shot("tablet-map")


def main(size: str) -> None:
    """Take the pictures of one size."""
    with tempfile.TemporaryDirectory(prefix="cep-shots-") as folder:
        camera = Photographer(Path(folder))
        (on_a_tablet if size == TABLET else on_a_phone)(camera)
        camera.close()


if __name__ == "__main__":
    main(sys.argv[1])

"""A person with a tablet: `APP_SIZE=800x1280 python -m tests.field_app.tablet today|map|sync|checklist`.

A window of another size needs a process of its own. Nothing is said where all is well.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.kit.robot import HEIGHT, WIDTH, Robot  # isort: skip (before anything of Kivy)
from field_app.app import FieldApp
from mobile.device.desktop import device
from mobile.device.ports import Fix
from mobile.kit import fonts
from mobile.kit.painting import Pressable
from mobile.kit.widgets.banner import Banner
from mobile.kit.widgets.text import Text
from tests.field_app.inspection_world import rows_with_forms
from tests.field_app.world import HERE, NOW, PIN, Time, make_phone, opened, uid
from tests.kit.test_gallery import LEAST_TARGET, is_cut


def today(person: Robot) -> None:
    """The case opens beside the list, and another one in its place."""
    for at in (1, 3):
        person.tap(f"work.complaint/{uid(100 + at)}")
        person.frames(5)
        assert beside(person, "work", "do.close")
        assert person.find(f"work.complaint/{uid(100 + at)}").is_chosen
    assert person.app.navigator.current.arguments == {"id": uid(103)}
    person.tap("do.answer")
    person.frames(5)
    assert person.has("text")


def field_map(person: Robot) -> None:
    """The whole map, from edge to edge."""
    person.tap("nav.map")
    person.until(lambda: person.find("map").is_settled)
    assert person.find("map").width > 0.9 * WIDTH
    assert person.find("filter.late").text.startswith("Geciken")


def sync(person: Robot) -> None:
    """What was recorded on the tablet waits, with its number."""
    person.app.field.open.acts.note(uid(101), "Yerinde görüldü")
    person.tap("nav.sync")
    person.frames(10)
    assert person.find("number.waiting").text == "1"


def checklist(person: Robot) -> None:
    """The list of questions beside the list of work."""
    person.tap(f"work.inspection/{uid(300)}")
    person.frames(10)
    assert beside(person, "work", "summary")


ROOMS: dict[str, Callable[[Robot], None]] = {"today": today, "map": field_map, "sync": sync, "checklist": checklist}


def beside(person: Robot, left: str, right: str) -> bool:
    """Whether one widget ends before the other begins."""
    one, other = person.find(left), person.find(right)
    return one.to_window(one.right, 0)[0] <= other.to_window(other.x, 0)[0] + 1


def look_over(person: Robot) -> None:
    """Everything that is touched is big enough, and no text is cut."""
    seen = [widget for root in person.window.children for widget in root.walk(restrict=True)]
    # A banner that offers nothing is read, not touched.
    touched = [one for one in seen if isinstance(one, Pressable) and not (isinstance(one, Banner) and not one.action)]
    small = [widget.test_id for widget in touched if min(widget.size) < LEAST_TARGET]
    cut = [widget.text for widget in seen if isinstance(widget, Text) and widget.text.strip() and is_cut(widget)]
    assert (small, cut) == ([], []), (small, cut)


def main(room: str) -> None:
    """Open the app on a first day's phone and look at one room."""
    assert (WIDTH, HEIGHT) == (800, 1280)
    fonts.register()
    with tempfile.TemporaryDirectory() as folder:
        phone = make_phone(Path(folder) / "phone", Time())
        opened(phone, rows_with_forms()).close()
        desktop = device(Path(folder) / "device")
        desktop.location.give(Fix(*HERE, 8.0, NOW))
        person = Robot(FieldApp(phone, desktop))
        for digit in PIN:
            person.tap(f"pin.{digit}")
        person.until(lambda: person.has("nav"), 30)
        person.frames(5)
        assert person.app.navigator.is_wide
        ROOMS[room](person)
        person.shot(f"tablet-{room}")
        look_over(person)
        person.close()


if __name__ == "__main__":
    main(sys.argv[1])

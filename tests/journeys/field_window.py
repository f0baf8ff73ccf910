"""The real app in a window that nobody sees, on a phone of its own: `python -m tests.journeys.field_window '{…}'`.

It is told by one JSON line at a time what to do, by fingers where a finger is named, and answers with one. It may be
killed at any moment and started again on the same folder.
"""

import dataclasses
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.kit.robot import Robot, UnitTestTouch  # isort: skip (before anything of Kivy)
from field_app.app import FieldApp
from field_app.main import make_phone
from mobile.device.desktop import device
from mobile.device.ports import Fix
from tests.field_app.rehearsal import PATIENCE_S, Inspector
from tests.journeys.field_pocket import PIN, Days, Pocket, camera_file

LOOKS = 400


class Hands(Inspector):
    """A person with the app in hand; `Inspector` knows how to sign in and to scroll."""

    def __init__(self, folder: str, url: str, away_ms: int, place: tuple[float, float]) -> None:
        self.clock = Days(away_ms)
        desktop = dataclasses.replace(device(Path(folder)), clock=self.clock)
        desktop.location.give(Fix(*place, 6.0, self.clock.wall()))
        self._pictures = Path(folder) / "next.jpg"
        desktop.camera.picture = self._pictures
        self.place, self._taken = place, away_ms % 1_000
        phone = make_phone(desktop, httpx.Client(base_url=url, trust_env=False))
        self.robot = Robot(FieldApp(phone, desktop), Path(folder) / "shots")
        self._pocket: Pocket | None = None

    @property
    def pocket(self) -> Pocket:
        """What is done without fingers, on the same open phone."""
        unlocked = self.robot.app.field.open
        if self._pocket is None or self._pocket.unlocked is not unlocked:
            self._pocket = Pocket(unlocked, self.clock, self.place, 100_000 + self.clock.away_ms % 97_000)
        return self._pocket

    # --- orders ---------------------------------------------------------------------------------------------------

    def see(self) -> dict[str, Any]:
        """Say what can be read on the lock."""
        return {"texts": self.robot.texts()}

    def unlock(self) -> dict[str, Any]:
        """Enter the PIN, and say what is on the screen."""
        for digit in PIN:
            self.robot.tap(f"pin.{digit}")
        self.robot.until(lambda: self.robot.has("nav") or self.robot.has("back"), PATIENCE_S)
        self.robot.frames(12)
        return self.look()

    def enter(self, username: str, password: str, code: str) -> dict[str, Any]:
        """Sign in, and wait until everything has come."""
        self.sign_in("kadikoy", username, password, code)
        self.robot.until(self.pocket.is_provided, PATIENCE_S)
        self.robot.until(lambda: not self.robot.app.field.sync_state.is_running, PATIENCE_S)
        return self.look()

    def close_by_hand(self, case: str, text: str, photos: int) -> dict[str, Any]:
        """Take a case, begin, stay a while, and close it with photos; then leave it."""
        robot = self.robot
        self._pick(f"complaint/{case}")
        robot.tap("do.take")
        robot.frames(5)
        robot.tap("do.start")
        robot.frames(5)
        robot.tap("timer")
        self.clock.pass_(minutes=9)
        robot.tap("do.close")
        robot.frames(5)
        robot.tap("text")
        robot.type(text)
        for at in range(photos):
            self._shoot("photos.take", f"photo.{at}")
        robot.tap("send")
        robot.frames(5)
        seen = self.look()
        robot.tap("timer")
        robot.back()
        return seen

    def begin_visit(self, visit: str, note: str, until: str = "") -> dict[str, Any]:
        """Answer a visit's questions one by one, `m05` is not in order; stop in the middle where it is told."""
        robot = self.robot
        self._pick(f"inspection/{visit}")
        robot.until(lambda: robot.has("form"), PATIENCE_S)
        self._check("serves_food.true")
        for section, first, last in (
            ("documents", 1, 9), ("safety", 10, 14), ("hygiene", 15, 22), ("trade", 23, 29), ("building", 30, 36)
        ):  # fmt: skip
            for code in (f"m{at:02}" for at in range(first, last + 1)):
                if code == until:
                    return self.look()
                if code == "m05":
                    self._fail(code, note)
                elif robot.has(f"question.{code}"):
                    self._check(f"{code}.yes")
            self._check(f"next.{section}")
        return self.look()

    def go_on(self, first: str) -> dict[str, Any]:
        """Go on with a visit where it was left."""
        robot = self.robot
        sections = {"documents": 9, "safety": 14, "hygiene": 22, "trade": 29, "building": 36}
        at = int(first[1:])
        for section, last in sections.items():
            if at <= last:
                for code in (f"m{number:02}" for number in range(at, last + 1)):
                    if robot.has(f"question.{code}"):
                        self._check(f"{code}.yes")
                self._check(f"next.{section}")
                at = last + 1
        return self.look()

    def end_visit(self, photos: int) -> dict[str, Any]:
        """Take the photos of the whole, have it signed, look at the summary, and complete it."""
        robot = self.robot
        for at in range(photos):
            self.reach("views.take")
            self._shoot("views.take", f"photo.{at}")
        self.reach("present_person")
        robot.tap("present_person")
        robot.type("Ayşe Işık")
        self.reach("signature.sign")
        robot.tap("signature.sign")
        pad = robot.find("signature.pad")
        x, y = pad.to_window(*pad.pos)
        touch = UnitTestTouch(x + 60, y + 120)
        touch.touch_down()
        for step in range(1, 12):
            touch.touch_move(x + 60 + 12 * step, y + 120 + 30 * (-1) ** step)
            robot.frames()
        touch.touch_up()
        robot.tap("signature.done")
        robot.until(lambda: robot.has("signature.sign") and not robot.has("signature.refuse"), PATIENCE_S)
        robot.tap("summary")
        robot.frames(5)
        summary = robot.texts()
        robot.tap("submit")
        robot.until(lambda: robot.has("record"), PATIENCE_S)
        robot.frames(5)
        seen = {**self.look(), "summary": summary}
        robot.back()
        return seen

    def work(self, orders: list[dict[str, Any]]) -> dict[str, Any]:
        """Do the rest of the day through the app's core."""
        self.pocket.do(orders)
        self.robot.app.field.tell()
        self.robot.frames(5)
        return {}

    def night(self, hours: float) -> dict[str, Any]:
        """Let the night pass."""
        self.clock.pass_(**timedelta_of(hours))
        self.robot.app.field.wake_sync()
        return {}

    def journal(self, known: list[str]) -> dict[str, Any]:
        """Give what was saved and is not in the journal yet."""
        return {"entries": self.pocket.entries_after(set(known))}

    def bring_home(self) -> dict[str, Any]:
        """With the app open on its sync screen, let time pass until nothing waits; it sends by itself."""
        robot, engine = self.robot, self.robot.app.field.open.engine
        robot.tap("nav.sync")
        for _ in range(LOOKS):
            robot.app.field.wake_sync()
            self._wait_for_sync()
            numbers = engine.numbers()
            if not numbers["waiting"] and not numbers["waiting_photos"]:
                break
            self.clock.pass_(seconds=61)
        robot.frames(10)
        shown = {name: robot.find(f"number.{name}").text for name in engine.numbers()}
        return {**self.look(), "numbers": engine.numbers(), "shown": shown}

    def read_attention(self) -> dict[str, Any]:
        """Open every line that needs the user; gives what each says, by its id, and puts the last away."""
        robot, told = self.robot, {}
        ids = [line.id for line in robot.app.field.open.engine.lines(("conflict", "quarantined"))]
        for mutation_id in ids:
            robot.tap("nav.sync")
            robot.tap("lists.attention")
            self.reach(f"lines.{mutation_id}")
            robot.tap(f"lines.{mutation_id}")
            robot.frames(5)
            told[mutation_id] = robot.texts()
            robot.back()
        robot.tap(f"lines.{ids[-1]}")
        robot.tap("dismiss")
        robot.frames(5)
        return {"told": told, "numbers": robot.app.field.open.engine.numbers()}

    def look(self) -> dict[str, Any]:
        """Say what can be read, what is being done and where."""
        drafts = [dict(draft.body) for draft in self.robot.app.field.open.engine.drafts("inspection.submit")]
        return {"texts": self.robot.texts(), "drafts": drafts, "away_ms": self.clock.away_ms}

    def state(self) -> dict[str, Any]:
        """Give the phone's numbers and every row that it holds."""
        return {"numbers": self.pocket.unlocked.engine.numbers(), "rows": list(self.pocket.rows())}

    def _wait_for_sync(self) -> None:
        """Wait until the loop rests; few frames are drawn, so that it gets its time."""
        sync, ends_at = self.robot.app.field.open.sync, time.monotonic() + 10 * PATIENCE_S
        while sync._woken.is_set() or sync.state.is_running:
            assert time.monotonic() < ends_at, "syncing never ends"
            time.sleep(0.4)
            self.robot.frames()

    # --- fingers --------------------------------------------------------------------------------------------------

    def reach(self, test_id: str, most: int = 250) -> None:
        """Scroll until a widget can be tapped, by at most so many pixels at once."""
        robot, height = self.robot, self.robot.window.height
        for _ in range(60):
            found = robot.find_all(test_id)
            if found:
                _, y = found[0].to_window(*found[0].center)
                if found[0].height / 2 + 90 < y < height - 90:
                    return
                by = min(max(height * 0.75 - y, -most), most)
            else:
                by = most
            middle = robot.window.width / 2
            robot.drag((middle, height / 2 - by / 2), (middle, height / 2 + by / 2), steps=10)
        raise AssertionError(f"{test_id} cannot be reached")

    def _pick(self, key: str) -> None:
        """Open a line of today's list, from its top on."""
        self.robot.tap("nav.today")
        self.robot.find("work").scroll_y = 1
        self.robot.frames(5)
        self.reach(f"work.{key}")
        self.robot.tap(f"work.{key}")

    def _check(self, test_id: str) -> None:
        self.reach(test_id, most=480)
        self.robot.tap(test_id)

    def _fail(self, code: str, note: str) -> None:
        self._check(f"{code}.no")
        self.reach(f"{code}.note")
        self.robot.tap(f"{code}.note")
        self.robot.type(note)
        self.reach(f"{code}.photos.take")
        self._shoot(f"{code}.photos.take", "photo.0")
        self.reach(f"{code}.term")
        self.robot.tap(f"{code}.term")
        self.robot.tap(f"{code}.term.7")

    def _shoot(self, button: str, thumb: str) -> None:
        self._taken += 1
        self._pictures.write_bytes(camera_file(self._taken))
        self.robot.tap(button)
        self.robot.until(lambda: self.robot.has(thumb), PATIENCE_S)


def timedelta_of(hours: float) -> dict[str, float]:
    """Give a span as `Days.pass_` takes it."""
    return {"seconds": timedelta(hours=hours).total_seconds()}


def main() -> None:
    facts = json.loads(sys.argv[1])
    hands = Hands(facts["folder"], facts["url"], facts["away_ms"], tuple(facts["place"]))
    for line in sys.stdin:
        order = json.loads(line)
        name = order.pop("do")
        try:
            told: dict[str, Any] = getattr(hands, name)(**order)
        except Exception as failure:  # noqa: BLE001 (told to the test that ordered it)
            shot = hands.robot.shot(f"failed-{name}")
            told = {"failed": f"{name}: {type(failure).__name__}: {failure}, see {shot}"}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

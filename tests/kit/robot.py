"""Drives a Kivy app as a person does: touches go through the real input dispatch, so a covered button is not pressed.

Import this before anything of Kivy: it decides that nothing is drawn on a real screen. One process has one window of
the size APP_SIZE (`412x870`, `800x1280`); every test starts a fresh app in it.
"""

import atexit
import importlib
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

if "kivy" in sys.modules and "KIVY_NO_ARGS" not in os.environ:
    raise ImportError("tests.kit.robot must be imported before anything of Kivy: it decides where Kivy draws")

_HOME = tempfile.mkdtemp(prefix="cep-kivy-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
# Read by Kivy and SDL when they are first imported. Without a word of ours SDL would take over Ctrl-C.
for _name, _value in {
    "SDL_VIDEODRIVER": "offscreen", "SDL_NO_SIGNAL_HANDLERS": "1", "KIVY_NO_ARGS": "1", "KIVY_NO_FILELOG": "1",
    "KIVY_LOG_MODE": "PYTHON", "KIVY_NO_CONFIG": "1", "KIVY_METRICS_DENSITY": "1", "KIVY_CLIPBOARD": "dummy",
    "KIVY_HOME": _HOME,
}.items():  # fmt: skip
    os.environ.setdefault(_name, _value)

from kivy.config import Config  # noqa: E402 (after the words above)

WIDTH, HEIGHT = (int(side) for side in os.environ.get("APP_SIZE", "412x870").split("x"))
for _name, _value in {
    "maxfps": "0",
    "multisamples": os.environ.get("SAMPLES", "0"),
    "width": str(WIDTH),
    "height": str(HEIGHT),
}.items():
    Config.set("graphics", _name, _value)
# A back key that nobody takes would end the app, and with it the window of all tests.
Config.set("kivy", "exit_on_escape", "0")
for _name, _ in Config.items("input"):
    Config.remove_option("input", _name)

# Kivy complains of a touch driver and a clipboard that it then does without.
logging.getLogger("kivy").setLevel(logging.CRITICAL + 1)
importlib.import_module("kivy.core.clipboard")
from kivy.app import App  # noqa: E402
from kivy.base import EventLoop, runTouchApp  # noqa: E402
from kivy.clock import Clock  # noqa: E402
from kivy.graphics.opengl import glFinish  # noqa: E402
from kivy.tests.common import UnitTestTouch  # noqa: E402
from kivy.uix.widget import Widget  # noqa: E402

logging.getLogger("kivy").setLevel(logging.WARNING)

BACK_KEY = 27
FRAME_S = 1 / 30
# The time of animations, long presses and time-outs goes on when a test says so, however slow the machine is.
# Private names of Kivy 2.3.1.
passed = [Clock.time()]
_BLINK_S = 0.001
Clock._max_fps = 0
Clock.time = lambda: passed[0]


class KivyWarned(logging.Handler):
    """What Kivy only logs fails the test, above all widgets that measure each other without end."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


logging.getLogger("kivy").addHandler(KivyWarned(logging.WARNING))


class Robot:
    """A person with one app in hand."""

    def __init__(self, app: App, shots: Path | None = None) -> None:
        """Start the app and wait for its first frames."""
        EventLoop.ensure_window()
        self.app, self.window = app, EventLoop.window
        self.shots = Path(shots or os.environ.get("SHOTS", ".local/shots"))
        self._frames = 0
        self.window.close = lambda *_: None
        if EventLoop.status != "started":
            runTouchApp(embedded=True)
        app._run_prepare()
        self.frames(5)

    # --- time ---

    def frames(self, count: int = 1) -> None:
        """Draw frames in no time to speak of."""
        for _ in range(count):
            passed[0] += _BLINK_S
            EventLoop.idle()
            self._frames += 1
            if self._frames % 10 == 0:
                glFinish()  # unfinished frames pile up in memory where there is no screen

    def advance(self, seconds: float, step: float = 0.1) -> None:
        """Let time pass at once: animations run, holds become holds, time-outs end."""
        for _ in range(max(1, round(seconds / step))):
            passed[0] += step
            self.frames()

    def until(self, condition, timeout: float = 5.0) -> None:
        """Wait in real time for what a thread does."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain, see {self.shot('timeout')}")
            self.frames()
            time.sleep(0.002)

    # --- finding ---

    def find_all(self, test_id: str = "", **properties) -> list[Widget]:
        """Every widget with this test id and these properties, the uppermost first."""
        wanted = {"test_id": test_id, **properties} if test_id else properties
        return [
            widget
            for root in self.window.children
            for widget in root.walk()
            if all(getattr(widget, name, None) == value for name, value in wanted.items())
        ]

    def find(self, test_id: str = "", **properties) -> Widget:
        """The one widget with this test id or these properties."""
        found = self.find_all(test_id, **properties)
        if not found:
            raise AssertionError(f"no widget {test_id or properties}, see {self.shot('not-found')}")
        return found[0]

    def has(self, test_id: str = "", **properties) -> bool:
        """Whether there is such a widget."""
        return bool(self.find_all(test_id, **properties))

    def texts(self) -> list[str]:
        """Everything that can be read, for a look at what the user is told."""
        return [
            widget.text
            for root in self.window.children
            for widget in root.walk()
            if isinstance(getattr(widget, "text", None), str) and widget.text
        ]

    # --- hands ---

    def tap(self, target: Widget | str | tuple[float, float]) -> None:
        """Tap a widget, a test id, or a place of the window. A widget outside the window fails."""
        x, y = self._place(target)
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.frames(2)
        touch.touch_up()
        # Past the rest that buttons keep after a tap, and whatever opens or closes.
        self.advance(0.4)

    def double_tap(self, target: Widget | str | tuple[float, float]) -> None:
        """Tap twice, quickly."""
        x, y = self._place(target)
        for is_second in (False, True):
            touch = UnitTestTouch(x, y)
            touch.is_double_tap = is_second
            touch.touch_down()
            self.frames()
            touch.touch_up()
            self.frames()
        self.advance(0.4)

    def hold(self, target: Widget | str | tuple[float, float], seconds: float = 0.8) -> None:
        """Press and stay."""
        x, y = self._place(target)
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.advance(seconds)
        touch.touch_up()
        self.advance(0.2)

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], steps: int = 12, *, throws: bool = False
    ) -> None:
        """Draw a finger from one place to another, stop and lift it there; or throw, and let it come to rest."""
        touch = UnitTestTouch(*start)
        touch.touch_down()
        self.frames()
        for step in range(1, steps + 1):
            touch.touch_move(*(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
            self.advance(FRAME_S, FRAME_S)
        if not throws:
            self.advance(0.2)
        touch.touch_up()
        self.advance(2 if throws else 0.3, FRAME_S if throws else 0.1)

    def pinch(self, centre: tuple[float, float], before: float, after: float, steps: int = 10) -> None:
        """Move two fingers, so many pixels apart before and after, around a place."""
        x, y = centre
        touches = [UnitTestTouch(x - before / 2, y), UnitTestTouch(x + before / 2, y)]
        for touch in touches:
            touch.touch_down()
            self.frames()
        for step in range(1, steps + 1):
            half = (before + (after - before) * step / steps) / 2
            touches[0].touch_move(x - half, y)
            touches[1].touch_move(x + half, y)
            self.advance(FRAME_S, FRAME_S)
        for touch in touches:
            touch.touch_up()
        self.advance(0.3)

    def type(self, text: str) -> None:
        """Type into the field that has the focus, any letter of any language."""
        for letter in text:
            self.window.dispatch("on_textinput", letter)
            self.frames()

    def back(self) -> bool:
        """Press the phone's back key; whether the app took it."""
        taken = bool(self.window.dispatch("on_keyboard", BACK_KEY, 0, None, []))
        self.advance(0.3)
        return taken

    # --- eyes ---

    def shot(self, name: str) -> Path:
        """Take a picture of the window."""
        self.shots.mkdir(parents=True, exist_ok=True)
        self.frames(3)
        written = Path(self.window.screenshot(name=str((self.shots / f"{name}.png").absolute())))
        return written.replace(self.shots / f"{name}.png")

    def close(self) -> None:
        """Put the app away and leave the window empty for the next one."""
        self.app.dispatch("on_stop")
        App._running_app = None
        for child in self.window.children[:]:
            self.window.remove_widget(child)
        EventLoop.touches.clear()
        self.window.release_all_keyboards()
        self.frames(2)

    def _place(self, target: Widget | str | tuple[float, float]) -> tuple[float, float]:
        if isinstance(target, tuple):
            return target
        widget = self.find(target) if isinstance(target, str) else target
        x, y = widget.to_window(*widget.center)
        if not (0 <= x < self.window.width and 0 <= y < self.window.height):
            raise AssertionError(
                f"{getattr(widget, 'test_id', widget)} is off the screen, see {self.shot('off-screen')}"
            )
        return x, y

"""Fixtures of the field app's tests; the robot is the kit's."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from field_app.phone import Phone, Unlocked
from tests.field_app.world import HERE, PIN, Time, make_phone, opened
from tests.kit.conftest import robot
from tests.kit.robot import Robot

__all__ = ["robot"]


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def phone(tmp_path: Path, clock: Time) -> Phone:
    """A phone whose person has signed in; without a network."""
    return make_phone(tmp_path / "phone", clock)


@pytest.fixture
def unlocked(phone: Phone) -> Iterator[Unlocked]:
    """The same, opened, after a first sync."""
    made = opened(phone)
    yield made
    made.close()


@pytest.fixture
def app(robot: Callable[..., Robot], phone: Phone, tmp_path: Path) -> Callable[[], Robot]:
    """Starts the app on the phone and opens it with the PIN; again and again on the same phone, as after a kill."""
    from field_app.app import FieldApp  # noqa: PLC0415 (the robot's settings come before anything of Kivy)
    from mobile.device.desktop import device  # noqa: PLC0415
    from mobile.device.ports import Fix  # noqa: PLC0415

    opened(phone).close()

    def start() -> Robot:
        desktop = device(tmp_path / "device")
        desktop.location.give(Fix(*HERE, 8.0, datetime(2026, 11, 27, 8, 30, tzinfo=UTC)))
        running = robot(FieldApp(phone, desktop))
        running.tap_pin = lambda: [running.tap(f"pin.{digit}") for digit in PIN]
        running.tap_pin()
        running.until(lambda: running.has("nav") or running.has("back"), 30)
        running.frames(5)
        return running

    return start

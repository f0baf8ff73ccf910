"""Every screen of the gallery, in several appearances: big enough for gloves, and no text is cut."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.robot import WIDTH  # isort: skip (before anything of Kivy)
from mobile.kit.painting import Pressable
from mobile.kit.theme import theme
from mobile.kit.widgets.layout import Strip
from mobile.kit.widgets.text import Text
from tests.kit.gallery import navigator

SCREENS = ("list", "detail", "form", "more", "nothing", "map")
LEAST_TARGET = 48
FACES = {"light": {}, "big and dark, in a town's colour": {"text_size": 1.3, "dark": True, "accent": "#ffd500"}}


@pytest.fixture
def gallery(robot):
    nav = navigator()
    person = robot(nav)
    yield person, nav
    nav.close()


@pytest.mark.parametrize("face", FACES)
def test_what_is_touched_is_big_enough_and_no_text_is_cut(gallery, face):
    person, nav = gallery
    theme.change(**FACES[face])
    small, cut = [], []
    for route in SCREENS:
        nav.start(route)
        person.frames(4)
        for widget in nav.walk():
            if isinstance(widget, Pressable) and min(widget.size) < LEAST_TARGET:
                small.append((route, type(widget).__name__, widget.test_id, widget.size))
            if isinstance(widget, Text) and widget.text.strip() and is_cut(widget):
                cut.append((route, widget.text, widget.size, widget.texture_size))
    assert small == []
    assert cut == []


def is_cut(text):
    if text.shorten:
        return False
    left, _ = text.to_window(*text.pos)
    is_beside = not any(isinstance(parent, Strip) for parent in parents(text)) and (
        left < -1 or left + text.width > WIDTH + 1
    )
    return text.texture_size[0] > text.width + 2 or text.texture_size[1] > text.height + 2 or is_beside


def parents(widget):
    while widget.parent is not None and widget.parent is not widget:
        widget = widget.parent
        yield widget


@pytest.mark.slow
def test_a_tablet_shows_list_and_detail_beside_each_other(tmp_path):
    """Another size needs another process."""
    program = (
        "from tests.kit.robot import Robot\n"
        "from tests.kit.conftest import Showing\n"
        "from tests.kit.gallery import fonts, navigator\n"
        "fonts.register()\nnav = navigator()\nperson = Robot(Showing(nav))\n"
        "assert nav.is_wide and 'Bir görev seçin' in person.texts()\n"
        "person.tap('tasks.3')\n"
        "assert person.has('tasks.3') and person.has('start') and person.find('tasks.3').is_chosen\n"
        "person.tap('tasks.5')\n"
        "assert len(nav._stack) == 2 and nav.current.arguments == {'key': '5'}\n"
        "assert nav.back() and 'Bir görev seçin' in person.texts()\n"
    )
    environment = {**os.environ, "APP_SIZE": "800x1280", "SHOTS": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr

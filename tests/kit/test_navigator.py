"""Screens: the way there and back, what is asked before work is lost, and the return after the app was killed."""

import json

import pytest

from tests.kit.robot import BACK_KEY  # isort: skip (before anything of Kivy)
from mobile.kit.i18n import language
from mobile.kit.navigator import Navigator
from mobile.kit.screen import Screen
from mobile.kit.theme import theme
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.text import Text


class Tasks(Screen):
    keeps_detail_open = True

    def build(self):
        self.add_widget(PushButton("Aç", test_id="open", on_tap=lambda *_: self.navigator.go("task", number=7)))


class Task(Screen):
    is_detail = True

    def build(self):
        self.note = ""
        self.seen = Text(f"Görev {self.arguments['number']}")
        self.add_widget(self.seen)

    def has_unsaved_work(self):
        return bool(self.note)

    def save(self):
        return {"note": self.note}

    def restore(self, saved):
        self.note = saved.get("note", "")


@pytest.fixture
def told():
    return []


@pytest.fixture
def navigator(robot, told):
    made = Navigator({"tasks": Tasks, "task": Task}, "tasks", remember=told.append)
    yield made
    made.close()


@pytest.fixture
def person(robot, navigator):
    running = robot(navigator)
    running.window.bind(on_keyboard=navigator.on_key)
    yield running
    running.window.unbind(on_keyboard=navigator.on_key)


def test_back_leads_to_the_screen_before_and_at_home_leaves_the_app(person, navigator):
    person.tap("open")
    assert isinstance(navigator.current, Task)
    assert person.back()
    assert isinstance(navigator.current, Tasks)
    assert not navigator.on_key(None, BACK_KEY)


def test_unsaved_work_is_asked_for_and_kept_when_one_stays(person, navigator):
    person.tap("open")
    navigator.current.note = "yarım"
    person.back()
    person.tap("unsaved.cancel")
    assert navigator.current.note == "yarım"
    person.back()
    person.back()  # the key closes the question, not the screen below it
    assert isinstance(navigator.current, Task)
    person.back()
    person.tap("unsaved.confirm")
    assert isinstance(navigator.current, Tasks)


def test_a_killed_app_comes_back_where_it_was(person, navigator, told):
    person.tap("open")
    assert json.loads(told[-1]) == [["tasks", {}, {}], ["task", {"number": 7}, {"note": ""}]]
    navigator.current.note = "yarım"
    state = navigator.state()
    again = Navigator({"tasks": Tasks, "task": Task}, "tasks")
    assert again.restore(state)
    assert (again.current.arguments, again.current.note) == ({"number": 7}, "yarım")
    again.close()


@pytest.mark.parametrize("state", ["", "{}", "[]", '[["gone", {}, {}]]', '[["task"]]'])
def test_a_state_that_this_version_does_not_know_leads_home(navigator, state):
    assert not navigator.restore(state)
    assert isinstance(navigator.current, Tasks)


def test_a_change_of_language_or_text_size_keeps_what_was_typed(person, navigator):
    person.tap("open")
    before = navigator.current
    before.note = "yarım"
    theme.change(text_size=1.3, dark=True)
    language.change("en")
    assert navigator.current is not before
    assert navigator.current.note == "yarım"
    assert navigator.current.seen.font_size > before.seen.font_size


def test_results_for_a_screen_that_was_left_are_dropped(person, navigator):
    person.tap("open")
    came = []
    left = navigator.current
    left.work.run(lambda: 1, then=came.append)
    navigator.pop()
    navigator.current.work.run(lambda: 2, then=came.append)
    person.until(lambda: came == [2] and left.work.waiting == 0)
    assert came == [2]


def test_what_fails_in_a_thread_is_told_on_the_screen(person, navigator):
    failures = []
    navigator.current.work.run(lambda: 1 / 0, failed=failures.append)
    person.until(lambda: failures)
    assert isinstance(failures[0], ZeroDivisionError)

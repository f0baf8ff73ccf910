"""Forms under a finger: what is asked, what follows at once, what stays where it was."""

import time

import pytest

from tests.kit.robot import UnitTestTouch, WIDTH  # isort: skip (before anything of Kivy)
from mobile.kit.navigator import Navigator
from mobile.kit.painting import Pressable
from mobile.kit.screen import Screen
from mobile.kit.theme import dp, theme
from mobile.kit.widgets.text import Text
from tests.kit.forms_world import MemoryDesk, answering_of, flat_checklist, screen_of, tops, town_form

KNOWN = {"business_class": "sanitary", "serves_food": True}


class Paper:
    """A form on the screen with a person before it."""

    def __init__(self, person, navigator, answering, desk) -> None:
        self.person, self.navigator, self.answering, self.desk = person, navigator, answering, desk

    @property
    def view(self):
        return self.navigator.current.view

    def go(self, path):
        self.view.go_to_path(path)
        self.person.frames(8)


@pytest.fixture
def paper(robot):
    """Shows a form with answers."""
    navigators = []

    def show(form, answers=None):
        answering, desk = answering_of(form, answers), MemoryDesk()
        navigator = Navigator({"empty": Screen, "form": screen_of(answering, desk)}, "empty")
        navigators.append(navigator)
        person = robot(navigator)
        navigator.go("form")
        person.frames(8)
        return Paper(person, navigator, answering, desk)

    yield show
    for navigator in navigators:
        navigator.close()


def cpu(act):
    begun = time.process_time()
    act()
    return time.process_time() - begun


def test_a_long_checklist_opens_at_once_and_a_change_is_seen_at_once(robot):
    """CPU time; the best of a few, for others work on the machine as well, and the first one also loads fonts."""
    answering, desk = answering_of(flat_checklist(40)), MemoryDesk()
    navigator = Navigator({"empty": Screen, "form": screen_of(answering, desk)}, "empty")
    person = robot(navigator)

    def open_it():
        navigator.go("form")
        person.frames(1)

    def close_it():
        person.frames(14)
        navigator.pop()
        person.frames(2)

    assert min((cpu(open_it), close_it())[0] for _ in range(2)) < 0.3
    open_it()
    person.frames(14)
    assert len(navigator.current.view.boxes[""].questions.questions) == 40
    buttons = [person.find(f"c0.{verdict}") for verdict in ("no", "yes", "na")]
    assert min(cpu(lambda button=button: (button.dispatch("on_tap"), person.frames(1))) for button in buttons) < 0.1
    assert answering.answers["c0"] == "na"
    navigator.close()


def test_not_in_order_asks_for_note_photo_and_term_and_makes_a_finding(paper):
    sheet = paper(town_form("routine"), KNOWN)
    person, answers = sheet.person, sheet.answering
    sheet.go("m01")
    assert not person.has("m01.note")
    person.tap("m01.no")
    assert "Uygun değilse fotoğraf çekilmeli." in person.texts()
    person.tap("m01.note")
    person.type("Aslı yok")
    sheet.go("m01")
    person.tap("m01.photos.take")
    person.tap("m01.term")
    person.tap("m01.term.7")
    assert answers.answers["m01"] == {
        "v": "no", "note": "Aslı yok", "photos": ["photo-1"], "deadline_days": 7
    }  # fmt: skip
    assert "Uygun değilse fotoğraf çekilmeli." not in person.texts()
    (found,) = answers.seen.findings
    assert (found.note, found.deadline_days, found.photos) == ("Aslı yok", 7, ("photo-1",))
    sheet.go("m01")
    person.tap("m01.yes")
    assert not person.has("m01.note")
    assert answers.seen.findings == ()
    assert answers.answers["m01"]["note"] == "Aslı yok"


def test_what_becomes_relevant_comes_without_moving_what_is_read(paper):
    sheet = paper(town_form("routine"), {**KNOWN, "serves_food": False})
    person = sheet.person
    sheet.view.boxes["hygiene"].is_open = True
    sheet.go("m22")
    assert not person.has("question.m15")
    before = tops(sheet.view, "m22")
    sheet.answering.answer("serves_food", True)
    person.frames(10)
    assert person.has("question.m15")
    heights = [tops(sheet.view, f"m{at}") for at in range(15, 23)]
    assert heights == sorted(heights)
    # Its own section grew above it: it may have moved down, but never by more than that.
    sheet.view.boxes["documents"].is_open = True
    person.frames(10)
    held = tops(sheet.view, "m22")
    sheet.view.boxes["documents"].is_open = False
    person.frames(10)
    assert abs(tops(sheet.view, "m22") - held) <= dp(2)
    assert before >= 0


def test_writing_keeps_its_focus_and_its_place(paper):
    sheet = paper(town_form("routine"), KNOWN)
    person = sheet.person
    sheet.go("present_person")
    before = tops(sheet.view, "present_person")
    person.tap("present_person")
    person.type("Ayşe Işık")
    line = person.find("present_person")
    assert line.focus
    assert line.text == sheet.answering.answers["present_person"] == "Ayşe Işık"
    assert abs(tops(sheet.view, "present_person") - before) <= dp(2)


def test_faults_are_counted_and_lead_to_the_first(paper):
    sheet = paper(town_form("routine"), {**KNOWN, **{f"m{at:02}": "yes" for at in range(1, 12)}})
    person = sheet.person
    assert "Bu alan doldurulmalı." not in person.texts()
    count = sheet.view.show_faults()
    person.frames(8)
    assert count == len(sheet.answering.seen.errors) > 20
    assert 0 <= tops(sheet.view, "m12") <= dp(40)
    person.tap("m12.yes")
    sheet.view.scroll_y = 1
    person.frames(3)
    assert f"{count - 1} eksik veya hatalı yanıt" in person.texts()
    person.tap("faults")
    person.frames(8)
    assert 0 <= tops(sheet.view, "m13") <= dp(120)  # the form ends before it could come higher


def test_a_form_comes_back_where_it_was(paper):
    sheet = paper(town_form("routine"), {**KNOWN, "m20": "no"})
    sheet.view.boxes["documents"].is_open = False
    sheet.go("m20")
    person = sheet.person
    before = tops(sheet.view, "m20")
    theme.change(dark=True)
    person.frames(14)
    assert not sheet.view.boxes["documents"].is_open
    assert abs(tops(sheet.view, "m20") - before) <= dp(4)
    assert person.has("m20.note")


@pytest.mark.slow
def test_sections_tell_how_far_they_are_and_lead_on(paper):
    sheet = paper(town_form("routine"), {**KNOWN, **{f"m{at:02}": "yes" for at in range(1, 9)}})
    person = sheet.person
    assert "8/9" in person.texts()
    sheet.go("m09")
    person.tap("m09.na")
    assert "9/9" in person.texts()
    sheet.view.go_to(person.find("next.documents"), dp(200))
    person.frames(8)
    person.tap("next.documents")
    person.frames(8)
    assert not sheet.view.boxes["documents"].is_open
    assert sheet.view.boxes["safety"].is_open
    assert 0 <= tops(sheet.view, "m10") <= dp(160)


def test_a_signature_is_drawn_or_refused_with_a_witness(paper):
    sheet = paper(town_form("routine"), KNOWN)
    person, answers = sheet.person, sheet.answering
    sheet.go("signature")
    person.tap("signature.sign")
    assert person.find("signature.done").disabled
    pad = person.find("signature.pad")
    x, y = pad.to_window(*pad.pos)
    touch = UnitTestTouch(x + 60, y + 120)
    touch.touch_down()
    for step in range(1, 12):
        touch.touch_move(x + 60 + 12 * step, y + 120 + 30 * (-1) ** step)
        person.frames()
    touch.touch_up()
    person.tap("signature.done")
    assert answers.answers["signature"] == "signature-1"
    assert sheet.desk.pngs[0].startswith(b"\x89PNG")
    person.frames(4)
    sheet.go("signature")
    answers.answer("signature", None)
    sheet.navigator.rebuild()
    person.frames(8)
    sheet.go("signature")
    person.tap("signature.refuse")
    sheet.go("signature")
    person.tap("signature.note")
    person.type("Şahit: A. Kaya")
    assert answers.answers["signature"] == {"refused": True, "note": "Şahit: A. Kaya"}
    assert "signature" not in {answers.owner(error.path) for error in answers.seen.errors}


def test_rows_are_added_and_taken_away_with_their_photos(paper):
    sheet = paper(town_form("finding"))
    person, answers = sheet.person, sheet.answering
    sheet.view.boxes["goods"].is_open = True
    sheet.go("goods")
    for _ in range(2):
        person.find("goods.add").dispatch("on_tap")
        person.frames(4)
    for at, name in enumerate(("Midye", "Simit")):
        answers.answer(f"goods.{at}.goods_name", name)
        answers.answer(f"goods.{at}.goods_photos", [f"photo-{at}"])
    assert "goods.1.quantity" in {error.path for error in answers.seen.errors}
    sheet.view.go_to(person.find("goods.0.remove"), dp(40))
    person.frames(8)
    person.tap("goods.0.remove")
    person.tap("remove.confirm")
    person.frames(6)
    assert [row["goods_name"] for row in answers.answers["goods"]] == ["Simit"]
    assert sheet.desk.forgotten == ["photo-0"]
    assert person.find("goods.0.goods_name").text == "Simit"


def test_rows_that_come_from_the_office_are_neither_added_nor_taken_away(paper):
    rows = [{"item_code": "m05", "finding_text": "Fiyat tarifesi", "deadline_on": "2026-11-20"}]
    sheet = paper(town_form("recheck"), {"findings": rows})
    assert sheet.person.has("findings.0.result")
    assert {"Fiyat tarifesi", "20.11.2026"} <= set(sheet.person.texts())
    assert not sheet.person.has("findings.add")
    assert not sheet.person.has("findings.0.remove")


def test_days_times_numbers_and_places_are_given_as_the_form_reads_them(paper):
    sheet = paper(town_form("finding"), {"act": "5326-36-1"})
    person, answers = sheet.person, sheet.answering
    sheet.go("noise_dba")
    person.tap("noise_dba")
    person.type("72,5")
    assert answers.answers["noise_dba"] == "72.5"
    for letter in ",":
        person.type(letter)
    assert answers.answers["noise_dba"] == "72.5."  # half written: a fault, and not lost
    assert "noise_dba" in answers.faults(with_missing=False)
    sheet.go("found_on")
    person.tap("found_on")
    person.tap("day.before")
    person.tap("day.2026-10-30")
    assert answers.answers["found_on"] == "2026-10-30"
    sheet.go("found_at")
    person.tap("found_at")
    person.type("1405")
    assert answers.answers["found_at"] == "14:05"
    sheet.go("place")
    person.tap("place.here")
    assert answers.answers["place"] == {"lon": 29.03, "lat": 40.98, "accuracy_m": 6.0}
    assert {"found_on", "found_at", "place"}.isdisjoint({error.path for error in answers.seen.errors})


@pytest.mark.slow
def test_everything_is_big_enough_and_nothing_is_cut_in_the_biggest_letters(paper):
    theme.change(text_size=1.3)
    sheet = paper(town_form("routine"), {**KNOWN, "m01": "no"})
    sheet.person.frames(6)
    for path in ("business_class", "m01", "signature"):
        sheet.go(path)
        for widget in sheet.view.walk():
            if isinstance(widget, Pressable):
                least = (
                    dp(56)
                    if widget.test_id.startswith("m01.") and widget.test_id[4:] in ("yes", "no", "na")
                    else dp(48)
                )
                assert min(widget.size) >= least, widget.test_id
            if isinstance(widget, Text) and widget.text.strip() and not widget.shorten:
                left, _ = widget.to_window(*widget.pos)
                assert widget.texture_size[0] <= widget.width + 2, widget.text
                assert -1 <= left <= left + widget.width <= WIDTH + 1, widget.text

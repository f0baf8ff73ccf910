"""Visits, businesses and new findings as an inspector goes through them; killed in between, nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.robot import HEIGHT  # isort: skip (before anything of Kivy)
from field_app.numbers import NumberBook
from tests.field_app.inspection_world import PLANNED, RECHECK, answers_of_a_good_visit, numbers, rows_with_forms
from tests.field_app.world import PIN, make_phone, put_rows, uid


@pytest.fixture
def phone(tmp_path, clock):
    """A phone with forms and numbers."""
    return make_phone(tmp_path / "phone", clock)


@pytest.fixture
def start(app, phone):
    """Starts the app on the phone, again and again as after a kill."""
    unlocked = phone.open(phone.vault.open(PIN))
    put_rows(unlocked, rows_with_forms(), version=2)
    NumberBook(unlocked.engine.store).take_in(numbers())
    unlocked.close()
    return app


def navigator_of(person):
    return person.app.navigator


def go(person, route, **arguments):
    navigator_of(person).go(route, **arguments)
    person.frames(8)
    return navigator_of(person).current


def top_of(person, path):
    view = navigator_of(person).current.form
    question = view.find(path)
    return view.top - question.to_window(*question.pos)[1] - question.height


def test_a_killed_visit_opens_where_it_was_and_its_photo_is_there(start):
    person = start()
    screen = go(person, "inspection", id=PLANNED)
    screen.form.go_to_path("m10")
    person.frames(8)
    person.tap("m10.no")
    person.tap("m10.note")
    person.type("Tüp boş")
    screen.form.go_to_path("m10")
    person.frames(8)
    screen.form.go_to(person.find("m10.photos.take"), 300)
    person.frames(8)
    person.tap("m10.photos.take")
    person.until(lambda: "photos" in screen.model.answering.answers["m10"])
    person.frames(4)
    before = top_of(person, "m10")
    person = start()
    screen = navigator_of(person).current
    person.frames(14)
    assert screen.model.answering.answers["m10"]["note"] == "Tüp boş"
    assert abs(top_of(person, "m10") - before) < 24
    assert person.find("m10.note").text == "Tüp boş"
    person.until(lambda: person.find("photo.0").is_ready)


def test_a_visit_becomes_a_record_with_the_phones_number(start):
    person = start()
    screen = go(person, "inspection", id=PLANNED)
    answering = screen.model.answering
    for code, value in answers_of_a_good_visit(dict(screen.model.form.document)).items():
        if code != "m05":
            answering.answers[code] = value
    answering.answer("m24", {"v": "no", "note": "Masa kaldırımda"})
    person.tap("summary")
    assert {"2 eksik", "1 tespit", "Süre verilerek uyarıldı"} <= set(person.texts())
    person.tap("missing.m05")
    person.frames(8)
    assert 0 <= top_of(person, "m05") < HEIGHT / 2
    person.tap("m05.yes")
    person.tap("summary")
    assert person.back()
    assert person.has("summary")
    person.tap("summary")
    person.tap("submit")
    person.tap("incomplete.confirm")
    person.frames(8)
    assert "ZB-2026-000120" in person.texts()
    assert any("Masa kaldırımda" in text for text in person.texts())
    person.tap("amend")
    person.tap("text")
    person.type("Masa kaldırıldı")
    person.tap("send")
    person.frames(6)
    assert any("Masa kaldırıldı" in text for text in person.texts())
    navigator_of(person).start("today")
    person.frames(6)
    assert not person.has(f"work.inspection/{PLANNED}")
    go(person, "inspection", id=PLANNED)
    person.tap("is_done.action")
    person.frames(6)
    assert "ZB-2026-000120" in person.texts()
    go(person, "inspection", id=uid(888))
    assert "Bu denetim telefonda yok" in person.texts()


def test_nobody_there_is_two_taps(start):
    person = start()
    screen = go(person, "inspection", id=RECHECK)
    assert "Önceki denetimden 2 açık tespit" in person.texts()
    screen.form.go_to(person.find("nobody"), 400)
    person.frames(8)
    person.tap("nobody")
    person.tap("nobody_sure.confirm")
    person.frames(8)
    assert "Kimse yoktu, denetim yapılamadı" in person.texts()


def test_a_business_is_found_called_changed_and_inspected(start):
    person = start()
    go(person, "businesses")
    person.until(lambda: person.has(f"businesses.{uid(200)}"))
    person.tap("search")
    person.type("moda cay")
    person.advance(0.5)
    person.until(lambda: not person.has(f"businesses.{uid(200)}"))
    person.frames(4)
    person.tap(f"businesses.{uid(201)}")
    person.tap("call")
    assert person.app.field.device.telephone.dialled == ["+902163300000"]
    person.tap("edit")
    person.tap("opening_hours")
    person.type("08-22")
    person.tap("send")
    person.frames(6)
    assert "08-22" in person.texts()
    person.tap("inspect")
    person.frames(8)
    person.tap("serves_food.true")
    person.back()
    person.frames(6)
    assert "Denetime devam et" in person.texts()


def test_a_case_on_the_spot_is_filed_with_its_photo(start):
    person = start()
    person.tap("new_finding")
    person.tap("new.case")
    person.tap("search")
    person.type("kaldirim")
    person.advance(0.5)
    person.tap("categories.c1")
    person.frames(8)
    person.tap("send")
    assert "Bu alan doldurulmalı." in person.texts()
    screen = navigator_of(person).current
    screen.form.go_to_path("own_description")
    person.frames(8)
    person.tap("own_description")
    person.type("Masalar kaldırımda")
    person.tap("own_photos.take")
    person.until(lambda: person.has("photo.0"))
    person.tap("own_place.map")
    person.tap("picker.choose")
    person.tap("send")
    person.frames(8)
    assert navigator_of(person).current.arguments["id"]
    assert "Masalar kaldırımda" in person.texts()
    line = person.app.field.open.engine.lines()[0]
    assert (line.kind, len(line.body["photos"])) == ("complaint.file", 1)


@pytest.mark.slow
def test_what_was_begun_is_listed_and_gone_on_with(start):
    person = start()
    screen = go(person, "inspection", form_id="finding")
    screen.model.answering.answer("description", "Seyyar satış")
    navigator_of(person).start("today")
    go(person, "new_finding")
    person.tap("begun.inspection")
    person.frames(8)
    assert person.find("description").text == "Seyyar satış"
    person.tap("more_acts")
    person.tap("acts.discard")
    person.tap("discard.confirm")
    person.frames(6)
    assert not person.has("begun.inspection")


@pytest.mark.slow
def test_on_a_tablet_a_visit_stands_beside_the_list(tmp_path):
    """Another size needs another process."""
    program = (
        "from tests.kit.robot import Robot\n"
        "from pathlib import Path\n"
        "from tests.field_app.inspection_world import PLANNED, rows_with_forms\n"
        "from tests.field_app.world import PIN, Time, make_phone, opened, put_rows\n"
        "from field_app.app import FieldApp\n"
        "from mobile.device.desktop import device\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "phone = make_phone(folder / 'phone', Time())\n"
        "unlocked = opened(phone, rows_with_forms())\n"
        "unlocked.close()\n"
        "person = Robot(FieldApp(phone, device(folder / 'device')))\n"
        "[person.tap(f'pin.{digit}') for digit in PIN]\n"
        "person.until(lambda: person.has('nav'), 30)\n"
        "person.frames(5)\n"
        "person.tap(f'work.inspection/{PLANNED}')\n"
        "person.frames(8)\n"
        "assert person.has('order') and person.has('m01.no') and person.has('summary')\n"
        "person.tap('m01.no')\n"
        "assert person.has('m01.note') and person.has('order')\n"
    )
    environment = {**os.environ, "APP_SIZE": "1280x800", "SHOTS": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr

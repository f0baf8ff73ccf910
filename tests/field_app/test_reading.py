"""Whoever reads is not disturbed by news, and is told how far the first sync is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.field_app.world import COLLEAGUE, NOW, TEAM, put_rows, uid


def told(first: int, last: int):
    return {
        ("message", uid(5_000 + at)): {
            "department_id": TEAM, "author_id": COLLEAGUE, "text": f"İleti {at}",
            "sent_at": (NOW + timedelta(minutes=at)).isoformat(),
        }
        for at in range(first, last)
    }  # fmt: skip


def top_of(running, number):
    card = running.find(f"message.{uid(5_000 + number)}")
    return card.to_window(card.x, card.top)[1]


def news(running, rows):
    put_rows(running.app.field.open, rows)
    running.app.field.tell()
    running.frames(12)


@pytest.fixture
def talk(app):
    running = app()
    put_rows(running.app.field.open, told(0, 30))
    running.tap("nav.messages")
    running.frames(12)
    return running


def test_new_messages_are_followed_by_whoever_sees_the_newest(talk):
    end = top_of(talk, 29)
    news(talk, told(30, 32))
    assert top_of(talk, 31) == pytest.approx(end, abs=2)


def test_whoever_reads_older_messages_stays_there_until_they_write(talk):
    screen = talk.app.navigator.current
    screen.scroll.scroll_y = 0.6
    talk.frames(3)
    before = top_of(talk, 12)
    news(talk, told(30, 33))
    assert top_of(talk, 12) == pytest.approx(before, abs=2)
    talk.tap("text")
    talk.type("Anlaşıldı")
    talk.tap("send")
    talk.frames(12)
    assert screen.scroll.scroll_y == pytest.approx(0, abs=0.01)


def test_a_list_that_did_not_change_is_not_made_again(talk):
    card = talk.find(f"message.{uid(5_029)}")
    news(talk, {("colleague", COLLEAGUE): {"name": "Mehmet Çağlar", "department_ids": [TEAM]}})
    assert talk.find(f"message.{uid(5_029)}") is card


def test_the_phones_keyboard_does_not_cover_the_field(app):
    from kivy.core.window import Window  # noqa: PLC0415

    app()
    assert Window.softinput_mode == "below_target"


def scopes(running, complete: int, whole: int) -> None:
    store = running.app.field.open.engine.store
    with store.transaction():
        store.run("DELETE FROM scope")
        for at in range(whole):
            store.run("INSERT INTO scope VALUES (?, '', 1, NULL, 1, ?)", (f"area:{at}", int(at < complete)))
    running.app.field.tell()
    running.frames(5)


def test_the_first_sync_says_how_far_it_is_until_everything_is_here(app):
    running = app()
    scopes(running, 3, 12)
    assert running.find("loading").text == "3 / 12 bölüm geldi"
    scopes(running, 12, 12)
    assert not running.has("loading")


def test_a_phone_without_rows_waits_for_its_first_sync_and_says_what_it_waits_for(app):
    running = app()
    store = running.app.field.open.engine.store
    with store.transaction():
        store.run("DELETE FROM membership")
    scopes(running, 0, 4)
    assert "İşleriniz getiriliyor" in running.texts()
    running.app.field.sync_state = replace(running.app.field.sync_state, ending="offline")
    scopes(running, 0, 5)
    assert "Ağ bekleniyor: ilk eşitleme için internet gerekir." in running.texts()
    scopes(running, 1, 5)
    assert "Bekleyen iş yok" in running.texts()

"""The app in a window, with fingers: the lock, a day's work without a network, and coming back after a kill."""

import pytest

from field_app.phone import Phone
from field_app.syncing import SyncState
from tests.field_app.world import PIN, make_phone, opened, put_rows, sample_rows, uid


def test_a_wrong_pin_opens_nothing_and_says_how_many_tries_are_left(robot, phone, tmp_path):
    from field_app.app import FieldApp  # noqa: PLC0415
    from mobile.device.desktop import device  # noqa: PLC0415

    opened(phone).close()
    running = robot(FieldApp(phone, device(tmp_path / "device")))
    for digit in "111112":
        running.tap(f"pin.{digit}")
    running.until(lambda: any("9 hak" in text for text in running.texts()), 30)
    assert not running.has("nav")
    for digit in PIN:
        running.tap(f"pin.{digit}")
    running.until(lambda: running.has("nav"), 30)


def test_a_case_is_worked_on_and_closed_with_a_photo_without_a_network(app):
    running = app()
    running.tap(f"work.complaint/{uid(104)}")
    running.frames(5)
    assert "ACİL" in " ".join(running.texts())
    running.tap("do.take")
    running.frames(5)
    running.tap("timer")
    running.frames(5)
    running.tap("do.close")
    running.frames(5)
    running.tap("send")
    running.frames(3)
    assert "Önce bir şey yazın." in running.texts()
    running.tap("text")
    running.type("Gürültü kesildi, tutanak tutuldu.")
    running.tap("photos.take")
    running.until(lambda: running.has("photo.0"), 30)
    running.tap("send")
    running.frames(10)
    assert "Çözüldü" in running.texts()
    running.tap("timer")
    running.back()
    running.frames(5)
    assert not running.has(f"work.complaint/{uid(104)}")
    running.tap("nav.sync")
    running.frames(10)
    assert running.find("number.waiting").text == "3"
    assert running.find("number.waiting_photos").text == "1"
    lines = running.app.field.open.engine.lines()
    assert [line.kind for line in lines] == ["complaint.visit", "complaint.close", "complaint.take"]
    assert len(lines[1].body["photos"]) == 1


def test_a_category_that_asks_for_a_photo_is_not_closed_without(app):
    running = app()
    running.tap(f"work.complaint/{uid(103)}")
    running.frames(5)
    running.tap("do.close")
    running.frames(5)
    running.tap("text")
    running.type("Kaldırıldı")
    running.tap("send")
    running.frames(3)
    assert "Bu konuda kapatmak için fotoğraf gerekli." in running.texts()
    assert running.app.field.open.engine.numbers()["waiting"] == 0


def test_a_killed_app_comes_back_where_it_was_with_what_was_typed(app):
    running = app()
    running.tap(f"work.complaint/{uid(101)}")
    running.frames(5)
    running.tap("do.answer")
    running.frames(5)
    running.tap("text")
    running.type("Ekip yolda")
    running.frames(3)
    # Killed: nothing is said to the app; its window goes, its database is as it was at the last letter.
    running.app.field.unlocked.sync.stop()
    running.app.field.unlocked.engine.store.connection.close()
    running.app.field.unlocked = None
    running.close()
    again = app()
    assert again.find("text").text == "Ekip yolda"
    again.tap("send")
    again.frames(5)
    assert again.app.field.open.engine.lines()[0].body["text"] == "Ekip yolda"


def test_what_the_office_did_not_take_is_told_in_plain_words_and_can_be_put_away(app):
    running = app()
    unlocked = running.app.field.open
    mutation_id = unlocked.acts.close(uid(101), "Kaldırıldı")
    with unlocked.engine.store.transaction():
        unlocked.engine.store.run(
            "UPDATE outbox SET state = 'conflict', code = 'complaint_action_not_allowed', is_settled = 1 WHERE id = ?",
            (mutation_id,),
        )
    running.app.field.tell()
    running.frames(5)
    assert "1 kayda bakmanız gerekiyor" in running.texts()
    running.tap("state")
    running.frames(5)
    running.tap(f"lines.{mutation_id}")
    running.frames(5)
    assert "Başvurunun durumu bu arada değişti." in running.texts()
    running.tap("dismiss")
    running.frames(10)
    assert unlocked.engine.numbers()["attention"] == 0


def test_after_the_lease_reading_is_locked_and_recording_goes_on(app, clock):
    running = app()
    unlocked = running.app.field.open
    with unlocked.engine.store.transaction():
        unlocked.lease.heard(clock())
    clock.pass_(days=15)
    running.app.navigator.current.refresh()
    running.frames(5)
    assert "Okuma kilitli" in running.texts()
    unlocked.acts.note(uid(101), "Yine de yazılır")
    assert unlocked.engine.numbers()["waiting"] == 1


@pytest.mark.parametrize("tab", ["today", "map", "messages", "sync", "more"])
def test_every_room_opens_in_both_languages_and_in_the_dark(app, tab):
    from mobile.kit.i18n import language  # noqa: PLC0415
    from mobile.kit.theme import theme  # noqa: PLC0415

    running = app()
    language.change("en")
    theme.change(dark=True, text_size=1.3)
    running.frames(10)
    running.tap(f"nav.{tab}")
    running.frames(10)
    assert running.app.navigator.current.tab == tab
    assert not any(text.startswith(("tab.", "sync.", "today.")) for text in running.texts())


def test_a_row_that_left_says_so_instead_of_failing(app):
    running = app()
    running.tap(f"work.complaint/{uid(101)}")
    running.frames(5)
    store = running.app.field.open.engine.store
    with store.transaction():
        store.run("DELETE FROM membership WHERE id = ?", (uid(101),))
        store.run("DELETE FROM synced WHERE id = ?", (uid(101),))
    running.app.field.tell()
    running.frames(5)
    assert "Bu telefonda değil" in running.texts()


def test_news_from_the_server_show_while_the_list_is_open(app):
    running = app()
    rows = sample_rows()
    fresh = {**rows["complaint", uid(104)], "number": "2026-999999", "is_emergency": True}
    put_rows(running.app.field.open, {("complaint", uid(190)): fresh})
    running.app.field.tell()
    running.frames(10)
    assert running.has(f"work.complaint/{uid(190)}")


def test_a_phone_that_was_told_to_leave_forgets_everything(app, phone: Phone):
    running = app()
    unlocked = running.app.field.open
    with unlocked.engine.store.transaction():
        unlocked.engine.store.put(wiped=1)
    running.app._synced(running.app.field.sync_state)
    running.frames(5)
    assert running.has("sign_in")
    assert "Bu telefon kapatıldı" in running.texts()
    assert not phone.vault.is_set_up
    assert not phone.account.is_known


def test_the_next_person_begins_with_an_empty_phone_after_one_that_had_to_leave(tmp_path, clock):
    phone = make_phone(tmp_path / "phone", clock)
    unlocked = opened(phone)
    unlocked.files.write("a.original", b"picture")
    unlocked.close()
    phone.forget()
    left = [path.name for path in phone.around.folder.rglob("*") if path.is_file()]
    assert [name for name in left if not name.endswith(".lock")] == []
    again = opened(make_phone(tmp_path / "phone", clock))
    assert again.engine.numbers() == {"waiting": 0, "sent": 0, "attention": 0, "waiting_photos": 0}
    again.close()


def test_what_syncing_says_between_two_frames_is_shown_once(app):
    running = app()
    unlocked, shown = running.app.field.open, []
    running.app.field.watch(lambda: shown.append(running.app.field.sync_state.exchanges))
    for count in range(1, 51):
        unlocked.sync.on_change(SyncState(is_running=True, exchanges=count))
    running.frames(3)
    assert shown == [50]

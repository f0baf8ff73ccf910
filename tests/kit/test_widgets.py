"""Widgets under a finger: what they show, what they tell, what they keep."""

import io

import pytest
from PIL import Image

from tests.kit.robot import HEIGHT, WIDTH  # isort: skip (before anything of Kivy)
from mobile.kit.navigator import Navigator
from mobile.kit.screen import Screen
from mobile.kit.theme import dp, theme
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.dialog import Dialog
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.marks import Chip
from mobile.kit.widgets.photo import PhotoThumb, PhotoViewer
from mobile.kit.widgets.pin_pad import PinPad
from mobile.kit.widgets.search_field import SearchField
from mobile.kit.widgets.segmented import Segmented
from mobile.kit.widgets.signature import SignaturePad
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.stopwatch import Stopwatch
from mobile.kit.widgets.toggle import Toggle
from mobile.kit.widgets.virtual_list import VirtualList
from tests.kit.pictures_made import photo_file


@pytest.fixture
def on_screen(robot):
    """Shows widgets on a screen that scrolls."""
    navigators = []

    def show(*widgets):
        class Only(Screen):
            def build(self):
                self.add_widget(Scroll(Column(*widgets, padding=dp(16))))

        navigators.append(Navigator({"only": Only}, "only"))
        person = robot(navigators[-1])
        person.navigator = navigators[-1]
        person.window.bind(on_keyboard=navigators[-1].on_key)
        return person

    yield show
    for navigator in navigators:
        navigator.get_parent_window().unbind(on_keyboard=navigator.on_key)
        navigator.close()


def test_a_trembling_finger_presses_once(on_screen):
    told = []
    person = on_screen(PushButton("Gönder", test_id="send", on_tap=told.append))
    person.double_tap("send")
    assert len(told) == 1
    person.tap("send")
    assert len(told) == 2


def test_a_hold_that_is_taken_is_no_tap(on_screen):
    told = []
    button = PushButton("Gönder", test_id="send", on_tap=lambda _: told.append("tap"))
    button.bind(on_hold=lambda _: told.append("hold") or True)
    person = on_screen(button)
    person.hold("send")
    person.tap("send")
    assert told == ["hold", "tap"]


def test_a_disabled_or_covered_button_is_not_pressed(on_screen):
    told = []
    person = on_screen(
        PushButton("Kapalı", disabled=True, test_id="off", on_tap=told.append),
        PushButton("Açık", test_id="on", on_tap=told.append),
    )
    person.tap("off")
    Dialog("Emin misiniz?", "Evet", cancel="Hayır", test_id="sure").open(person.navigator)
    person.advance(0.3)
    person.tap("on")  # beside the dialog: it goes away, and the button below is not pressed
    assert not person.has("sure")
    assert told == []
    person.tap("on")
    assert len(told) == 1


def test_turkish_is_typed_and_the_limit_keeps(on_screen):
    field = TextField("Ad", limit=12, helper="Yardım", test_id="name")
    person = on_screen(field)
    person.tap("name")
    person.type("Çığ Şöğüİı ğüşıöç")
    assert field.text == "Çığ Şöğüİı ğ"
    assert "Yardım  12/12" in person.texts()
    field.error = "Olmadı"
    person.frames(3)
    assert "Olmadı" in person.texts()
    assert "Yardım  12/12" not in person.texts()


def test_what_is_below_a_field_in_sight_stays_where_it_is_while_somebody_writes(on_screen):
    fields = [TextField(f"Alan {at}", test_id=f"field.{at}") for at in range(5)]
    tapped = []
    button = PushButton("Gönder", test_id="send", on_tap=tapped.append)
    person = on_screen(*fields, button)
    before = button.to_window(*button.pos)
    for at in range(5):
        person.tap(f"field.{at}")
        person.type("a")
        assert button.to_window(*button.pos) == before
    person.tap("send")
    assert tapped


def test_a_field_that_is_written_in_comes_into_sight(on_screen):
    field = TextField("Son alan", test_id="last")
    person = on_screen(*(PushButton(f"{at}") for at in range(12)), field, *(PushButton(f"{at}") for at in range(8)))
    bottom, top = (field.line.to_window(0, edge)[1] for edge in (field.line.y, field.line.top))
    assert bottom < 0 < top  # its lower part is beyond the window
    person.tap((WIDTH / 2, top - 4))
    person.advance(1)
    assert field.line.focus
    assert field.line.to_window(0, field.line.y)[1] >= dp(56) - 1


def test_searching_waits_for_the_fingers_to_rest(on_screen):
    asked = []
    field = SearchField("Ara", test_id="search", on_search=lambda _field, text: asked.append(text))
    person = on_screen(field)
    person.tap("search")
    person.type("şiş")
    assert asked == []
    person.advance(0.3)
    person.tap("search.clear")
    assert asked == ["şiş", ""]
    assert field.text == ""


def test_switches_chips_and_segments_turn(on_screen):
    toggle, chip = Toggle("Gece", test_id="night"), Chip("Gecikmiş", test_id="late")
    answers = Segmented([("yes", "Evet"), ("no", "Hayır")], test_id="answer")
    person = on_screen(toggle, chip, answers)
    for test_id in ("night", "late", "answer.no"):
        person.tap(test_id)
    assert (toggle.is_on, chip.is_chosen, answers.value) == (True, True, "no")
    person.tap("night")
    assert not toggle.is_on


OPTIONS = [("a", "Gıda"), ("b", "Kafe"), ("c", "Market")]


def test_one_of_many_is_chosen_on_a_sheet(on_screen):
    choice = Choice("Konu", options=OPTIONS, test_id="kind")
    person = on_screen(choice)
    person.tap("kind")
    person.tap("kind.b")
    assert choice.value == "b"
    assert "Kafe" in person.texts()
    person.tap("kind")
    assert person.back()
    assert not person.has("kind.b")
    assert choice.value == "b"


def test_several_are_chosen_in_the_order_of_the_options(on_screen):
    choice = Choice("Konu", options=OPTIONS, several=True, values=["b"], test_id="kind")
    person = on_screen(choice)
    person.tap("kind")
    for test_id in ("kind.c", "kind.a", "kind.b", "kind.done"):
        person.tap(test_id)
    assert choice.values == ["a", "c"]
    assert "Gıda, Market" in person.texts()


def test_a_snackbar_goes_by_itself_and_its_action_is_done(on_screen):
    person = on_screen()
    done = []
    Snackbar("Silindi", action="Geri al", on_action=lambda: done.append(1)).open(person.navigator)
    person.advance(0.3)
    person.tap("snackbar.action")
    assert done == [1]
    Snackbar("Kaydedildi").open(person.navigator)
    person.advance(0.2)
    assert person.has("snackbar")
    person.advance(4.2)
    assert not person.has("snackbar")


def test_a_pin_is_told_when_it_is_whole_and_not_kept(on_screen):
    told = []
    pad = PinPad(prompt="Şifre", length=4, error="Yanlış", on_complete=lambda _pad, pin: told.append(pin))
    person = on_screen(pad)
    for key in ("9", "8", "back", "1", "1", "0"):
        person.tap(f"pin.{key}")
    assert told == ["9110"]
    assert pad._typed == ""
    assert "Yanlış" not in person.texts()


def test_a_signature_is_what_the_finger_drew(on_screen):
    saved = []
    pad = SignaturePad(test_id="sign")
    pad.bind(on_change=lambda _pad: saved.append(len(pad.strokes)))
    person = on_screen(pad, *(PushButton(f"{at}") for at in range(20)))
    scroll = pad.parent.parent
    left, middle = pad.x + 60, pad.to_window(*pad.center)[1]
    person.tap((left, middle))
    assert not pad.is_signed
    pad.clear()
    person.drag((left, middle - 40), (left + 200, middle + 40))
    assert pad.is_signed
    assert scroll.scroll_y == 1  # the page stayed where it was
    with Image.open(io.BytesIO(pad.png())) as picture:
        picture.load()
        assert (picture.width, picture.mode) == (900, "L")
        dark = [at for at, value in enumerate(picture.tobytes()) if value < 128]
    columns = [at % 900 for at in dark]
    assert min(columns) == pytest.approx(60 / pad.width * 900, abs=6)
    assert max(columns) == pytest.approx(260 / pad.width * 900, abs=6)
    pad.undo()
    assert not pad.is_signed
    assert saved[-1] == 0


def test_five_thousand_rows_scroll_and_every_row_tells_itself(robot):
    chosen = []
    rows = [
        {"key": str(at), "title": f"Görev {at}", "icon": "map" if at % 2 else "", "detail": "x"} for at in range(5000)
    ]
    tasks = VirtualList(rows, test_id="task", on_choose=lambda _list, key: chosen.append(key))
    person = robot(tasks)
    person.tap("task.2")
    person.drag((WIDTH / 2, 200), (WIDTH / 2, HEIGHT - 100))
    assert not person.has("task.0")
    person.advance(2)
    tasks.scroll_y = 0
    person.frames(4)
    person.tap("task.4999")
    assert chosen == ["2", "4999"]
    assert "Görev 4999" in person.texts()
    assert len([widget for widget in tasks.walk() if hasattr(widget, "is_chosen")]) < 40


def numbered(*numbers):
    return [{"key": str(at), "title": f"Görev {at}"} for at in numbers]


def top_of(person, tasks, key):
    """How far the top of a row is below the top of its list."""
    row = person.find(f"task.{key}")
    return tasks.top - row.to_window(row.x, row.top)[1]


@pytest.mark.parametrize(
    "after",
    [
        numbered(*range(1000, 1020), *range(200)),
        numbered(*range(5, 200)),
        numbered(*range(49), *range(51, 200)),
        numbered(*range(199, 80, -1), *range(81)),
    ],
    ids=["more above", "less above", "one is gone", "another order"],
)
def test_what_is_read_in_a_long_list_stays_in_sight_when_the_rows_are_others(robot, after):
    tasks = VirtualList(numbered(*range(200)), test_id="task")
    person = robot(tasks)
    tasks.scroll_y = 1 - (60 * tasks._step + 7) / tasks._room()
    person.frames(4)
    before = top_of(person, tasks, 60)
    tasks.rows = after
    person.advance(1)
    assert top_of(person, tasks, 60) == pytest.approx(before, abs=1)
    person.drag((WIDTH / 2, 350), (WIDTH / 2, 300))
    # It goes on from there; how far it glides after the finger depends on the frames.
    assert before + 20 < top_of(person, tasks, 60) < before + 250


def test_the_top_of_a_list_stays_the_top_and_one_that_became_short_begins_there(robot):
    tasks = VirtualList(numbered(*range(200)), test_id="task")
    person = robot(tasks)
    tasks.rows = numbered(900, *range(200))
    person.frames(4)
    assert top_of(person, tasks, 900) == pytest.approx(0, abs=1)
    tasks.scroll_y = 0.5
    person.frames(4)
    tasks.rows = numbered(3, 4)
    person.frames(4)
    assert top_of(person, tasks, 3) == pytest.approx(0, abs=1)


def test_a_used_row_keeps_nothing_of_the_row_before(robot):
    tasks = VirtualList([{"key": "a", "title": "A", "detail": "eski", "icon": "map", "note": "n"}], test_id="task")
    person = robot(tasks)
    tasks.chosen = "a"
    person.frames(3)
    assert person.find("task.a").is_chosen
    tasks.rows = [{"key": "b", "title": "B"}]
    person.frames(4)
    row = person.find("task.b")
    assert (row.detail, row.icon, row.note, row.is_chosen) == ("", "", "", False)


def test_photos_are_read_beside_the_screen_and_a_lost_one_is_seen_as_lost(on_screen, tmp_path):
    (tmp_path / "torn.jpg").write_bytes(b"\xff\xd8 no photo")
    good = PhotoThumb(str(photo_file(1)), can_remove=True, test_id="good")
    torn = PhotoThumb(str(tmp_path / "torn.jpg"), test_id="torn")
    removed = []
    good.bind(on_remove=removed.append)
    person = on_screen(good, torn)
    person.until(lambda: good.is_ready and torn._picture.is_missing)
    assert not torn.is_ready
    person.tap("good.remove")
    assert removed == [good]


def test_the_viewer_leads_through_all_photos(on_screen):
    person = on_screen()
    viewer = PhotoViewer([str(photo_file(at)) for at in range(3)], index=2)
    viewer.open(person.navigator)
    person.advance(0.2)
    assert "3 / 3" in person.texts()
    person.tap("photo.after")
    assert "1 / 3" in person.texts()
    person.until(lambda: viewer._picture.is_ready)
    person.tap("photo.close")
    assert not viewer.is_open


def test_a_stopwatch_shows_the_elapsed_clock(on_screen):
    now = [100.0]
    watch = Stopwatch(lambda: now[0], started=40.0)
    person = on_screen(watch)
    now[0] = 3765.0
    person.advance(0.6)
    assert watch.text == "1:02:05"


def test_rows_of_a_list_are_dressed_for_the_dark_also_where_others_were_before(robot):
    rows = [{"key": str(at), "title": f"Satır {at}"} for at in range(8)]

    def colour_of_a_title(test_id):
        shown = VirtualList(rows, test_id=test_id)
        person = robot(shown)
        person.frames(4)
        colour = tuple(person.find(text="Satır 1").color)
        shown.rows = []
        person.frames(4)
        person.window.remove_widget(shown)
        return colour

    light = colour_of_a_title("light")
    theme.change(dark=True)
    assert colour_of_a_title("dark") != light


def test_a_column_without_anything_in_it_takes_no_room(on_screen):
    empty = Column()
    on_screen(empty, Chip("Altında")).frames(3)
    assert empty.height == 0

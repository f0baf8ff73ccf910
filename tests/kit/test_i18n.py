"""Words, dates and amounts on the screens, in Turkish and in English."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api.core.text import fold as fold_of_the_server
from mobile.kit.i18n import formats, language
from mobile.kit.i18n.casing import fold, lower_tr, upper_tr
from mobile.kit.i18n.catalogue import Catalogue
from mobile.kit.i18n.kit_texts import KIT_TEXTS
from tests.kit.text_keys import faults, used_keys

NOON = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def turkish_again():
    yield
    language.change("tr")


@pytest.fixture
def english():
    language.change("en")


def test_the_kit_has_every_text_it_uses_and_no_other():
    assert faults(KIT_TEXTS, used_keys("mobile/kit")) == []


def test_a_fault_in_a_catalogue_would_be_seen():
    texts = {"a": ("{count} kayıt {name}", "{count} record|{count} records"), "b": ("x", ""), "c": ("y", "y")}
    assert faults(texts, {"a", "b", "d"}) == [
        "not in the catalogue: d", "used nowhere: c", "other values: a", "other values: a", "not translated: b",
    ]  # fmt: skip


def test_english_counts_and_turkish_does_not():
    catalogue = Catalogue()
    catalogue.add({"n": ("{count} kayıt", "{count} record|{count} records")})
    assert catalogue.text("n", count=2) == "2 kayıt"
    catalogue.change("en")
    assert [catalogue.text("n", count=count) for count in (1, 2)] == ["1 record", "2 records"]


def test_one_key_has_one_text():
    catalogue = Catalogue()
    catalogue.add({"a": ("x", "y")})
    catalogue.add({"a": ("x", "y")})
    with pytest.raises(ValueError, match="two texts"):
        catalogue.add({"a": ("x", "z")})
    with pytest.raises(KeyError):
        catalogue.text("b")


def test_a_change_of_language_is_told_once_and_not_after_the_end():
    catalogue = Catalogue()
    told = []
    end = catalogue.watch(lambda: told.append(catalogue.current))
    catalogue.change("en")
    catalogue.change("en")
    end()
    catalogue.change("tr")
    assert told == ["en"]


@pytest.mark.parametrize(("small", "capital"), [("istanbul ırmağı", "İSTANBUL IRMAĞI"), ("çğöşü", "ÇĞÖŞÜ")])
def test_turkish_letters_keep_their_dots(small, capital):
    assert upper_tr(small) == capital
    assert lower_tr(capital) == small
    assert len(lower_tr("İ")) == 1


@pytest.mark.parametrize("text", ["Şişli", "IĞDIR", "İzmir", "Kâğıthane", "ÂÎÛ ÇĞİIÖŞÜ"])
def test_searching_folds_as_the_server_does(text):
    assert fold(text) == fold_of_the_server(text)


def test_dates_and_amounts_are_turkish():
    assert formats.date_long(date(2026, 11, 22)) == "22 Kasım 2026"
    assert formats.date_with_day(date(2026, 11, 22)) == "22 Kasım Pazar"
    assert formats.date_short(date(2026, 3, 5)) == "05.03.2026"
    assert formats.moment_long(NOON) == "22 Kasım 2026 14:05"
    assert [formats.money(kurus) for kurus in (125_000, 5, -1_234_567_89)] == ["₺1.250,00", "₺0,05", "-₺1.234.567,89"]
    assert (formats.number(1250), formats.number(1250.5, 1)) == ("1.250", "1.250,5")
    assert [formats.distance(metres) for metres in (349.6, 1234)] == ["350 m", "1,2 km"]
    assert [formats.file_size(size) for size in (10, 839_680, 3_565_158)] == ["1 KB", "820 KB", "3,4 MB"]
    assert [formats.duration(seconds) for seconds in (0, 725.9, 3725)] == ["00:00", "12:05", "1:02:05"]


@pytest.mark.usefixtures("english")
def test_dates_and_amounts_are_english():
    assert formats.date_long(date(2026, 11, 22)) == "22 November 2026"
    assert formats.date_short(date(2026, 3, 5)) == "05/03/2026"
    assert formats.money(125_000) == "₺1,250.00"
    assert formats.distance(1234) == "1.2 km"


@pytest.mark.parametrize(
    ("passed", "said"),
    [(20, "az önce"), (300, "5 dk önce"), (3 * 3600, "3 sa önce"), (15 * 3600, "dün"), (72 * 3600, "19.11.2026")],
)
def test_what_was_is_told_by_its_distance(passed, said):
    assert formats.ago(NOON - timedelta(seconds=passed), NOON) == said


def test_an_evening_in_utc_is_the_next_day_in_turkiye():
    assert formats.date_short(datetime(2026, 11, 22, 22, 30, tzinfo=UTC)) == "23.11.2026"
    with pytest.raises(ValueError, match="zone"):
        formats.time_of_day(datetime(2026, 11, 22, 22, 30))  # noqa: DTZ001

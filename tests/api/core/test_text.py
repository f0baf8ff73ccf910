import sys
import time
import unicodedata

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from api.core import text
from tests.conftest import DatabaseUrls

HOSTILE = "\x00\x01\x1b\x7f\x9f\u202a\u202e\u2066\u2069\u200b\ufeff\ud800"


class Form(BaseModel):
    title: text.Line
    body: text.Text = ""


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("KADIKÖY", "kadikoy"),
        ("kadıköy", "kadikoy"),
        ("IŞIK", "isik"),
        ("ışık", "isik"),
        ("İSTANBUL", "istanbul"),
        ("I\u0307STANBUL", "istanbul"),
        ("s\u0327is\u0327li", "sisli"),
        ("Çağlayan Ünlü Göçmen", "caglayan unlu gocmen"),
        ("Hâkim Îmar Sûkûn", "hakim imar sukun"),
        ("12. Sk. No:5/A", "12. sk. no:5/a"),
    ],
)
def test_turkish_spellings_of_one_word_fold_to_one_key(typed: str, key: str) -> None:
    assert text.fold(typed) == key


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_folding_ignores_normal_form_and_turkish_case(typed: str) -> None:
    assert text.fold(unicodedata.normalize("NFD", typed)) == text.fold(typed)


def _folded_by_the_database(urls: DatabaseUrls, typed: list[str]) -> list[str]:
    query = "SELECT array_agg(tr_fold(t) ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS typed (t, n)"
    with psycopg.connect(urls.app) as connection:
        row = connection.execute(query, (typed,)).fetchone()
    assert row is not None
    return row[0]


def test_the_database_folds_every_assigned_character_as_we_do(module_db: DatabaseUrls) -> None:
    # PostgreSQL and Python may follow different Unicode editions: only what both know must agree.
    unassigned_or_surrogate = {"Cn", "Cs"}
    characters = [chr(code) for code in range(1, sys.maxunicode + 1)]
    typed = [one for one in characters if unicodedata.category(one) not in unassigned_or_surrogate]
    assert _folded_by_the_database(module_db, typed) == [text.fold(one) for one in typed]


turkish_and_marks = st.text(alphabet="iıİIşŞçÇğĞâÂéÉΣςß .'\u0307\u0327\u0306\u0308", max_size=12)


@settings(max_examples=20, deadline=None)
@given(typed=st.lists(turkish_and_marks, min_size=50, max_size=50))
def test_the_database_folds_every_text_as_we_do(module_db: DatabaseUrls, typed: list[str]) -> None:
    assert _folded_by_the_database(module_db, typed) == [text.fold(one) for one in typed]


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzâîû ABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZÂÎÛ"))
def test_turkish_casing_turns_back_and_folds_alike(typed: str) -> None:
    assert text.lower_tr(text.upper_tr(typed)) == text.lower_tr(typed)
    assert text.upper_tr(text.lower_tr(typed)) == text.upper_tr(typed)
    assert text.fold(text.upper_tr(typed)) == text.fold(text.lower_tr(typed)) == text.fold(text.fold(typed))


def test_turkish_casing_knows_both_letters_i() -> None:
    assert text.upper_tr("ilgi ışık çiğ") == "İLGİ IŞIK ÇİĞ"
    assert text.lower_tr("ILGIN İĞNE") == "ılgın iğne"
    assert text.lower_tr("I\u0307") == "i"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(HOSTILE + "\r\n\t \u0301ıİçe"))))
def test_cleaned_text_is_storable_and_cleaning_twice_changes_nothing(typed: str) -> None:
    cleaned = text.clean(typed, 10_000)
    assert not set(cleaned) & set(HOSTILE + "\r\u2028\u0085")
    assert cleaned.encode().decode() == cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert text.clean(cleaned, 10_000) == cleaned


@given(st.text(alphabet="abcçğıİöşü ,.?!😀👨‍👩‍👧", min_size=1).map(str.strip))
def test_honest_text_is_left_as_it_was_typed(typed: str) -> None:
    assert text.clean(typed, 1_000) == typed


def test_line_breaks_of_every_system_become_line_feeds() -> None:
    assert text.clean("a\r\nb\rc\nd\u2028e\u0085f", 100) == "a\nb\nc\nd\ne\nf"


def test_a_text_that_would_run_backwards_is_shown_straight() -> None:
    assert text.clean("fatura\u202egnp.exe", 100) == "faturagnp.exe"


def test_length_counts_characters_after_cleaning() -> None:
    assert text.clean("  " + "ğ" * 10 + "\u200b\x01  ", 10) == "ğ" * 10
    assert text.clean("g\u0306" * 10, 10) == "ğ" * 10
    with pytest.raises(text.TextRefused) as refusal:
        text.clean("ğ" * 11, 10)
    assert refusal.value.code == "text_too_long"
    assert "10 karakter" in refusal.value.message_tr


def test_stacked_marks_are_cut() -> None:
    assert len(text.clean("a" + "\u0301\u0316" * 50, 4_000)) <= 8


def test_fields_are_cleaned_on_arrival() -> None:
    form = Form(title="  Çukur\nvar\t ", body="bir\r\niki\u202e ")
    assert form.title == "Çukur var"
    assert form.body == "bir\niki"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "a\x00b"}, "text_has_nul"),
        ({"title": "a", "body": "b\x00"}, "text_has_nul"),
        ({"title": " \u200b\n "}, "text_empty"),
        ({"title": "a" * 201}, "text_too_long"),
        ({"title": "a", "body": "a" * 4_001}, "text_too_long"),
        ({"title": "a" * 10_000_000}, "text_too_long"),
    ],
)
def test_a_refused_field_says_a_stable_code_and_a_turkish_reason(fields: dict[str, str], code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Form(**fields)
    (error,) = refusal.value.errors()
    assert error["type"] == code
    assert error["msg"].endswith(".")


def test_the_interface_description_states_the_limits() -> None:
    fields = Form.model_json_schema()["properties"]
    assert fields["title"]["minLength"] == 1
    assert fields["title"]["maxLength"] == 200
    assert fields["body"]["maxLength"] == 4_000


@pytest.mark.parametrize("piece", ["\u0316\u0301", "\r\n", "\x00", " ", "\u202e", "ﬃ", "🇹🇷", "a\u0301"])
def test_cleaning_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        typed = piece * length
        start = time.process_time()
        text.clean(typed, len(typed))
        return time.process_time() - start

    short = min(seconds(20_000) for _ in range(3))
    assert min(seconds(160_000) for _ in range(3)) < 30 * max(short, 0.002)

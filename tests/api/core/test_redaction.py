import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_97_10
from stdnum.tr import tckimlik

from api.core.redaction import is_sensitive_key, redact_event, redact_text


def digits(length: int):
    return st.integers(0, 10**length - 1).map(lambda number: f"{number:0{length}d}")


def grouped(number: str, *sizes: int, by: str = " ") -> str:
    parts, rest = [], number
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return by.join([*parts, rest] if rest else parts)


tckns = st.integers(100_000_000, 999_999_999).map(lambda n: f"{n}{tckimlik.calc_check_digits(str(n))}")
nationals = st.tuples(st.sampled_from(["532", "505", "541", "551", "216", "312", "850"]), digits(7)).map("".join)
phones = st.one_of(
    nationals.flatmap(
        lambda n: st.sampled_from(
            [
                f"0{n}",
                f"90{n}",
                f"+90{n}",
                f"0090{n}",
                f"%2B90{n}",
                f"+90 ({n[:3]}) {grouped(n[3:], 3, 2, 2)}",
                f"+90-{grouped(n, 3, 3, 2, 2, by='-')}",
                f"0 {grouped(n, 3, 3, 2, 2)}",
                f"0{grouped(n, 3, 3, 4)}",
                f"(0{n[:3]}) {grouped(n[3:], 3, 2, 2)}",
                f"0{grouped(n, 3, 3, 2, 2, by='.')}",
                f"0{grouped(n, 3, 3, 2, 2, by='%20')}",
                f"0{grouped(n, 3, 3, 2, 2, by=chr(0xA0))}",
                grouped(n, 3, 3, 2, 2) if n[0] in "523" else f"0{n}",
            ]
        )
    ),
    digits(7).map(lambda n: f"532{n}"),
)
ibans = digits(22).map(lambda account: f"TR{98 - int(account + '292700') % 97:02d}{account}")
cards = st.tuples(st.sampled_from(["4", "51", "9792", "36"]), digits(12)).map(
    lambda parts: (number := "".join(parts)) + luhn.calc_check_digit(number)
)
plates = st.tuples(
    st.integers(1, 81).map(lambda n: f"{n:02d}"),
    st.sampled_from([("A", 4), ("AB", 3), ("AB", 4), ("ABC", 2), ("ABC", 3), ("Z", 5), ("VYZ", 3)]),
    digits(5),
    st.sampled_from(["", " ", "-"]),
).map(lambda p: p[3].join([p[0], p[1][0], p[2][: p[1][1]]]))
jwts = st.tuples(*[st.text("abcXYZ019_-", min_size=12, max_size=30)] * 3).map(lambda p: f"eyJ{p[0]}.{p[1]}.{p[2]}")
emails = st.text("abcxyz.019", min_size=3, max_size=12).map(lambda name: f"a{name}z@ornek.bel.tr")

canaries = st.one_of(
    tckns,
    phones,
    ibans,
    ibans.map(lambda i: grouped(i, 4, 4, 4, 4, 4, 4)),
    cards,
    cards.map(lambda c: grouped(c, 4, 4, 4)),
    plates,
    jwts,
    emails,
)
# Text around a canary: no letters or digits directly at it, or it would be another number.
surroundings = st.text(alphabet="abç Ğı,;:!?\n\r\t\x1b|=&'\"<>[]{}#", max_size=12)


@given(surroundings, canaries, surroundings)
def test_no_personal_number_survives_in_any_text(before: str, canary: str, after: str) -> None:
    shown = redact_text(f"{before}; {canary} ;{after}")
    assert canary not in shown
    assert not re.findall(r"\d", shown.replace("\\x1b", "").replace("%2B", ""))


@given(st.one_of(tckns, digits(7).map(lambda n: f"0532{n}"), cards, ibans))
def test_letters_glued_to_a_number_do_not_hide_it(canary: str) -> None:
    assert canary not in redact_text(f"tc{canary}numarali")


@given(st.lists(canaries, min_size=2, max_size=6))
def test_many_numbers_in_one_line_are_all_masked(found: list[str]) -> None:
    shown = redact_text(" , ".join(found))
    assert [canary for canary in found if canary in shown] == []


@given(
    st.recursive(canaries, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner))
)
def test_no_personal_number_survives_in_nested_values(value) -> None:
    event = redact_event(None, "info", {"event": "seen", "value": value, "object": object(), "set": {"x"}})

    def texts(inner) -> list[str]:
        if isinstance(inner, dict):
            return [text for item in inner.values() for text in texts(item)]
        return [text for item in inner for text in texts(item)] if isinstance(inner, list) else [inner]

    assert all(redact_text(text) == text for text in texts(event["value"]))


@given(surroundings, canaries, surroundings)
def test_redacting_twice_changes_nothing(before: str, canary: str, after: str) -> None:
    once = redact_text(f"{before} {canary} {after}")
    assert redact_text(once) == once


def test_numbers_given_as_integers_are_masked_and_others_stay_numbers() -> None:
    event = redact_event(None, "info", {"a": 10000000146, "b": 905321234567, "c": 12, "d": 1.5, "e": True, "f": None})
    assert event == {"a": "<tckn>", "b": "<phone>", "c": 12, "d": 1.5, "e": True, "f": None}


def test_a_number_written_with_other_digits_or_hidden_marks_is_masked() -> None:
    assert redact_text("٠٥٣٢١٢٣٤٥٦٧") == "<phone>"
    assert redact_text("0532\u200b123\u202e4567") == "<phone>"


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "newPassword",
        "ŞİFRE",
        "parola",
        "otp",
        "otp_code",
        "accessToken",
        "refresh_token_hash",
        "client-secret",
        "Authorization",
        "Set-Cookie",
        "phone",
        "citizen.phone",
        "telefon",
        "tckn",
        "tc_kimlik_no",
        "iban",
        "cvv",
        "plate",
        "plaka",
        "api_key_apikey",
        "e-posta",
    ],
)
def test_values_under_a_telling_name_are_hidden_however_they_look(key: str) -> None:
    event = redact_event(None, "info", {"event": "x", key: "görünmez", "inner": {key: ["görünmez"]}})
    assert "görünmez" not in str(event)
    assert "görünmez" not in redact_text(f'{key}=görünmez&x=1 {{"{key}": "görünmez"}}')


@pytest.mark.parametrize("key", ["status_code", "phone_masked", "template", "author", "opinion", "municipality_id"])
def test_names_that_only_resemble_them_stay_readable(key: str) -> None:
    assert redact_event(None, "info", {key: "görünür"}) == {key: "görünür"}


def test_a_code_hides_what_was_sent_by_sms_and_shows_what_names_an_error() -> None:
    shown = redact_event(None, "info", {"code": "bad_cursor"}), redact_event(None, "info", {"status_code": 404})
    assert shown == ({"code": "bad_cursor"}, {"status_code": 404})
    assert redact_event(None, "info", {"code": "482913"}) == {"code": "***"}
    assert redact_event(None, "info", {"code": 482913}) == {"code": "***"}
    assert redact_text("Cep Belediye doğrulama kodunuz: 482913") == "Cep Belediye doğrulama kodunuz: ***"
    assert redact_text("GET /v1/login?code=482913&x=1") == "GET /v1/login?code=***&x=1"
    assert redact_text("status code: 404") == "status code: 404"


def test_whether_a_secret_exists_may_be_told() -> None:
    assert redact_event(None, "info", {"password": None, "has_token": True}) == {"password": None, "has_token": True}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("{'cookie': 'a=1; b=2', 'x': 1}", "{'cookie': '***', 'x': 1}"),
        ("header Bearer s3cr3t-value end", "header Bearer *** end"),
        ("Basic dXNlcjpwYXNz", "Basic ***"),
        ("postgresql://app:p@ss:word@db.local/x", "postgresql://***@db.local/x"),
        ("password='iki kelime' sonra", "password='***' sonra"),
        ("IBAN DE89 3704 0044 0532 0130 00 EUR", "IBAN <iban> EUR"),
        ("TR33 0006 1005 1978 6457 8413 27", "<iban>"),
        ("Key (name, phone)=(Ayşe, x) already exists", "Key (name, phone)=(***"),
        ("a\nDETAIL:  Failing row contains (1, Ayşe).", "a\\nDETAIL:***"),
        ("[SQL: x]\n[parameters: {'name': 'Ayşe'}]", "[SQL: x]\\n[parameters:***"),
        ("bad [type=t, input_value='Ayşe', input_type=str]", "bad [type=t, input_value=***"),
    ],
)
def test_secrets_and_quoted_rows_are_hidden_in_place(text: str, shown: str) -> None:
    assert redact_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:54321 - GET /v1/complaints/019a0000-4111-7111-8111-111111111111 HTTP/1.1 200",
        "complaint 34ab1234-4111-7111-8111-905321234567 routed",
        "bbox=28.4,40.75,29.6,41.35",
        "2026-11-22T09:30:00.123456+00:00",
        "2026-11-22 09:30:53.212345+03",
        "22 Nov 2026 20:38",
        "192.168.100.200 and 53.46.123.123",
        "epoch 1763800000000 ns 1763800000123456789",
        "took 12 ms 345 rows",
        "total 5.321.234.567,00 TL",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "invalid token signature",
        "no such function: tr_fold(text)",
    ],
)
def test_what_operators_search_for_stays_readable(text: str) -> None:
    assert redact_text(text) == text


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\x1b\u2028\u202e\x00\ud800"))))
def test_no_text_can_start_a_line_or_steer_a_terminal(text: str) -> None:
    shown = redact_text(text)
    assert shown.isprintable() or not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", shown)
    assert "\r" not in redact_text(text, keep_lines=True)
    shown.encode()


def test_stack_traces_keep_their_lines() -> None:
    event = redact_event(None, "error", {"event": "a\nb", "exception": "Trace\n  line\r\nValueError: 10000000146"})
    assert event == {"event": "a\\nb", "exception": "Trace\n  line\\r\nValueError: <tckn>"}


def test_exceptions_given_as_values_are_redacted() -> None:
    event = redact_event(None, "error", {"error": ValueError("tel 0532 123 45 67")})
    assert event == {"error": "ValueError: tel <phone>"}


def test_bottomless_values_end() -> None:
    value: dict = {}
    value["self"] = value
    assert "***" in str(redact_event(None, "info", {"value": value}))


def test_a_very_long_name_is_judged_by_its_end() -> None:
    assert redact_event(None, "info", {"x" * 100_000 + "_password": "görünmez"})["x" * 100_000 + "_password"] == "***"
    assert not is_sensitive_key("x" * 199)


PIECES = [
    *("1 ", "44 44 ", "4", "eyJ", "eyJ.", "a=", "code=", "TR12", "34A", "=(", "://", "a@", "a@b.", "bearer ", "%20"),
    *(
        "0532 ",
        "password=",
        "\n",
        "DETAIL:",
        "\"'",
        "AB12 ",
        "AB12CDEF ",
        "code 1",
        "basic a",
        "4111 ",
        "authorization:",
    ),
]


@pytest.mark.parametrize("piece", PIECES)
def test_redaction_takes_time_in_proportion_to_the_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        start = time.process_time()
        redact_text(text)
        return time.process_time() - start

    short = min(seconds(4_000) for _ in range(3))
    assert min(seconds(32_000) for _ in range(2)) < 30 * max(short, 0.002)


def test_the_generated_ibans_are_valid() -> None:
    account = "0006100519786457841326"
    assert mod_97_10.is_valid(f"{account}2927{98 - int(account + '292700') % 97:02d}")

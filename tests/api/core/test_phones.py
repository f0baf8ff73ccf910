import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.tr import tckimlik

from api.core.phones import NumberRefused, mask_phone, mask_tckn, parse_mobile, parse_tckn, parse_vkn

tckns = st.integers(min_value=100_000_000, max_value=999_999_999).map(
    lambda first: f"{first}{tckimlik.calc_check_digits(str(first))}"
)
subscribers = st.integers(min_value=0, max_value=9_999_999).map(lambda n: f"532{n:07d}")


@given(subscribers)
def test_every_common_notation_of_a_mobile_reads_as_one_number(national: str) -> None:
    area, first, second, third = national[:3], national[3:6], national[6:8], national[8:]
    notations = [
        national,
        f"0{national}",
        f"90{national}",
        f"+90{national}",
        f"0090{national}",
        f"0 {area} {first} {second} {third}",
        f"+90 ({area}) {first} {second}{third}",
        f"0{area}-{first}-{second}-{third}",
        f"{area}.{first}.{second}.{third}",
        f"(0{area}) {first} {second} {third}",
        f"\u00a00{area}\u00a0{first}\u00a0{second}{third}",
    ]
    assert {parse_mobile(notation) for notation in notations} == {f"+90{national}"}


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "0212 123 45 67",
        "0850 123 45 67",
        "+1 202 555 0100",
        "+90 512 123 45 67",
        "0532 123 45 6",
        "0532 123 45 678",
        "0532 123 45 67 dahili 5",
        "0532 123 45 67;ext=5",
        "0532 123 45 67 #5",
        "+44 7911 123456",
        "0532 ABC DEFG",
        "tel:+905321234567",
        "0532 123 45 67" * 3,
        "5" * 100_000,
        "\x00",
        "153",
    ],
)
def test_anything_but_one_turkish_mobile_is_refused(raw: str) -> None:
    with pytest.raises(NumberRefused) as refusal:
        parse_mobile(raw)
    assert refusal.value.code == "bad_phone"


@given(st.text())
def test_a_parsed_mobile_is_always_sendable(raw: str) -> None:
    try:
        phone = parse_mobile(raw)
    except NumberRefused:
        return
    assert phone.startswith("+905")
    assert phone[1:].isdecimal()
    assert len(phone) == 13


@given(subscribers)
def test_a_masked_phone_hides_five_digits(national: str) -> None:
    assert mask_phone(f"+90{national}") == f"+90 {national[:3]} *** ** {national[-2:]}"


@pytest.mark.parametrize(("phone", "shown"), [("+12025550100", "*** 00"), ("153", "***"), ("", "***"), ("yok", "***")])
def test_other_numbers_keep_two_digits_at_most(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@given(tckns)
def test_a_valid_identity_number_is_read_and_masked(tckn: str) -> None:
    assert parse_tckn(f" {tckn[:3]} {tckn[3:]} ") == tckn
    assert mask_tckn(tckn) == f"{tckn[:2]}*******{tckn[-2:]}"


@given(tckns, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_makes_an_identity_number_invalid(tckn: str, position: int, shift: int) -> None:
    wrong = tckn[:position] + str((int(tckn[position]) + shift) % 10) + tckn[position + 1 :]
    with pytest.raises(NumberRefused) as refusal:
        parse_tckn(wrong)
    assert refusal.value.code == "bad_tckn"
    assert wrong not in str(refusal.value)


@pytest.mark.parametrize("raw", ["", "1234567890", "123456789012", "01234567890", "1000000014a", "\x00", "9" * 10**6])
def test_other_texts_are_no_identity_number(raw: str) -> None:
    with pytest.raises(NumberRefused):
        parse_tckn(raw)


def test_a_malformed_identity_number_is_hidden_wholly() -> None:
    assert mask_tckn("123") == mask_tckn("abcdefghijk") == "*" * 11


def test_tax_numbers_are_checked() -> None:
    assert parse_vkn("454 053 6920") == "4540536920"
    with pytest.raises(NumberRefused) as refusal:
        parse_vkn("4540536921")
    assert refusal.value.code == "bad_vkn"

"""Turkish phone and identity numbers: parsed strictly, shown masked."""

import phonenumbers
from stdnum.exceptions import ValidationError
from stdnum.tr import tckimlik, vkn

_LONGEST_TYPED_NUMBER = 40
_TR_MOBILE_LENGTH = len("+905321234567")


class NumberRefused(ValueError):
    """A typed number is not what it should be; `code` is `bad_phone`, `bad_tckn` or `bad_vkn`.

    The typed number is not part of the message: messages reach logs.
    """

    def __init__(self, code: str, message_tr: str) -> None:
        super().__init__(message_tr)
        self.code = code
        self.message_tr = message_tr


def parse_mobile(raw: str) -> str:
    """Read a Turkish mobile number in any common notation and return it as E.164 (`+905321234567`).

    Citizens sign in by SMS: landlines, foreign numbers, extensions and letters raise NumberRefused `bad_phone`.
    """
    refusal = NumberRefused("bad_phone", "Geçerli bir cep telefonu numarası girin. Örnek: 0532 123 45 67")
    # The parser reads vanity letters as digits and looks for a number inside any text.
    if len(raw) > _LONGEST_TYPED_NUMBER or any(character.isalpha() for character in raw):
        raise refusal
    try:
        number = phonenumbers.parse(raw, "TR")
    except phonenumbers.NumberParseException:
        raise refusal from None
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != 90 or number.extension or not is_mobile:  # noqa: PLR2004 (90 is Turkey)
        raise refusal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str) -> str:
    """Show a phone so that its owner recognises it and nobody else: `+90 532 *** ** 67`; others keep two digits."""
    if phone.startswith("+90") and len(phone) == _TR_MOBILE_LENGTH and phone[1:].isdigit():
        return f"+90 {phone[3:6]} *** ** {phone[-2:]}"
    digits = [character for character in phone if character.isdigit()]
    return "*** " + "".join(digits[-2:]) if len(digits) > 6 else "***"  # noqa: PLR2004 (short numbers stay hidden)


def parse_tckn(raw: str) -> str:
    """Read a Turkish identity number (11 digits, two check digits) and return its digits. NumberRefused `bad_tckn`."""
    try:
        return tckimlik.validate("".join(raw.split()))
    except ValidationError:
        raise NumberRefused("bad_tckn", "T.C. kimlik numarası geçerli değil.") from None


def mask_tckn(tckn: str) -> str:
    """Show the first and last two digits of an identity number: `12*******34`; anything else is hidden wholly."""
    if len(tckn) != 11 or not tckn.isdigit():  # noqa: PLR2004 (the length of a TCKN)
        return "*" * 11
    return f"{tckn[:2]}*******{tckn[-2:]}"


def parse_vkn(raw: str) -> str:
    """Read a Turkish tax number (10 digits, one check digit) and return its digits. NumberRefused `bad_vkn`."""
    try:
        return vkn.validate("".join(raw.split()))
    except ValidationError:
        raise NumberRefused("bad_vkn", "Vergi kimlik numarası geçerli değil.") from None

"""Keeps personal data and secrets out of logs: one processor for our own log lines and for those of libraries.

Patterns are a net, not the rule: the rule is to log ids. Every pattern is bounded or possessive, so the time grows with
the length of the text and with nothing else. UUIDs are left alone, they are what one searches logs by.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from stdnum import luhn
from stdnum.iso7064 import mod_97_10
from stdnum.tr import tckimlik

from api.core.text import fold

HIDDEN = "***"
_DEEPEST = 8
_TRACE_KEYS = frozenset({"exception", "stack"})
_OWN_KEYS = frozenset({"_record", "_from_structlog"})

_SECRET_PARTS = (
    *("password", "passwd", "passphrase", "parola", "sifre", "secret", "token", "authoriz", "cookie", "credential"),
    *("apikey", "jwt", "tckn", "kimlik", "phone", "telefon", "msisdn", "iban", "email", "eposta", "plaka"),
)
_SECRET_WORDS = frozenset({"otp", "pwd", "pass", "pin", "gsm", "pan", "card", "cvv", "cvc", "plate", "tc"})
_CODE_WORDS = frozenset({"code", "kod", "kodu"})
_PLAIN_CODE_WORDS = frozenset({"status", "sqlstate", "postal", "exit"})

_WORD_EDGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_PLAIN_CODE = re.compile(r"[A-Za-z_.\-]*+|\d{1,3}")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TOKEN_SIGNS = ("eyJ", "earer", "EARER", "asic ", "ASIC ")
_HARMLESS = re.compile(r"[A-Za-z ,._/()\-]*+")

# What databases and validators quote back: whole rows, parameters, typed values.
_QUOTED_BACK = re.compile(
    r"(?m)(^\s{0,9}(?:DETAIL|CONTEXT|AYRINTI|BAĞLAM):|\)=\(|Failing row contains|\[parameters:|input_value=)[^\n]*+"
)
_HEADER = re.compile(r"""(?i)((?:authorization|cookie)["']?\s{0,3}[:=]\s{0,3})("[^"\n]*+"|'[^'\n]*+'|[^\n]*+)""")
_USER_INFO = re.compile(r"://[^\s/?#]*@")
_TOKEN_RUN = re.compile(r"[A-Za-z0-9_\-.]{20,}+")
_BEARER = re.compile(
    r"""(?i)\b(bearer(?:\s|%20|\+){1,3}["']?)[^\s"',;]{6,}+"""
    r"""|\b(basic(?:\s|%20|\+){1,3})(?=[a-z+/]{0,60}(?-i:[A-Z0-9=]))[a-z0-9+/=]{8,}+"""
)
_KEY = re.compile(r"""(?<![\w.\-])([\w.\-]++)(?:["']|%22|%27)?\]?\s{0,2}(?:[=:]|%3[AaDd])\s{0,2}""")
_VALUE = re.compile(r""""[^"\n]*+"|'[^'\n]*+'|[^\s&]*+""")
_CLOSING = ",;)}]"
_SPOKEN_CODE = re.compile(r"(?i)\b((?:kod(?:u|unuz)?|code|otp|pin|ş[iİ]fre(?:n[iİ]z)?)\b[^\d\n]{0,20}+)\d{4,8}(?!\d)")
_UUID = re.compile(r"(?i)((?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z]))")
_EMAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]++@[A-Za-z0-9\-]++(?:\.[A-Za-z0-9\-]++)++")

_SPACE = r"(?:%2[0-9A-Fa-f]|[ \t\u00a0\u2000-\u200a\u202f+\-._/()\u2010-\u2015])"
_IBAN_TR = re.compile(rf"(?i)TR{_SPACE}{{0,2}}+\d{{2}}(?:{_SPACE}{{0,2}}+[0-9A-Z]){{22}}")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])")
_NUMBER_RUN = re.compile(rf"%[0-9A-Fa-f]{{2}}|\d(?:{_SPACE}{{0,3}}+\d)*+")
_DIGIT_GROUP = re.compile(r"%[0-9A-Fa-f]{2}|\d+")
_PLATE = re.compile(
    r"(?i)(?<![0-9a-z])(?:0[1-9]|[1-7]\d|8[01])((?:[ \-_+\u00a0]|%20){0,2})([A-PR-VYZ]{1,3})"
    r"(?:[ \-_+\u00a0]|%20){0,2}(\d{2,5})(?!:?[0-9a-z])"
)
_PLATE_DIGITS = {1: (4, 5), 2: (3, 4), 3: (2, 3)}
_UNITS = frozenset({"ms", "s", "h", "min", "b", "kb", "mb", "gb", "px", "m", "km", "kr", "tl"})

_LONGEST_CODE = 40
_LONGEST_KEY = 200
_MOST_GROUPS = 7
_TCKN_LENGTH = 11
_NATIONAL_LENGTH = 10
_AREA_CODE_LENGTH = 3
_FEWEST_IBAN_DIGITS = 18
_CARD_LENGTHS = range(13, 20)
_LANDLINE_GROUPS = ([3, 3, 2, 2], [3, 3, 4], [3, 7])


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Redact a whole log event, as a structlog processor; exceptions must have been formatted to text before.

    After it every value is plain (text, number, list, dict), so no later `repr` can bring anything back.
    """
    for key in list(event):
        if key not in _OWN_KEYS:
            event[_redacted_key(key)] = _redacted(key, event.pop(key), 0)
    return event


def redact_text(text: str, *, keep_lines: bool = False) -> str:
    """Mask personal data and secrets in a text and make its control characters visible, in linear time.

    `keep_lines` leaves line feeds in place, for stack traces.
    """
    if _HARMLESS.fullmatch(text) and not any(sign in text for sign in _TOKEN_SIGNS):
        return text
    text = _INVISIBLE.sub("", text)
    lowered = text.lower()
    for signs, rule in _SECRET_RULES:
        if any(sign in lowered for sign in signs):
            text = rule(text)
    text = _without_secret_values(text)
    pieces = _UUID.split(text)
    pieces[::2] = [_without_personal_numbers(piece) for piece in pieces[::2]]
    control = _CONTROL_BUT_LINES if keep_lines else _CONTROL
    return control.sub(_made_visible, "".join(pieces))


# Each rule is tried only on texts with one of its signs: most lines have none, and every request logs a line.
_SECRET_RULES: tuple[tuple[tuple[str, ...], Callable[[str], str]], ...] = (
    (
        ("detail:", "context:", "ayrinti:", "bağlam:", ")=(", "failing row", "[parameters", "input_value"),
        lambda text: _QUOTED_BACK.sub(rf"\1{HIDDEN}", text),
    ),
    (("authorization", "cookie"), lambda text: _HEADER.sub(lambda found: found[1] + _hidden(found[2]), text)),
    (("://",), lambda text: _USER_INFO.sub(f"://{HIDDEN}@", text)),
    (("eyj",), lambda text: _TOKEN_RUN.sub(_without_jwt, text)),
    (("bearer", "basic"), lambda text: _BEARER.sub(lambda found: f"{found[1] or found[2]}{HIDDEN}", text)),
    (("kod", "code", "otp", "pin", "fre"), lambda text: _SPOKEN_CODE.sub(rf"\1{HIDDEN}", text)),
)


@lru_cache(maxsize=4096)
def _redacted_key(key: str) -> str:
    return redact_text(key)


@lru_cache(maxsize=4096)
def is_sensitive_key(key: str) -> bool:
    """Say whether values under this name are never logged, however they look."""
    words, joined = _words(key)
    if "masked" in words:
        return False
    return bool(words & _SECRET_WORDS) or any(part in joined for part in _SECRET_PARTS)


@lru_cache(maxsize=4096)
def _words(key: str) -> tuple[frozenset[str], str]:
    words = fold(_WORD_EDGE.sub(" ", key if key.isascii() else fold(key))).split()
    return frozenset(words), "".join(words)


def _is_code(key: str, value: str) -> bool:
    # `code` names SMS codes and error codes alike; error codes are words or at most three digits.
    words, _ = _words(key[-_LONGEST_KEY:])
    return bool(words & _CODE_WORDS) and not words & _PLAIN_CODE_WORDS and not _PLAIN_CODE.fullmatch(value)


def _redacted(key: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if is_sensitive_key(key[-_LONGEST_KEY:]) or _is_code(key, str(value) if isinstance(value, int | str) else "0000"):
        return HIDDEN
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return HIDDEN if depth == _DEEPEST else _redacted_inside(value, depth + 1)
    text = redact_text(_as_text(value), keep_lines=key in _TRACE_KEYS)
    return value if isinstance(value, int) and text == str(value) else text


def _redacted_inside(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {redact_text(str(name)): _redacted(str(name), inner, depth) for name, inner in value.items()}
    return [_redacted("", inner, depth) for inner in value]


def _as_text(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value) if isinstance(value, str | int | UUID) else repr(value)


def _without_jwt(found: re.Match[str]) -> str:
    run = found[0]
    start = run.find("eyJ")
    return f"{run[:start]}{HIDDEN}" if start >= 0 and "." in run[start:] else run


def _without_secret_values(text: str) -> str:
    told, kept_from, searched_to = [], 0, 0
    while found := _KEY.search(text, searched_to):
        searched_to = found.end()
        # A code is short; looking further would read a text of many codes many times.
        begins = _VALUE.match(text, searched_to, searched_to + _LONGEST_CODE)
        if is_sensitive_key(found[1][-_LONGEST_KEY:]) or (
            begins and _is_code(found[1], begins[0].strip(f"\"'{_CLOSING}"))
        ):
            value = _VALUE.match(text, searched_to)
            if value and value[0]:
                told += [text[kept_from:searched_to], _hidden(value[0])]
                kept_from = searched_to = value.end()
    return "".join([*told, text[kept_from:]])


def _hidden(value: str) -> str:
    # Quotes and closing marks stay, so that a redacted line reads, and is redacted again, as it was.
    quote = value[:1] if value[:1] in {'"', "'"} and value[-1:] == value[:1] and len(value) > 1 else ""
    return f"{quote}{HIDDEN}{quote}" if quote else HIDDEN + value[len(value.rstrip(_CLOSING)) :]


def _made_visible(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _without_personal_numbers(text: str) -> str:
    text = _IBAN_TR.sub(_without_turkish_iban, text)
    text = _IBAN.sub(_without_iban, text)
    if "@" in text:
        text = _EMAIL.sub("<email>", text)
    text = _PLATE.sub(_without_plate, text)
    return _NUMBER_RUN.sub(_without_numbers, text)


def _without_turkish_iban(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found[0])
    # Mistyped ones are masked, too; a sentence that happens to begin like one has few digits.
    return "<iban>" if digits >= _FEWEST_IBAN_DIGITS else found[0]


def _without_iban(found: re.Match[str]) -> str:
    parts = found[0].split(" ")
    for used in range(len(parts), 0, -1):
        compact = "".join(parts[:used])
        if mod_97_10.is_valid(compact[4:] + compact[:4]):
            return " ".join(["<iban>", *parts[used:]])
    return found[0]


def _without_plate(found: re.Match[str]) -> str:
    space, letters, digits = found.groups()
    is_measure = bool(space) and letters in _UNITS
    return found[0] if is_measure or len(digits) not in _PLATE_DIGITS[len(letters)] else "<plate>"


def _without_numbers(found: re.Match[str]) -> str:
    run = found[0]
    if len(run) < _NATIONAL_LENGTH:
        return run
    spans = [group.span() for group in _DIGIT_GROUP.finditer(run) if group[0][0] != "%"]
    groups = [run[start:end] for start, end in spans]
    if not run.isascii():
        groups = ["".join(str(int(digit)) for digit in group) for group in groups]
    told, kept_from, first = [], 0, 0
    while first < len(groups):
        kind, last = _longest_number(groups, first)
        if kind:
            told += [run[kept_from : spans[first][0]], kind]
            kept_from = spans[last][1]
        first = last + 1
    return "".join([*told, run[kept_from:]])


def _longest_number(groups: list[str], first: int) -> tuple[str, int]:
    kind, found_last, digits = "", first, ""
    for last in range(first, min(first + _MOST_GROUPS, len(groups))):
        digits += groups[last]
        if len(digits) > _CARD_LENGTHS[-1]:
            break
        if len(digits) >= _NATIONAL_LENGTH:
            sizes = [len(group) for group in groups[first : last + 1]]
            name = next((name for name, is_one in _NUMBERS.items() if is_one(digits, sizes)), "")
            kind, found_last = (name, last) if name else (kind, found_last)
    return kind, found_last


def _is_tckn(digits: str, _sizes: list[int]) -> bool:
    return len(digits) == _TCKN_LENGTH and tckimlik.is_valid(digits)


def _is_phone(digits: str, sizes: list[int]) -> bool:
    prefix, national = digits[:-_NATIONAL_LENGTH], digits[-_NATIONAL_LENGTH:]
    if prefix:
        return prefix in {"0", "90", "900", "0090", "00900"} and national[0] in "23458"
    # Without a prefix an amount, an address or a date could look alike: ask for the way phones are written.
    return (national[0] == "5" and sizes[0] >= _AREA_CODE_LENGTH) or (
        national[0] in "234" and sizes in _LANDLINE_GROUPS
    )


def _is_card(digits: str, _sizes: list[int]) -> bool:
    return len(digits) in _CARD_LENGTHS and digits[0] in "234569" and luhn.is_valid(digits)


_NUMBERS: dict[str, Callable[[str, list[int]], bool]] = {"<tckn>": _is_tckn, "<phone>": _is_phone, "<card>": _is_card}

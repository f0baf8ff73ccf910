"""The safe part of regular expressions: no groups, and so few ways to match that no text can make it slow."""

import re
from itertools import pairwise

MOST_TEXT = 256
_MOST_LENGTH = 200
_MOST_WAYS = 10_000
_ATOM = re.compile(
    r"""(?:
        \\(?:d|[\\.\-+*?()\[\]{}|^$/])     # a digit, or a sign that means itself
        |\[\^?(?:\\[d\\.\-\[\]/]|[^\\\[\]&~|])+\]   # one of a set
        |[^\\.+*?()\[\]{}|^$]              # a letter
        |\.
    )(?P<times>[?*+]|\{\d{1,3}(?:,\d{0,3})?\})?""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


def compiled(pattern: str) -> re.Pattern[str] | None:
    r"""Make a matcher of the whole text out of a pattern; None if the pattern is not of the safe part.

    Allowed are letters, `.`, sets such as `[A-ZÇĞİÖŞÜ0-9]`, `\d`, escaped signs, and `? * + {n} {n,} {n,m}` after each
    of them, with `|` between whole alternatives; `^` at the start and `$` at the end change nothing.
    """
    if len(pattern) > _MOST_LENGTH or "--" in pattern:  # "--" inside a set means something else in other versions
        return None
    alternatives = _alternatives(pattern)
    if sum(map(_ways, alternatives)) > _MOST_WAYS:
        return None
    try:
        return re.compile("|".join(alternatives), re.ASCII | re.DOTALL)
    except re.error:  # a set such as [z-a]
        return None


def _alternatives(pattern: str) -> list[str]:
    marks = [-1, *(at for at in range(len(pattern)) if _is_bar(pattern, at)), len(pattern)]
    parts = [pattern[start + 1 : end] for start, end in pairwise(marks)]
    return [part.removeprefix("^").removesuffix("$") if not part.endswith(r"\$") else part for part in parts]


def _is_bar(pattern: str, at: int) -> bool:
    before = pattern[:at]
    return pattern[at] == "|" and (len(before) - len(before.rstrip("\\"))) % 2 == 0


def _ways(alternative: str) -> int:
    """Count in how many ways the repetitions can share a text; too many for what is not of the safe part."""
    at, ways = 0, 1
    while at < len(alternative):
        atom = _ATOM.match(alternative, at)
        if atom is None:
            return _MOST_WAYS + 1
        ways *= _width(atom["times"] or "{1}")
        at = atom.end()
    return ways


def _width(times: str) -> int:
    if times == "?":
        return 2
    least, _, most = times.strip("{}").partition(",")
    if times in "*+" or ("," in times and not most):
        return MOST_TEXT
    return abs(int(most or least) - int(least)) + 1

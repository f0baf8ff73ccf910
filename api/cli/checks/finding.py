"""What a check of `belediye doctor` says: is it well, what is wrong, and what to do about it, in two languages."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from api.core.db import Database
from api.settings import Settings


class Verdict(StrEnum):
    """How a check went; only a fault makes the command end with 1."""

    WELL = "well"
    NOTICE = "notice"
    FAULT = "fault"


class Text(NamedTuple):
    """The same sentence in Turkish and English."""

    tr: str
    en: str


NOTHING = Text("", "")


@dataclass(frozen=True)
class Finding:
    """What one check found: the state as it is, and for anything but `well` what to do."""

    verdict: Verdict
    told: Text
    todo: Text = NOTHING


def well(tr: str, en: str) -> Finding:
    """Everything is as it should be."""
    return Finding(Verdict.WELL, Text(tr, en))


def notice(told: Text, todo: Text) -> Finding:
    """Nothing is broken, but somebody should know."""
    return Finding(Verdict.NOTICE, told, todo)


def fault(told: Text, todo: Text) -> Finding:
    """Something is broken and somebody has to act."""
    return Finding(Verdict.FAULT, told, todo)


@dataclass(frozen=True)
class Patient:
    """The installation under examination."""

    settings: Settings
    app: Database
    platform: Database

"""What pretend citizens and staff write: templates by category, filled with streets, parks and times of their town."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from api.demo.wording import dative, genitive, locative

KINDS = ("complaint", "request", "suggestion", "thanks")
# Slots that say where; a report without a place cannot fill them.
_PLACE_SLOTS = ("where", "street", "quarter", "park", "door")


@dataclass(frozen=True, slots=True)
class Template:
    """A report's text with slots `{…}`, and what kind of report it makes."""

    kind: str
    text: str

    @property
    def needs_place(self) -> bool:
        """Whether a slot names a place."""
        return any("{" + slot in self.text for slot in _PLACE_SLOTS)


@dataclass(frozen=True, slots=True)
class CategoryTexts:
    """Everything that is said about one category."""

    placed: tuple[Template, ...]
    placeless: tuple[Template, ...]
    closing: tuple[str, ...]


@lru_cache(maxsize=1)
def category_texts() -> Mapping[str, CategoryTexts]:
    """Read the templates of all categories by code."""
    texts: dict[str, CategoryTexts] = {}
    for file in sorted((resources.files("api.demo") / "texts").iterdir(), key=lambda file: file.name):
        if file.name == "acts.json":
            continue
        for code, said in json.loads(file.read_text(encoding="utf-8")).items():
            templates = tuple(Template(kind, text) for kind in KINDS for text in said.get(kind, ()))
            without_place = tuple(template for template in templates if not template.needs_place)
            texts[code] = CategoryTexts(templates, without_place, tuple(said["closing"]))
    return texts


@lru_cache(maxsize=1)
def acts() -> Mapping[str, Any]:
    """Read what is said in the acts that follow a report, and the words for the slots."""
    said: Mapping[str, Any] = json.loads(
        (resources.files("api.demo") / "texts" / "acts.json").read_text(encoding="utf-8")
    )
    return said


def taken(choices: Sequence[Any], chance: int) -> Any:
    """Take one of the choices by a number drawn before."""
    return choices[chance % len(choices)]


class Filler:
    """Fills the slots of one report; `chance` is a number of 60 random bits, and the same number says the same."""

    def __init__(self, street: str, quarter: str, park: str) -> None:
        self._fixed = {
            "street": street,
            "street_in": locative(street),
            "street_of": genitive(street),
            "street_to": dative(street),
            "quarter": quarter,
            "quarter_in": locative(f"{quarter} Mahallesi"),
            "park": park,
            "park_in": locative(park),
            "park_of": genitive(park),
            "park_to": dative(park),
        }

    def fill(self, text: str, chance: int) -> str:
        """Give the sentence."""
        return text.format_map(_Slots(self._fixed, chance))


# Where in the random bits the choice of each word begins.
_BITS = {"door": 0, "days": 7, "weeks": 10, "months": 13, "night": 16, "count": 19, "where": 22}


class _Slots(dict[str, str]):
    """The words of one sentence; those that chance decides are looked up only if they are asked for."""

    def __init__(self, fixed: Mapping[str, str], chance: int) -> None:
        super().__init__(fixed)
        self._chance = chance

    def __missing__(self, slot: str) -> str:
        chance = self._chance >> _BITS[slot]
        match slot:
            case "door":
                return str(1 + chance % 97)
            case "where":
                return self._where(chance)
        return str(taken(acts()[slot], chance))

    def _where(self, chance: int) -> str:
        street, inside = self["street"], self["street_in"]
        match chance % 8:
            case 0 | 1 | 2:
                return inside
            case 3 | 4:
                return f"{street} {self['door']} numaranın önünde"
            case 5:
                return f"{street} üzerinde"
        return f"{inside} {taken(acts()['landmark'], chance >> 3)}"

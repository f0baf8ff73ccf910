"""The words of one pretend case: its description, address and answers, and what is said in its acts."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from api.complaints.configuration import Category
from api.complaints.workflow import Action
from api.core.text import lower_tr
from api.demo.cases import NONE
from api.demo.setting import Setting
from api.demo.texts import Filler, acts, category_texts, taken

_ADDRESS_PERCENT, _ANSWERED_PERCENT = 70, 40
# What people enter for a number that a category asks for; questions that are not named stay unanswered.
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "depth_cm": (4, 25), "area_m2": (1, 12), "diameter_cm": (40, 70), "days": (1, 6), "count": (1, 6),
    "weeks": (2, 30), "floors": (1, 4), "household": (2, 7), "injured": (0, 2),
}  # fmt: skip
_ACT_TEXTS = {
    Action.NOTE: "note",
    Action.ANSWER: "answer",
    Action.ASK_CITIZEN: "ask_citizen",
    Action.REJECT: "reject",
    Action.FORWARD: "forward",
    Action.REOPEN: "reopen",
}


class Description(NamedTuple):
    """What the reporter wrote."""

    kind: str
    text: str
    address: str


class Speaker:
    """Says everything in one town; numbers of 60 random bits decide, and the same number says the same."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._rows = {neighbourhood.id: row for row, neighbourhood in enumerate(setting.map.neighbourhoods)}
        self._all_parks = sorted({name for names in setting.parks.values() for name in names}) or ["Çınaraltı Parkı"]
        self._fillers: dict[tuple[int, int], Filler] = {}

    def describe(self, category: Category, street: int, chance: int) -> Description:
        """Write a report; `street` is a row of the map's streets, or NONE where the report has no place."""
        said, words = category_texts()[category.code], acts()
        template = taken(said.placeless if street == NONE else said.placed, chance >> 33)
        text = template.text if street == NONE else self._filler(street, chance).fill(template.text, chance)
        if template.kind != "thanks":
            opening = taken(words["opening"], chance >> 43)
            # After a comma only a name keeps its capital.
            if opening and not template.text.startswith("{"):
                text = lower_tr(text[0]) + text[1:]
            text = opening + text + taken(words["ending"], chance >> 47)
        return Description(template.kind, text, self._address(street, chance))

    def answers(self, category: Category, chance: int) -> str:
        """Answer some of the category's questions, as JSON."""
        if chance % 100 >= _ANSWERED_PERCENT or not category.questions:
            return "{}"
        found: dict[str, Any] = {}
        for place, question in enumerate(category.questions):
            number = chance >> (7 + 5 * place)
            if question["type"] == "bool":
                found[question["code"]] = bool(number % 2)
            elif question["type"] == "choice":
                found[question["code"]] = taken(question["choices"], number)["code"]
            elif question["type"] == "number" and question["code"] in _NUMBERS:
                low, high = _NUMBERS[question["code"]]
                found[question["code"]] = low + number % (high - low + 1)
        return json.dumps(found)

    def say(self, action: Action, category: Category, street: int, chance: int, *, interim: bool = False) -> str:
        """Say what belongs to an act; most acts need no words."""
        if action is Action.CLOSE:
            return str(taken(category_texts()[category.code].closing, chance))
        if action is Action.REPLY:
            text = taken(acts()["reply"], chance)
            return acts()["reply"][0] if street == NONE else self._filler(street, chance).fill(text, chance)
        texts = "interim" if interim else _ACT_TEXTS.get(action)
        return str(taken(acts()[texts], chance)) if texts else ""

    def judge(self, rating: int, chance: int) -> str:
        """Say something to a rating of 1 to 5, or nothing."""
        return str(taken(acts()["rating"][rating - 1], chance))

    def other_authority(self, chance: int) -> str:
        """Name the authority to which a case is handed over."""
        return str(taken(acts()["forwarded_to"], chance))

    def _address(self, street: int, chance: int) -> str:
        if street == NONE or (chance >> 51) % 100 >= _ADDRESS_PERCENT:
            return ""
        return self._filler(street, chance).fill("{street} No: {door}, {quarter} Mah.", chance)

    def _filler(self, street: int, chance: int) -> Filler:
        parks = self._setting.parks.get(self._home(street), self._all_parks)
        park = (chance >> 29) % len(parks)
        if (street, park) not in self._fillers:
            drawn = self._setting.map.streets[street]
            quarter = self._setting.map.neighbourhoods[self._home(street)].name
            self._fillers[street, park] = Filler(drawn.name, quarter, parks[park])
        return self._fillers[street, park]

    def _home(self, street: int) -> int:
        return self._rows[self._setting.map.streets[street].neighbourhood_id]

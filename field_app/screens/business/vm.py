"""A business as the field knows it, and changing what is seen on the spot; no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from field_app import desk_inspections
from field_app.phone import Unlocked
from field_app.rows import Business, Inspection
from mobile.kit.i18n import formats, language, t

SEEN_FIELDS = ("phone", "opening_hours", "activity", "note")
"""What an inspector sees is fresher than the register: it wins (api/businesses/fields.py)."""


@dataclass(frozen=True)
class State:
    """A business on the screen."""

    business: Business
    class_name: str
    neighbourhood: str
    facts: tuple[tuple[str, str], ...]
    """Label and value of what is known."""
    visits: tuple[Inspection, ...]
    begun: str | None
    """Id of a visit on the spot that was begun here and not finished."""


class BusinessModel:
    """One business."""

    def __init__(self, unlocked: Unlocked, business_id: str) -> None:
        """Take the open phone and the id."""
        self._unlocked, self.business_id = unlocked, business_id

    def read(self) -> State | None:
        """Read the business; None where it is not on this phone.

        Raises:
            ReadingLocked: the lease is over.
        """
        desk = self._unlocked.desk
        business = desk.business(self.business_id)
        if business is None:
            return None
        town = desk.town()
        names = town.business_classes.get(business.class_code, {})
        class_name = names.get(language.current) or names.get("tr") or ""
        last = business.last_inspected_at
        facts = (
            (t("business.class"), class_name),
            (t("business.activity"), business.activity),
            (t("business.licence_no"), business.licence_no),
            (t("business.phone"), business.phone),
            (t("business.opening_hours"), business.opening_hours),
            (t("business.last_inspected"), formats.date_long(last) if last else ""),
            (t("business.note"), business.note),
        )
        begun = next(
            (
                str(draft.body["id"])
                for draft in desk_inspections.drafts(desk)
                if draft.body.get("business_id") == self.business_id and draft.body.get("kind") == "spot"
            ),
            None,
        )
        return State(
            business, class_name, town.neighbourhoods.get(business.neighbourhood_id or "", ""),
            tuple(fact for fact in facts if fact[1]),
            tuple(desk_inspections.visits_of(desk, self.business_id)), begun,
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """Give what can be changed on the spot, as it is now."""
        business = self._unlocked.desk.business(self.business_id)
        return {name: str(getattr(business, name)) if business else "" for name in SEEN_FIELDS}

    def change(self, seen: Mapping[str, str], values: Mapping[str, str]) -> bool:
        """Write down what is different from what was seen; False where nothing is.

        Args:
            seen: the values when the form was opened: what the new ones are laid upon.
            values: the values now; an empty one takes the old one away.
        """
        changes: dict[str, Any] = {}
        for name in SEEN_FIELDS:
            value = values[name].strip()
            if value != seen[name].strip():
                changes[name] = {"base": seen[name] or None, "value": value or None}
        if changes:
            body = {"business_id": self.business_id, "changes": changes}
            self._unlocked.acts.record("business.patch", body)
        return bool(changes)

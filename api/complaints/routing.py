"""Who is responsible for a report: ordered rules over category, area and neighbourhood; the first that fits decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold (None = any), and what they decide."""

    category_id: UUID | None
    service_area_id: UUID | None
    neighbourhood_id: UUID | None
    authority: str
    department_id: UUID | None


@dataclass(frozen=True)
class Decision:
    """`own` with a department (None: the service desk decides), or another authority."""

    authority: str
    department_id: UUID | None


def decide(
    rules: Sequence[Rule],
    *,
    category_line: Sequence[UUID],
    area_ids: frozenset[UUID],
    neighbourhood_id: UUID | None,
    default: Decision,
) -> Decision:
    """Apply the rules in their order.

    Args:
        rules: in ascending position.
        category_line: the category and its groups up to the root of the tree.
        area_ids: every service area that holds the place.
        neighbourhood_id: of the place, if known.
        default: what the category itself says, when no rule fits.
    """
    for rule in rules:
        if (
            (rule.category_id is None or rule.category_id in category_line)
            and (rule.service_area_id is None or rule.service_area_id in area_ids)
            and (rule.neighbourhood_id is None or rule.neighbourhood_id == neighbourhood_id)
        ):
            # A rule that only names an authority leaves the department to the category.
            department = rule.department_id or (default.department_id if rule.authority == "own" else None)
            return Decision(rule.authority, department)
    return default

"""What stands in a list of questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from mobile.forms.evaluation import Shown


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a list: an item, and for a repeat the items of its rows."""

    shown: Shown
    rows: tuple[tuple[Shown, ...], ...] = ()


def entries_of(shown: Sequence[Shown], *, without: str = "") -> list[Entry]:
    """Put the rows of repeats to their repeats; the item `without` (a section's own group) is left out."""
    rows: dict[str, dict[int, list[Shown]]] = {}
    for one in shown:
        if one.path.count("."):
            code, at, _ = one.path.split(".")
            rows.setdefault(code, {}).setdefault(int(at), []).append(one)
    told = []
    for one in shown:
        is_own = one.path == without and one.item.type == "group"
        if one.path.count(".") or is_own or not one.item.label:
            continue
        held = rows.get(one.path, {})
        told.append(Entry(one, tuple(tuple(held[at]) for at in sorted(held))))
    return told

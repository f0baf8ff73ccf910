"""A version of a form: the checked document, its items, and the order in which they are computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, Self

from mobile.forms.checking import DocumentChecker
from mobile.forms.expressions import Compiler
from mobile.forms.items import Item
from mobile.forms.messages import Fault


class FormInvalid(ValueError):
    """The document is no form; `faults` says everything that is wrong and where."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.text('en')}" for fault in faults[:20]))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A form that can be answered; `document` is what it was loaded from."""

    form_id: str
    version: int
    kind: str
    title: Mapping[str, str]
    applies_to: tuple[str, ...]
    items: Mapping[str, Item]
    """By code, in the order of the document."""
    order: tuple[Item, ...]
    """Every item after those that it reads."""
    inside: Mapping[str | None, tuple[Item, ...]]
    """The items of a repeat by its code; those outside of every repeat under None."""
    document: Mapping[str, Any]

    @classmethod
    def load(cls, document: Any) -> Self:
        """Check a document and compile its expressions.

        Raises:
            FormInvalid: with every fault and its place: unknown keys, types, codes and choices, codes used twice,
                wrong expressions, items that depend on each other in a circle.
        """
        faults: list[Fault] = []
        checker = DocumentChecker(faults)
        checker.check(document)
        names = checker.names()
        items: dict[str, Item] = {}
        reads: dict[str, list[str]] = {}
        for found in checker.found:
            compiler = Compiler(names, faults, found.code)
            items[found.code] = Item.of(found, compiler)
            parent = items[found.code].parent
            reads[found.code] = sorted(items[found.code].reads | ({parent} if parent else set()))
        order: tuple[str, ...] = ()
        try:
            order = tuple(TopologicalSorter(reads).static_order())
        except CycleError as cycle:
            faults.append(Fault("items", "cycle", " → ".join(reversed(cycle.args[1]))))
        if faults:
            raise FormInvalid(faults)
        return cls(
            form_id=document["form_id"],
            version=document["version"],
            kind=document["kind"],
            title=document["title"],
            applies_to=tuple(document.get("applies_to", ())),
            items=items,
            order=tuple(items[code] for code in order),
            inside={
                repeat: tuple(item for item in items.values() if item.repeat == repeat)
                for repeat in (None, *(item.code for item in items.values() if item.type == "repeat"))
            },
            document=document,
        )

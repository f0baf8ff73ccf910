"""Businesses as the screens show them: lines, one record with its history, lists that were sent in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from api.businesses.schemas import BusinessFilter, BusinessOut, BusinessRow, ChangeOut, ClassOut, MatchOut, OwnerOut
from api.businesses.service import ImportView
from api.console.language import Catalogue
from api.console.views.filters import Option, neighbourhood_options
from api.console.views.wording import Said, Tone, age, full_time
from api.inspections.schemas import TimelineLine
from api.municipalities.service import TownConfig

STATUS_TONES = {"active": (Tone.DONE, "check"), "closed": (Tone.QUIET, "lock"), "merged": (Tone.QUIET, "forward")}
STATE_TONES = {"applied": (Tone.CALM, "check"), "overwrote": (Tone.SOON, "alert"), "suggested": (Tone.NEW, "question")}
IMPORT_TONES = {
    "checking": (Tone.CALM, "clock"), "checked": (Tone.NEW, "eye"), "writing": (Tone.CALM, "clock"),
    "done": (Tone.DONE, "check"), "failed": (Tone.LATE, "alert"),
}  # fmt: skip
LINE_ICONS = {"planned": "clock", "visit": "check", "cancelled": "close", "warning": "alert", "complaint": "chat"}
CLASS_ICONS = {
    "public_leisure": "people",
    "non_sanitary_1": "smoke",
    "non_sanitary_2": "smoke",
    "non_sanitary_3": "smoke",
}
_FILTERS = ("text", "class_code", "neighbourhood_id", "status", "to_review")
_STATUSES = ("active", "closed", "merged")


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for: the filter for the service, and the same as query parameters."""

    filter: BusinessFilter
    told: Mapping[str, str]

    def url(self, path: str, **changes: str | None) -> str:
        """Give an address with this filter, with some parameters changed or (None) left out."""
        told = {name: value for name, value in {**self.told, **changes}.items() if value}
        return f"{path}?{urlencode(told)}" if told else path

    @property
    def service_query(self) -> str:
        """The filter as the map's tiles are asked for."""
        return urlencode(
            {name: str(value).lower() if isinstance(value, bool) else value
             for name, value in self.filter.model_dump(mode="json", exclude={"bbox"}, exclude_none=True).items()}
        )  # fmt: skip


def wanted(params: Mapping[str, str]) -> Wanted:
    """Read a filter from query parameters; empty and unusable ones count as absent."""
    told = {name: params[name].strip() for name in (*_FILTERS, "bbox") if params.get(name, "").strip()}
    while True:
        values: dict[str, Any] = {**told, **({"bbox": told["bbox"].split(",")} if "bbox" in told else {})}
        try:
            return Wanted(BusinessFilter.model_validate(values), told)
        except ValidationError as error:
            faulty = {str(fault["loc"][0]) for fault in error.errors()}
            told = {name: value for name, value in told.items() if name not in faulty}


@dataclass(frozen=True)
class FilterBar:
    """What the filter bar shows."""

    told: Mapping[str, str]
    classes: Sequence[Option]
    neighbourhoods: Sequence[Option]
    statuses: Sequence[Option]


def filter_bar(t: Catalogue, chosen: Wanted, town: TownConfig, classes: Sequence[ClassOut]) -> FilterBar:
    """Fill the filter bar of a town."""
    return FilterBar(
        {name: chosen.told.get(name, "") for name in (*_FILTERS, "bbox")},
        class_options(t, classes),
        neighbourhood_options(town),
        [Option(name, t(f"business.status.{name}")) for name in _STATUSES],
    )


def class_options(t: Catalogue, classes: Sequence[ClassOut]) -> list[Option]:
    """The classes in use, by name."""
    return [Option(item.code, item.name.get(t.language) or item.name["tr"]) for item in classes]


@dataclass(frozen=True)
class RowView:
    """One line of the list."""

    row: BusinessRow
    url: str
    icon: str
    status: Said | None
    inspected: Said | None
    review: str


def row_view(t: Catalogue, row: BusinessRow, now: datetime) -> RowView:
    """Say one line in words; that a business is active goes without saying."""
    return RowView(
        row,
        f"/console/businesses/{row.id}",
        class_icon(row.class_code),
        status(t, row.status) if row.status != "active" else None,
        age(t, row.last_inspected_at, now) if row.last_inspected_at else None,
        t.count("business.to_review", row.open_changes) if row.open_changes else "",
    )


def class_icon(code: str) -> str:
    """Give the drawing of a class."""
    return CLASS_ICONS.get(code, "stall")


def status(t: Catalogue, name: str) -> Said:
    """Say where a record stands."""
    tone, icon = STATUS_TONES[name]
    return Said(t(f"business.status.{name}"), tone, icon)


@dataclass(frozen=True)
class FieldView:
    """A field of the form: its value now, what was typed, and what is wrong with that."""

    name: str
    label: str
    kind: str
    base: str
    value: str
    longest: int = 300
    fault: str = ""
    options: Sequence[Option] = ()


FORM = (
    ("title", "line", 200), ("class_code", "choice", 40), ("activity", "line", 300), ("address_text", "line", 300),
    ("licence_no", "line", 60), ("floor_area_m2", "line", 9), ("status", "choice", 10), ("phone", "line", 40),
    ("opening_hours", "line", 300), ("note", "text", 2000),
)  # fmt: skip


def form_fields(
    t: Catalogue,
    business: BusinessOut,
    classes: Sequence[ClassOut],
    typed: Mapping[str, str],
    faults: Mapping[str, str],
) -> list[FieldView]:
    """Fill the form; what was typed and what had been seen stay after a fault."""
    options = {
        "class_code": class_options(t, classes),
        "status": [Option(name, t(f"business.status.{name}")) for name in ("active", "closed")],
    }
    fields = []
    for name, kind, longest in FORM:
        now = getattr(business, name)
        now = "" if now is None else str(now)
        fields.append(
            FieldView(
                name,
                t(f"business.field.{name}"),
                kind,
                typed.get(f"base_{name}", now),
                typed.get(name, now),
                longest,
                faults.get(name, ""),
                options.get(name, ()),
            )
        )
    return fields


@dataclass(frozen=True)
class OwnerView:
    """Who is behind a business: masked, or in clear."""

    owner: str
    tax_no: str
    is_clear: bool
    may_reveal: bool
    reveal_url: str
    fault: str


def owner_view(
    t: Catalogue, owner: OwnerOut | None, url: str, *, may_reveal: bool, fault: str = ""
) -> OwnerView | None:
    """Say who is behind a business; None where nobody has written it down."""
    if owner is None:
        return None
    unknown = t("business.unknown")
    return OwnerView(owner.owner or unknown, owner.tax_no or unknown, owner.is_clear, may_reveal, f"{url}/owner", fault)


@dataclass(frozen=True)
class ChangeView:
    """A line of the history."""

    id: str
    label: str
    old: str
    new: str
    is_hidden: bool
    state: Said
    who: str
    at: Said
    is_open: bool
    is_flagged: bool
    decided: str


def change_view(t: Catalogue, change: ChangeOut, classes: Mapping[str, str], now: datetime) -> ChangeView:
    """Say one line of the history."""
    tone, icon = STATE_TONES[change.state]
    decided = ""
    if change.decision:
        decided = t(f"business.decided.{change.decision}", name=change.reviewed_by_name or t("actor.system"))
    return ChangeView(
        str(change.id), t(f"business.field.{change.field}"), _value(t, change.field, change.old, classes),
        _value(t, change.field, change.new, classes), change.field in ("owner", "tax_no"),
        Said(t(f"business.state.{change.state}"), tone, icon), change.changed_by_name or t("actor.system"),
        age(t, change.changed_at, now), change.is_open, change.state == "overwrote", decided,
    )  # fmt: skip


def _value(t: Catalogue, field: str, value: Any, classes: Mapping[str, str]) -> str:
    if value in (None, ""):
        return t("business.empty")
    if field == "place":
        return f"{value['lat']:.5f}, {value['lon']:.5f}"
    if field == "class_code":
        return classes.get(str(value), str(value))
    return t(f"business.status.{value}") if field == "status" else str(value)


@dataclass(frozen=True)
class MatchView:
    """A record that looks like this one."""

    id: str
    url: str
    title: str
    address: str
    reason: str
    decided: str


def match_view(t: Catalogue, match: MatchOut) -> MatchView:
    """Say why two records may be one business."""
    return MatchView(
        str(match.id), f"/console/businesses/{match.other_id}", match.other_title, match.other_address,
        t(f"business.match.{match.reason}"), t(f"business.match.{match.decision}") if match.decision else "",
    )  # fmt: skip


@dataclass(frozen=True)
class LineView:
    """Something that happened to a business: a visit, a warning, a complaint."""

    title: str
    text: str
    icon: str
    at: Said
    url: str


def line_view(t: Catalogue, line: TimelineLine, now: datetime) -> LineView:
    """Say one line of what happened."""
    told = [
        line.number or "",
        t(f"business.outcome.{line.outcome}") if line.outcome else "",
        t.count("business.findings", line.finding_count) if line.finding_count else "",
        t("business.due", at=line.due_on.strftime("%d.%m.%Y")) if line.due_on else "",
    ]
    return LineView(
        t(f"business.line.{line.kind}"), " · ".join(part for part in told if part), LINE_ICONS[line.kind],
        age(t, line.at, now), f"/console/complaints/{line.id}" if line.kind == "complaint" else "",
    )  # fmt: skip


@dataclass(frozen=True)
class ImportCard:
    """A list that was sent in, and what can be done with it."""

    id: str
    url: str
    filename: str
    at: Said
    state: Said
    is_busy: bool
    is_ready: bool
    told: Sequence[str]
    columns: Sequence[tuple[str, str]]
    faults: Sequence[tuple[int, str, str, str]]
    has_faults: bool
    more_faults: str


def import_card(t: Catalogue, sent: ImportView, now: datetime) -> ImportCard:
    """Say how far a list has come and what is wrong in it."""
    tone, icon = IMPORT_TONES[sent.state]
    report, language = sent.report, t.language
    told = []
    if sent.failure:
        told.append(sent.failure[language == "en"])
    elif sent.state in ("checking", "writing"):
        told.append(t("business.import.so_far", n=sent.rows_so_far))
    else:
        told.append(t("business.import.rows", rows=report.rows, good=report.good, refused=report.refused))
        places = {"coordinates": report.by_coordinates, "street": report.by_street, "centre": report.by_neighbourhood}
        told += [t(f"business.import.by_{name}", n=number) for name, number in places.items() if number]
        if report.unused:
            told.append(t("business.import.unused", names=", ".join(report.unused)))
    if sent.state == "done":
        told.insert(0, t("business.import.written", added=report.added, known=report.known))
    rest = report.refused - len({fault.row for fault in report.faults})
    return ImportCard(
        str(sent.id), f"/console/businesses/import/{sent.id}", sent.filename, age(t, sent.created_at, now),
        Said(t(f"business.import.{sent.state}"), tone, icon, full=full_time(t, sent.created_at)),
        sent.state in ("checking", "writing"), sent.state == "checked" and report.good > 0, told,
        [(header, t(f"business.column.{name}")) for header, name in report.columns.items()],
        [(fault.row, fault.column_name(language), fault.value, fault.text(language)) for fault in report.faults],
        report.refused > 0, t("business.import.more_faults", n=rest) if rest > 0 else "",
    )  # fmt: skip

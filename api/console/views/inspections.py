"""Visits, findings, forms and numbers in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from api.businesses.schemas import BusinessRow
from api.console.language import Catalogue
from api.console.views.wording import Said, Tone, full_time
from api.core.sql import Row
from api.inspections.schemas import (
    FindingOut,
    FormOut,
    InspectionOut,
    InspectionRow,
)
from api.inspections.service import NumberRangeOut, NumberUsageOut

GROUPS = ("due", "late", "planned", "done", "warned", "cancelled")
KINDS = {"routine": "clock", "complaint": "people", "recheck": "search", "spot": "eye"}
_OUTCOMES = {
    "passed": (Tone.DONE, "check"),
    "warned": (Tone.SOON, "clock"),
    "failed": (Tone.LATE, "alert"),
    "nobody_there": (Tone.QUIET, "lock"),
}
_FINDINGS = {
    "open": (Tone.LATE, "alert"),
    "cured": (Tone.DONE, "check"),
    "cured_at_once": (Tone.DONE, "check"),
    "penalised": (Tone.QUIET, "money"),
}
_WARNINGS = {
    "running": (Tone.SOON, "clock"),
    "kept": (Tone.DONE, "check"),
    "broken": (Tone.LATE, "alert"),
    "cancelled": (Tone.QUIET, "close"),
}
_FATES = {
    "used": (Tone.DONE, "check"),
    "ready": (Tone.CALM, "app"),
    "returned": (Tone.QUIET, "back"),
    "open": (Tone.LATE, "question"),
}
_VERDICTS = {"yes": (Tone.DONE, "check"), "no": (Tone.LATE, "alert"), "na": (Tone.QUIET, "close")}


@dataclass(frozen=True)
class Tab:
    """A page of this section; `number` is what the shared layout may show beside it."""

    url: str
    label: str
    is_here: bool
    number: int = 0


@dataclass(frozen=True)
class Option:
    """A choice of a form."""

    value: str
    label: str
    options: Sequence[Any] = ()


def day(t: Catalogue, on: date | None) -> str:
    """Say a day in words; empty for none."""
    return f"{on.day} {t(f'month.{on.month}')} {on.year}" if on else ""


def group_links(t: Catalogue, home: str, query: Mapping[str, str], chosen: str) -> list[dict[str, Any]]:
    """Give a link for each group of visits, with the other filters kept."""
    return [
        {
            "url": f"{home}?{urlencode({**query, 'group': group})}",
            "label": t(f"inspection.group.{group}"),
            "is_here": group == chosen,
        }
        for group in GROUPS
    ]


def standing(t: Catalogue, row: InspectionRow) -> Said:
    """Say where a visit stands."""
    if row.outcome:
        tone, icon = _OUTCOMES[row.outcome]
        return Said(t(f"inspection.outcome.{row.outcome}"), tone, icon)
    if row.status == "cancelled":
        return Said(t("inspection.status.cancelled"), Tone.QUIET, "close")
    if row.is_late:
        return Said(t("inspection.status.late"), Tone.LATE, "alert")
    return Said(t("inspection.status.planned"), Tone.CALM, "clock")


def row_view(t: Catalogue, row: InspectionRow, home: str) -> dict[str, Any]:
    """Give a line of the list."""
    at = row.submitted_at
    return {
        "id": row.id,
        "url": f"{home}/{row.id}",
        "title": row.business_title or t("inspection.no_business"),
        "address": row.address_text or "",
        "neighbourhood": row.neighbourhood_name or "",
        "kind": t(f"inspection.kind.{row.kind}"),
        "kind_icon": KINDS[row.kind],
        "standing": standing(t, row),
        "is_late": row.is_late,
        "when": full_time(t, at) if at else day(t, row.due_on),
        "who": row.assignee_name or t("inspection.nobody"),
        "department": row.department_name or "",
        "number": row.number or "",
        "findings": t.count("inspection.findings", row.finding_count) if row.finding_count else "",
        "reason": row.reason,
        "form": row.form_title,
        "business_url": f"/console/businesses/{row.business_id}" if row.business_id else "",
    }


def visit_view(t: Catalogue, visit: InspectionOut) -> dict[str, Any]:
    """Give everything that the page of one visit shows."""
    acts, labels = set(visit.allowed_actions), {line.path: line.label for line in visit.answers}
    return {
        "visit": row_view(t, visit, "/console/inspections"),
        "version": visit.version,
        "due_on": visit.due_on.isoformat() if visit.due_on else "",
        "assignee_id": str(visit.assignee_id or ""),
        "facts": [(t(f"inspection.fact.{name}"), value) for name, value in _facts(t, visit) if value],
        "complaint_url": f"/console/complaints/{visit.complaint_id}" if visit.complaint_id else "",
        "complaint_number": visit.complaint_number or "",
        "previous_url": f"/console/inspections/{visit.previous_id}" if visit.previous_id else "",
        "answers": [_answer(line) for line in visit.answers],
        "findings": [_finding(t, one) for one in visit.findings],
        "before": [_finding(t, one) for one in visit.open_before],
        "warnings": [
            {
                "deadline": day(t, one.deadline_on),
                "state": Said(t(f"inspection.warning.{one.status}"), *_WARNINGS[one.status]),
                "url": f"/console/inspections/{one.recheck_id}" if one.recheck_id else "",
            }
            for one in visit.warnings
        ],
        "missing": [
            (labels.get(one.path) or labels.get(one.path.rsplit(".", 1)[0]) or one.path, one.message)
            for one in visit.missing
        ],
        "amendments": [{"text": one.text, "by": one.by or "–", "at": full_time(t, one.at)} for one in visit.amendments],
        "photos": [
            {
                "url": one.url,
                "thumbnail_url": one.thumbnail_url,
                "is_awaited": one.state == "awaited",
                "alt": t("inspection.photo", n=number),
                "phase": "filed",
                "caption": t("inspection.photo_awaited"),
            }
            for number, one in enumerate(visit.photos, start=1)
        ],
        "record_url": f"/v1/inspections/{visit.id}/record.pdf" if visit.status == "submitted" else "",
        "may_assign": "assign" in acts,
        "may_cancel": "cancel" in acts,
        "may_amend": "amend" in acts,
    }


def _facts(t: Catalogue, visit: InspectionOut) -> Iterator[tuple[str, str]]:
    yield "form", f"{visit.form_title} · {t('inspection.form_version', n=visit.form_version)}"
    yield "due_on", day(t, visit.due_on)
    yield "department", visit.department_name or ""
    yield "officer", visit.submitted_by or visit.assignee_name or ""
    yield "planned_by", (visit.planned_by or "") if visit.kind != "spot" else ""
    yield "started", full_time(t, visit.started_at) if visit.started_at else ""
    yield "ended", full_time(t, visit.ended_at) if visit.ended_at else ""
    yield "received", full_time(t, visit.submitted_at) if visit.submitted_at else ""
    yield "accuracy", f"± {visit.accuracy_m:.0f} m" if visit.accuracy_m is not None else ""


def _answer(line: Any) -> dict[str, Any]:
    tone, icon = _VERDICTS.get(line.verdict or "", (Tone.CALM, ""))
    return {
        "label": line.label,
        "value": line.value,
        "note": line.note,
        "is_heading": line.is_heading,
        "said": Said(line.value, tone, icon) if line.verdict else None,
    }


def _finding(t: Catalogue, one: FindingOut) -> dict[str, Any]:
    return {
        "text": one.text,
        "law": one.law,
        "severity": t(f"inspection.severity.{one.severity}"),
        "deadline": day(t, one.deadline_on),
        "state": Said(t(f"inspection.finding.{one.status}"), *_FINDINGS[one.status]),
    }


def person_options(people: Sequence[Row]) -> list[Option]:
    """Give the people to whom visits can be given, each once."""
    named = {str(row["id"]): row["full_name"] + (f" · {row['title']}" if row["title"] else "") for row in people}
    return [Option(value, label) for value, label in named.items()]


def business_link(row: BusinessRow, plan_url: str) -> dict[str, str]:
    """Give a business that was found, as a link that chooses it."""
    return {
        "url": f"{plan_url}?{urlencode({'business': str(row.id)})}", "title": row.title, "address": row.address_text,
    }  # fmt: skip


def form_options(t: Catalogue, forms: Sequence[FormOut]) -> list[Option]:
    """Give the forms that visits can be made with."""
    return [Option(form.form_id, form.title.get(t.language) or form.title["tr"]) for form in forms]


def form_view(t: Catalogue, form: FormOut, home: str) -> dict[str, Any]:
    """Give a version of a form in a list."""
    return {
        "id": form.id,
        "url": f"{home}/{form.id}",
        "title": form.title.get(t.language) or form.title["tr"],
        "code": form.form_id,
        "version": t("inspection.form_version", n=form.version),
        "length": t.count("inspection.items", form.item_count),
        "standing": Said(t("inspection.form.current"), Tone.DONE, "check")
        if form.is_current
        else Said(t("inspection.form.older"), Tone.QUIET, "clock"),
        "published": full_time(t, form.published_at),
        "by": form.published_by or t("inspection.form.seed"),
    }


def item_lines(t: Catalogue, items: Sequence[Mapping[str, Any]], depth: int = 0) -> list[dict[str, Any]]:
    """Say a form's items as the phone asks them, in their order."""
    lines: list[dict[str, Any]] = []
    for item in items:
        label = item.get("label", {})
        lines.append(
            {
                "label": label.get(t.language) or label.get("tr", item["code"]),
                "kind": t(f"inspection.item.{item['type']}"),
                "is_heading": item["type"] in ("group", "repeat"),
                "depth": depth,
                "details": list(_details(t, item)),
            }
        )
        lines += item_lines(t, item.get("items", ()), depth + 1)
    return lines


def _details(t: Catalogue, item: Mapping[str, Any]) -> Iterator[str]:
    if item.get("required"):
        yield t("inspection.item.required")
    if "relevant" in item:
        yield t("inspection.item.relevant")
    if item["type"] == "check":
        yield t(f"inspection.severity.{item['severity']}")
        if item.get("law"):
            yield item["law"] + ("" if item.get("law_verified", True) else f" ({t('inspection.item.unverified')})")
        if item.get("deadline_days"):
            yield t("inspection.item.days", n=item["deadline_days"])
        if item.get("photo_on_fail"):
            yield t("inspection.item.photo_on_fail")
    for choice in item.get("choices", ()):
        yield choice["label"].get(t.language) or choice["label"]["tr"]


def range_view(t: Catalogue, usage: NumberUsageOut, one: NumberRangeOut) -> dict[str, Any]:
    """Say where a run of numbers went."""
    first, last = (f"{usage.prefix}-{usage.year}-{number:06d}" for number in (one.first, one.last))
    return {
        "numbers": first if one.first == one.last else f"{first} – {last}",
        "count": one.last - one.first + 1,
        "fate": Said(t(f"inspection.fate.{one.fate}"), *_FATES[one.fate]),
        "holder": one.holder or "–",
        "note": t(f"inspection.return.{one.note}") if one.note else "",
    }

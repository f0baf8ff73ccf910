"""Pretend visits to the pretend businesses: done, warned, re-checked and planned, by the rules of real ones."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from psycopg.rows import dict_row

from api.core.clock import ISTANBUL
from api.core.ids import uuid7
from api.demo.setting import Setting
from api.inspections.following import recheck_day, risk_after
from api.inspections.places import ZABITA
from api.inspections.seeding import seed
from api.municipalities import service as municipalities
from mobile.forms import Form, evaluate
from mobile.wire.visit import Found, findings_of, outcome_of

DONE_SHARE, KEPT_SHARE = 0.45, 0.7
TEMPLATES, BLOCK = 48, 20
TODAY_EACH, LATE_EACH, COMING = 6, 2, 40
_DAYS_BACK, _HOURS = 330, (9, 17)
_DEVICE = UUID(int=0x0DE0_0000_0000_7000_8000_0000_0000_0000)
INSPECTION = """inspection (municipality_id, id, business_id, kind, status, form_code, form_version, department_id,
    assignee_id, due_on, risk, reason, complaint_id, previous_id, planned_at, number, answers, missing, outcome,
    finding_count, started_at, ended_at, submitted_at, submitted_by, device_id, geom, accuracy_m, is_in_field,
    version)"""
FINDING = """finding (municipality_id, id, inspection_id, business_id, item_code, text, severity, law, photo_ids,
    deadline_on, status, cured_by_id)"""
WARNING = "cure_warning (municipality_id, id, inspection_id, business_id, deadline_on, recheck_id, status, given_at)"
NUMBERS = """number_block (municipality_id, id, series, year, device_id, staff_user_id, first, last, next, given_at)"""


@dataclass(frozen=True)
class _Template:
    """Answers that several visits share, with what they find."""

    answers: str
    found: tuple[Found, ...]
    score: int | None


@dataclass
class _Written:
    """Rows on their way into the database."""

    visits: list[dict[str, Any]] = field(default_factory=list)
    findings: list[tuple[Any, ...]] = field(default_factory=list)
    warnings: list[tuple[Any, ...]] = field(default_factory=list)
    seen: list[tuple[UUID, datetime, int]] = field(default_factory=list)


def load_inspections(owner_url: str, setting: Setting, until: datetime, seed_of: Sequence[int]) -> int:
    """Draw and write a town's visits as the owner role, whom no row policy keeps from COPY; gives how many.

    They are made to the businesses that the database holds, by the town's own enforcement officers.
    """
    chance = np.random.default_rng([*seed_of, 78])
    with psycopg.connect(owner_url, row_factory=dict_row) as connection:
        code = municipalities.department_code(setting.town.kind, ZABITA)
        mine = {"m": setting.municipality_id, "code": code}
        shops = connection.execute(
            """SELECT id, class_code, risk, geom::text AS geom FROM business
                WHERE municipality_id = %(m)s AND status = 'active' ORDER BY id""", mine,
        ).fetchall()  # fmt: skip
        people = connection.execute(
            """SELECT s.id, r.department_id FROM staff_user s
                 JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
                 JOIN department d ON d.municipality_id = s.municipality_id AND d.id = r.department_id
                WHERE s.municipality_id = %(m)s AND d.code = %(code)s
                  AND r.role IN ('enforcement_officer', 'department_officer') ORDER BY s.username""", mine,
        ).fetchall()  # fmt: skip
        if not shops or not people:
            return 0
        cases = connection.execute(
            """SELECT id FROM complaint WHERE municipality_id = %(m)s AND is_open AND department_id = %(d)s
                ORDER BY filed_at DESC LIMIT 6""", {**mine, "d": people[0]["department_id"]},
        ).fetchall()  # fmt: skip
        draw = _Draw(setting, until, chance, people, [case["id"] for case in cases])
        written = draw.all_of(shops)
        _number(written.visits, people, setting, connection)
        _copy(connection, INSPECTION, (_row(setting, visit) for visit in written.visits))
        _copy(connection, FINDING, written.findings)
        _copy(connection, WARNING, written.warnings)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE business SET last_inspected_at = %s, risk = %s WHERE municipality_id = %s AND id = %s",
                [(at, risk, setting.municipality_id, shop_id) for shop_id, at, risk in written.seen],
            )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for table in ("inspection", "finding", "cure_warning", "business"):
            connection.execute(f"ANALYZE {table}")
    return len(written.visits)


class _Draw:
    """Chooses what happened to each business."""

    def __init__(
        self, setting: Setting, until: datetime, chance: np.random.Generator, people: Sequence[Any],
        cases: Sequence[UUID],
    ) -> None:  # fmt: skip
        self.mine, self.until, self.chance, self.people, self.cases = (
            setting.municipality_id, until, chance, people, list(cases),
        )  # fmt: skip
        self.calendar = setting.town.calendar()
        self.form, self.recheck = (
            Form.load(document) for document in seed("forms") if document["form_id"] != "finding"
        )
        self.templates = [self._template(number) for number in range(TEMPLATES)]
        self.today = until.astimezone(ISTANBUL).date()
        self.written = _Written()

    def _template(self, number: int) -> _Template:
        """A checklist as it is filled in: half of them find nothing, the others up to four things."""
        checks = [item for item in self.form.items.values() if item.type == "check"]
        wrong = set(
            self.chance.choice(len(checks), number % 2 * int(self.chance.integers(1, 5)), replace=False).tolist()
        )
        answers: dict[str, Any] = {
            item.code: {"v": "no", "note": "Yerinde görüldü."} if at in wrong and item.code != "m01" else "yes"
            for at, item in enumerate(checks)
        }  # fmt: skip
        answers |= {"business_class": "sanitary", "serves_food": True, "present_person": "Örnek Kişi",
                    "signature": {"refused": True}}  # fmt: skip
        seen = evaluate(self.form, answers, today=self.until.astimezone(ISTANBUL).date())
        return _Template(json.dumps(seen.answers, ensure_ascii=False), findings_of(self.form, seen), seen.score)

    def all_of(self, shops: Sequence[Any]) -> _Written:
        order = self.chance.permutation(len(shops)).tolist()
        done = round(len(shops) * DONE_SHARE)
        for at in order[:done]:
            self._visit(shops[at])
        self._plan([shops[at] for at in order[done:]])
        return self.written

    def _moment(self, days_ago: int) -> datetime:
        day = self.calendar.next_working_day(self.today - timedelta(days=days_ago))
        minute = int(self.chance.integers(_HOURS[0] * 60, _HOURS[1] * 60))
        at = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ISTANBUL)
        return min(at, self.until - timedelta(minutes=5))

    def _visit(self, shop: Any) -> None:
        at = self._moment(int(self.chance.integers(1, _DAYS_BACK)))
        template = self.templates[int(self.chance.integers(TEMPLATES))]
        day = at.astimezone(ISTANBUL).date()
        deadlines = [one.deadline(day, None) for one in template.found]
        outcome = outcome_of(template.found, deadlines, (), nobody_there=False)
        visit = self._done(shop, "routine", "routine", at, template.answers, outcome, len(template.found))
        risk = risk_after(shop["risk"], template.score, is_broken=False)
        fates: dict[date, tuple[str, UUID | None]] = {}
        for term in sorted({deadline for deadline in deadlines if deadline}):
            fates[term] = self._warn(shop, visit, term, template.found, deadlines)
        for one, deadline in zip(template.found, deadlines, strict=True):
            status, recheck = fates.get(deadline, ("open", None)) if deadline else ("open", None)
            self.written.findings.append(
                (self.mine, uuid7(), visit["id"], shop["id"], one.code, f"{one.text} — {one.note}", one.severity,
                 one.law, "[]", deadline, status, recheck if status == "cured" else None)
            )  # fmt: skip
        if any(status == "open" and recheck for status, recheck in fates.values()):
            risk = risk_after(risk, None, is_broken=True)
        self.written.seen.append((shop["id"], at, risk))

    def _warn(
        self, shop: Any, visit: dict[str, Any], deadline: date, found: Sequence[Found], deadlines: Sequence[date | None]
    ) -> tuple[str, UUID | None]:
        """A warning with its re-check: to come, or already made; gives what became of its findings."""
        due_on = recheck_day(deadline, self.calendar)
        if due_on >= self.today:
            recheck = self._planned(shop, "recheck", due_on, visit["assignee_id"], previous_id=visit["id"])
            status, fate = "running", "open"
        else:
            is_kept = bool(self.chance.random() < KEPT_SHARE)
            result = "cured" if is_kept else "not_cured"
            rows = [
                {"item_code": one.code, "finding_text": one.text, "deadline_on": deadline.isoformat(), "result": result}
                for one, until in zip(found, deadlines, strict=True)
                if until == deadline
            ]
            at = min(datetime(due_on.year, due_on.month, due_on.day, 10, 30, tzinfo=ISTANBUL), self.until)
            answers = json.dumps({"findings": rows, "signature": {"refused": True}}, ensure_ascii=False)
            recheck = self._done(shop, "recheck", "recheck", at, answers, "passed" if is_kept else "failed",
                                 0 if is_kept else len(rows), previous_id=visit["id"])  # fmt: skip
            status, fate = ("kept", "cured") if is_kept else ("broken", "open")
        self.written.warnings.append(
            (self.mine, uuid7(), visit["id"], shop["id"], deadline, recheck["id"], status, visit["submitted_at"])
        )
        return fate, recheck["id"] if status != "running" else None

    def _plan(self, shops: Sequence[Any]) -> None:
        """Today's work of everybody, some that is late, and what is to come."""
        free = iter(shops)
        for person in self.people:
            for number, shop in zip(range(TODAY_EACH + LATE_EACH), free, strict=False):
                late = self.today - timedelta(days=number - TODAY_EACH + 1)
                self._planned(shop, "routine", self.today if number < TODAY_EACH else late, person["id"])
        for case, shop in zip(self.cases, free, strict=False):
            self._planned(shop, "complaint", self.calendar.add_working_days(self.today, 1), None, complaint_id=case)
        for number, shop in zip(range(COMING), free, strict=False):
            self._planned(shop, "routine", self.calendar.add_working_days(self.today, 1 + number // 8), None)

    def _planned(self, shop: Any, kind: str, due_on: date, assignee: UUID | None, **more: Any) -> dict[str, Any]:
        reason = {"routine": "Olağan denetim", "complaint": "Vatandaş başvurusu",
                  "recheck": "Süre sonu: aykırılıklar giderilmiş mi?"}[kind]  # fmt: skip
        return self._write(shop, kind, "recheck" if kind == "recheck" else "routine", {
            "status": "planned", "due_on": due_on, "assignee_id": assignee, "reason": reason,
            "planned_at": self.until - timedelta(days=10), "finding_count": 0, **more,
        })  # fmt: skip

    def _done(
        self, shop: Any, kind: str, form: str, at: datetime, answers: str, outcome: str, findings: int, **more: Any
    ) -> dict[str, Any]:
        return self._write(shop, kind, form, {
            "status": "submitted", "due_on": at.astimezone(ISTANBUL).date(), "reason": "", "answers": answers,
            "missing": "[]", "outcome": outcome, "finding_count": findings,
            "started_at": at - timedelta(minutes=int(self.chance.integers(12, 45))), "ended_at": at,
            "submitted_at": at, "planned_at": at - timedelta(days=7), "geom": shop["geom"],
            "accuracy_m": float(self.chance.integers(3, 20)), "assignee_id": None, **more,
        })  # fmt: skip

    def _write(self, shop: Any, kind: str, form: str, values: dict[str, Any]) -> dict[str, Any]:
        department = self.people[0]["department_id"]
        visit = {"id": uuid7(), "business_id": shop["id"], "kind": kind, "form_code": form, "risk": shop["risk"],
                 "department_id": department, **values}  # fmt: skip
        self.written.visits.append(visit)
        return visit


def _number(
    visits: Sequence[dict[str, Any]], people: Sequence[Any], setting: Setting, connection: psycopg.Connection[Any]
) -> None:
    """Number what was done in the order of time, from blocks that its inspectors held in turn."""
    years: dict[int, list[dict[str, Any]]] = {}
    for visit in sorted((one for one in visits if one["status"] == "submitted"), key=lambda one: one["submitted_at"]):
        years.setdefault(visit["submitted_at"].astimezone(ISTANBUL).year, []).append(visit)
    blocks = []
    for year, done in years.items():
        for at, visit in enumerate(done):
            person = people[at // BLOCK % len(people)]["id"]
            device = UUID(int=_DEVICE.int + at // BLOCK % len(people))
            visit |= {"number": f"ZB-{year}-{at + 1:06d}", "assignee_id": visit["assignee_id"] or person,
                      "submitted_by": person, "device_id": device}  # fmt: skip
            if at % BLOCK == 0:
                used = min(BLOCK, len(done) - at)
                blocks.append((setting.municipality_id, uuid7(), "finding_record", year, device, person, at + 1,
                               at + BLOCK, at + used + 1, visit["submitted_at"]))  # fmt: skip
        connection.execute(
            "INSERT INTO number_counter (municipality_id, series, year, last) VALUES (%s, 'finding_record', %s, %s)",
            (setting.municipality_id, year, -(-len(done) // BLOCK) * BLOCK),
        )
    _copy(connection, NUMBERS, blocks)


def _row(setting: Setting, visit: dict[str, Any]) -> tuple[Any, ...]:
    names = (
        "business_id", "kind", "status", "form_code", "form_version", "department_id", "assignee_id", "due_on", "risk",
        "reason", "complaint_id", "previous_id", "planned_at", "number", "answers", "missing", "outcome",
        "finding_count", "started_at", "ended_at", "submitted_at", "submitted_by", "device_id", "geom", "accuracy_m",
    )  # fmt: skip
    values = {"form_version": 1, **visit}
    version = 2 if visit["status"] == "submitted" else 1
    return (setting.municipality_id, visit["id"], *(values.get(name) for name in names), True, version)


def _copy(connection: psycopg.Connection[Any], target: str, rows: Iterator[Any] | Sequence[Any]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)

"""A visit while it is made; no widgets.

Every change is kept as a draft at once, with where the screen was: leaving, or a kill, loses nothing. What was
submitted cannot be changed any more, it is amended.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from field_app import desk_inspections
from field_app.acts import iso
from field_app.desk_inspections import FINDING_FORM, SUBMIT
from field_app.numbers import NumberBook
from field_app.phone import Unlocked
from field_app.rows import Business, OpenFinding
from mobile.forms import Form, first_answers
from mobile.kit.forms.answering import Answering
from mobile.kit.i18n import language
from mobile.sdk.photo_rows import Photo
from mobile.wire.visit import RECHECK_FORM, Found, deadlines_of, findings_of, outcome_of, rechecks_of

MOST_PHOTOS = 60
"""So many photos a visit may have; the server takes no more (api/inspections/schemas.py)."""
_LINKS = ("business_id", "complaint_id", "previous_id", "department_id")


@dataclass(frozen=True)
class FindingLine:
    """One finding as the summary shows it: `term` is the last day, None without one."""

    path: str
    found: Found
    term: Any


@dataclass(frozen=True)
class Summary:
    """What is looked at before a visit is submitted."""

    outcome: str
    findings: tuple[FindingLine, ...]
    missing: tuple[tuple[str, str, str], ...]
    """Path, question and what is wrong with the answer."""
    photos: int
    signature: str
    """signed, refused, none, or empty where the form asks for none."""
    numbers_left: int


class InspectionModel:
    """One visit.

    Args of the screen: `id` of a visit (planned, or begun before), or `business_id` and `form_id` of one that is begun
    on the spot; both may be missing: then it is an act without a business.
    """

    def __init__(self, unlocked: Unlocked, arguments: Mapping[str, Any], place: Callable[[], Any]) -> None:
        """Take the open phone, what the screen was asked for, and where the phone is.

        Raises:
            ReadingLocked: the lease is over.
            LookupError: a planned visit is not on this phone (any more).
        """
        self._unlocked, self._place = unlocked, place
        self.desk = unlocked.desk
        self.body = self._begun(arguments) or self._planned(arguments) or self._new(arguments)
        self.visit_id = str(self.body["id"])
        self.draft_id = draft_id_of(self.visit_id)
        self.business: Business | None = self.desk.business(self.body.get("business_id"))
        planned = self.desk.inspection(self.visit_id)
        self.planned = planned if planned is not None and planned.status == "planned" else None
        self.is_done = planned is not None and planned.status != "planned"
        self.form = desk_inspections.form_of(
            self.desk, str(self.body["form_id"]), int(self.body.get("form_version") or 0)
        )
        self.started_at = self._moment(self.body.get("started_at")) or self.desk.now()
        self.where: dict[str, Any] = dict(self.body.get("where") or {})
        self.answering: Answering | None = self._answering(self.form) if self.form else None

    # --- what is shown --------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """Kind of the visit: routine, complaint, recheck or spot."""
        return str(self.body.get("kind") or "spot")

    @property
    def open_findings(self) -> tuple[OpenFinding, ...]:
        """What a re-check looks at."""
        return self.planned.open_findings if self.planned else ()

    def photos(self) -> list[Photo]:
        """Give the photos and signatures that were taken."""
        return self._unlocked.photos.photos_of(self.draft_id)

    def summary(self) -> Summary:
        """Look at all of it, as the office will."""
        form, answering = self.form, self.answering
        if form is None or answering is None:
            raise LookupError("without a form there is nothing to look at")
        answering.look_again()
        seen, today = answering.seen, self.desk.today()
        found = findings_of(form, seen)
        terms = deadlines_of(found, form, today, desk_inspections.cure_days(self.desk))
        paths = {finding.code: finding.path for finding in seen.findings}
        signatures = [shown.value for shown in seen.items if shown.item.type == "signature"]
        return Summary(
            outcome=outcome_of(found, terms, rechecks_of(seen), nobody_there=False),
            findings=tuple(
                FindingLine(paths.get(one.code, one.code), one, term)
                for one, term in zip(found, terms, strict=True)
            ),
            missing=tuple(
                (error.path, answering.item(answering.owner(error.path)).text("label", language.current), error.message)
                for error in seen.errors
            ),
            photos=sum(photo.kind == "photo" for photo in self.photos()),
            signature=_signed(signatures),
            numbers_left=self.numbers.left(today.year),
        )  # fmt: skip

    @property
    def numbers(self) -> NumberBook:
        """The phone's record numbers."""
        return NumberBook(self._unlocked.engine.store)

    # --- acts -----------------------------------------------------------------------------------------------------

    def keep(self, where: Mapping[str, Any] | None = None) -> None:
        """Keep everything as a draft; `where` is where the screen is."""
        if where is not None:
            self.where = dict(where)
        answers = self.answering.answers if self.answering else {}
        draft = {**self._facts(), "answers": answers, "where": self.where}
        self._unlocked.engine.save_draft(self.draft_id, SUBMIT, draft)

    def keep_where(self, where: Mapping[str, Any]) -> None:
        """Keep where the screen is, if anything was answered yet: a mere look makes no draft."""
        self.where = dict(where)
        if self.is_begun:
            self.keep()

    @property
    def is_begun(self) -> bool:
        """Whether there is a draft."""
        return any(draft.id == self.draft_id for draft in desk_inspections.drafts(self.desk))

    def discard(self) -> None:
        """Throw everything away that was answered."""
        self._unlocked.engine.drop_draft(self.draft_id)

    def submit(self, *, nobody_there: bool = False) -> str | None:
        """Hand the visit over to the outbox; gives its number, None where the office will give one.

        A visit at which nobody was met takes no number: there is no record.
        """
        ended_at = max(self.desk.now(), self.started_at)
        answers = self.answering.answers if self.answering else {}
        body = {**self._facts(), "answers": {} if nobody_there else answers, "ended_at": iso(ended_at)}
        place = self._place()
        body |= {"place": dict(place)} if place else {}
        body |= {"nobody_there": True} if nobody_there else {}
        given: dict[str, str | None] = {"number": None}

        def number() -> Mapping[str, Any]:
            if not nobody_there:
                given["number"] = self.numbers.take(self.desk.today().year)
            return given

        self._unlocked.acts.record(SUBMIT, body, self.draft_id, also=number)
        return given["number"]

    # --- inside ---------------------------------------------------------------------------------------------------

    def _facts(self) -> dict[str, Any]:
        version = self.form.version if self.form else self.body.get("form_version")
        told = {name: self.body.get(name) for name in _LINKS}
        return {
            "id": self.visit_id, "kind": self.kind, "form_id": self.body["form_id"], "form_version": version,
            "started_at": iso(self.started_at), **{name: value for name, value in told.items() if value},
        }  # fmt: skip

    def _begun(self, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        for draft in desk_inspections.drafts(self.desk):
            if "id" in arguments:
                is_it = draft.body.get("id") == arguments["id"]
            else:
                # Whoever begins at the same business again goes on with what was begun there.
                is_it = draft.body.get("kind") == "spot" and all(
                    draft.body.get(name) == arguments.get(name) for name in ("business_id", "form_id", "complaint_id")
                )
            if is_it:
                return dict(draft.body)
        return None

    def _planned(self, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        visit = self.desk.inspection(str(arguments["id"])) if "id" in arguments else None
        if visit is None:
            return None
        facts = {name: getattr(visit, name) for name in (*_LINKS, "id", "kind", "form_id", "form_version")}
        return {**facts, "answers": dict(visit.answers)}

    def _new(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if "id" in arguments and not (arguments.get("business_id") or arguments.get("form_id")):
            raise LookupError(arguments["id"])
        form_id = arguments.get("form_id")
        if not form_id:
            business = self.desk.business(arguments.get("business_id"))
            form = desk_inspections.form_for(self.desk, business.class_code) if business else None
            form_id = form.form_id if form else FINDING_FORM
        new_id = arguments.get("id") or self._unlocked.acts.new_id()
        links = {name: arguments.get(name) for name in _LINKS}
        return {"id": new_id, "kind": "spot", "form_id": form_id, **links}

    def _answering(self, form: Form) -> Answering:
        answers = self.body.get("answers")
        begins = answers or self._first_answers(form)
        return Answering(form, begins, now=self.desk.now, language=lambda: language.current)

    def _first_answers(self, form: Form) -> dict[str, Any]:
        """Give what the phone knows already, so that nobody types it."""
        told = first_answers(form, today=self.desk.today())
        klass = form.items.get("business_class")
        if klass is not None and self.business is not None and self.business.class_code in klass.choices:
            told["business_class"] = self.business.class_code
        if form.form_id == RECHECK_FORM and self.open_findings:
            told["findings"] = [
                {"item_code": one.item_code, "finding_text": one.text}
                | ({"deadline_on": one.deadline_on.isoformat()} if one.deadline_on else {})
                for one in self.open_findings
            ]
        if form.form_id == FINDING_FORM:
            place = self._place()
            known = {
                "place": dict(place) if place else None, "found_at": self.desk.now().strftime("%H:%M"),
                "address": self.business.address if self.business else None,
            }  # fmt: skip
            told |= {code: value for code, value in known.items() if value and code in form.items}
        return told

    @staticmethod
    def _moment(text: Any) -> datetime | None:
        return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) else None


def draft_id_of(visit_id: str) -> str:
    """Give the id of a visit's draft."""
    return f"inspection:{visit_id}"


def _signed(signatures: list[Any]) -> str:
    if not signatures:
        return ""
    first = signatures[0]
    return "none" if first is None else "refused" if isinstance(first, dict) else "signed"

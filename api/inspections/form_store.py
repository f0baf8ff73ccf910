"""Forms by version: published, never edited; older versions are accepted for ever."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from anyio import to_thread
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import audit, clock
from api.core.actor import Actor
from api.core.errors import NotFound
from api.core.ids import uuid7
from api.core.sql import Row
from api.inspections import form_queries as queries
from api.inspections.errors import FormNotValid, FormUnknown, VersionTaken
from api.inspections.schemas import FormDocumentOut, FormOut, FormPublishIn
from api.inspections.xlsform import read_xlsform
from api.inspections.xlsform_sheets import SheetFault, XlsFormInvalid
from api.municipalities import service as municipalities
from mobile.forms import Form, FormInvalid

MOST_HELD = 500
MOST_DOCUMENT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A published version, compiled."""

    id: UUID
    form: Form


# By database first. A version never changes, so what is held stays true.
_caches: WeakKeyDictionary[Any, OrderedDict[tuple[int, str, int], HeldForm]] = WeakKeyDictionary()


async def form_of(session: AsyncSession, municipality_id: int, code: str, version: int) -> HeldForm:
    """Give a published version; one statement on first use, none afterwards.

    Raises:
        FormUnknown: it was never published here.
    """
    cache = _caches.setdefault(session.bind, OrderedDict())
    key = (municipality_id, code, version)
    held = cache.get(key)
    if held is None:
        row = await queries.form(session, municipality_id, code, version)
        if row is None:
            raise FormUnknown(form_id=code, form_version=version)
        held = cache[key] = HeldForm(row["id"], Form.load(row["document"]))
    cache.move_to_end(key)
    while len(cache) > MOST_HELD:
        cache.popitem(last=False)
    return held


async def current_form(session: AsyncSession, municipality_id: int, code: str) -> Form:
    """Give the version that new visits are made with.

    Raises:
        FormUnknown: there is no such form.
    """
    version = await queries.current_version(session, municipality_id, code)
    if version is None:
        raise FormUnknown(form_id=code)
    return (await form_of(session, municipality_id, code, version)).form


async def publish_form(session: AsyncSession, actor: Actor, new: FormPublishIn) -> FormOut:
    """Publish the next version of a form; new visits use it, planned ones keep the version they were planned with.

    Raises:
        Forbidden: without `inspection_form.edit`.
        FormNotValid: with every fault of the document.
        VersionTaken: the version is not the next one of this form.
    """
    actor.demand("inspection_form.edit")
    form = await to_thread.run_sync(_checked, new.document)
    # Growing the version first locks the town's configuration: two people never publish the same version.
    await municipalities.bump_config(session, actor.municipality_id)
    newest = await queries.newest_version(session, actor.municipality_id, form.form_id)
    if form.version != newest + 1:
        raise VersionTaken(next_version=newest + 1)
    form_id = uuid7()
    await queries.insert_form(session, actor.municipality_id, _row(form, form_id, actor.id))
    await audit.record(
        session, actor, "inspection_form.edit", "inspection_form", form_id, form=form.form_id, version=form.version
    )
    return await _out(session, actor, form_id)


async def import_xlsform(session: AsyncSession, actor: Actor, data: bytes) -> FormOut:
    """Publish a form from an Excel file (XLSForm); the version in the file may be left as it was, it becomes the next.

    Raises:
        FormNotValid: with every fault, its sheet, row and column. And those of `publish_form`.
    """
    actor.demand("inspection_form.edit")
    try:
        document = await to_thread.run_sync(read_xlsform, data)
    except XlsFormInvalid as invalid:
        raise FormNotValid(faults=[_sheet_fault(fault) for fault in invalid.faults[:50]]) from None
    document["version"] = await queries.newest_version(session, actor.municipality_id, document["form_id"]) + 1
    return await publish_form(session, actor, FormPublishIn(document=document))


async def list_forms(session: AsyncSession, actor: Actor) -> list[FormOut]:
    """Every version of every form, by code, newest version first."""
    actor.demand("business.read")
    return [_line(row) for row in await queries.forms(session, actor.municipality_id)]


async def read_form(session: AsyncSession, actor: Actor, form_id: UUID) -> FormDocumentOut:
    """One version with its document.

    Raises:
        NotFound: no such version here.
    """
    actor.demand("business.read")
    rows = await queries.forms(session, actor.municipality_id, form_id)
    if not rows:
        raise NotFound
    return FormDocumentOut(**_line(rows[0]).model_dump(), document=rows[0]["document"])


async def current_forms(session: AsyncSession, municipality_id: int) -> list[Row]:
    """Forms that phones need (current, or of planned visits): `[{"id", "form_id", "version", "document"}]`."""
    return await queries.needed_forms(session, municipality_id)


def _checked(document: dict[str, Any]) -> Form:
    try:
        if len(json.dumps(document, ensure_ascii=False)) > MOST_DOCUMENT_BYTES:
            raise FormNotValid(faults=[{"path": "", "tr": "Form çok büyük.", "en": "The form is too large."}])
        return Form.load(document)
    except FormInvalid as invalid:
        faults = [{"path": one.path, "tr": one.text("tr"), "en": one.text("en")} for one in invalid.faults[:50]]
        raise FormNotValid(faults=faults) from None


def _sheet_fault(fault: SheetFault) -> dict[str, Any]:
    return {"path": f"{fault.sheet} {fault.row or ''} {fault.column}".strip(), "tr": fault.tr, "en": fault.en}


def _row(form: Form, form_id: UUID, published_by: UUID | None) -> dict[str, Any]:
    return {
        "id": form_id,
        "code": form.form_id,
        "form_version": form.version,
        "document": json.dumps(form.document, ensure_ascii=False),
        "published_by": published_by,
        "at": clock.now(),
    }


async def _out(session: AsyncSession, actor: Actor, form_id: UUID) -> FormOut:
    return _line((await queries.forms(session, actor.municipality_id, form_id))[0])


def _line(row: Row) -> FormOut:
    document = row["document"]
    return FormOut(
        id=row["id"],
        form_id=row["code"],
        version=row["form_version"],
        title=document["title"],
        kind=document["kind"],
        item_count=_count(document["items"]),
        is_current=row["is_current"],
        published_at=row["published_at"],
        published_by=row["published_by_name"],
    )


def _count(items: list[dict[str, Any]]) -> int:
    return sum(1 + _count(item.get("items", [])) for item in items)

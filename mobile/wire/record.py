"""The finding record (tespit tutanağı) of a visit as a plain document: one source for the phone's screen and the PDF.

Pure: what it says depends on its arguments alone. It is Turkish, for it is a record of a Turkish authority. What it
must hold: Law 5326 m.25 (place, time, act, evidence, who recorded it) as far as a finding needs it; a refused
signature is stated (imzadan imtina). It is no penalty; records of penalties, seizure and sealing will stand beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from mobile.forms import Evaluation, Form, evaluate
from mobile.forms.items import Item
from mobile.wire.visit import deadlines_of, findings_of, rechecks_of

TITLE = "İŞYERİ DENETİM VE TESPİT TUTANAĞI"
NO_SIGNATURE = (
    "Bu tutanaktaki ekranda çizilmiş imza, 5070 sayılı Kanun anlamında güvenli elektronik imza değildir; "
    "delil niteliğindedir."
)
HOLIDAY = "Sürenin son günü tatile rastlarsa süre, izleyen ilk iş gününün sonunda biter."
CLOCK = "Telefonun saati doğrulanamamıştır; saatler yaklaşıktır (± {minutes} dakika)."
CLOCK_UNKNOWN = "Telefonun saati doğrulanamamıştır; saatler yaklaşıktır."
SEVERITIES = {"minor": "Hafif", "major": "Önemli", "critical": "Ağır"}
VERDICTS = {
    "tr": {"yes": "Uygun", "no": "Uygun değil", "na": "Kapsam dışı"},
    "en": {"yes": "In order", "no": "Not in order", "na": "Does not apply"},
}
YES_NO = {"tr": ("Hayır", "Evet"), "en": ("No", "Yes")}
OUTCOMES = {
    "passed": "Aykırılık bulunmadı",
    "warned": "Aykırılıkların giderilmesi için süre verildi",
    "failed": "Giderilmemiş aykırılık var",
    "nobody_there": "İşyeri kapalı bulundu, denetim yapılamadı",
}
KINDS = {
    "routine": "Olağan denetim",
    "complaint": "Başvuru üzerine denetim",
    "recheck": "Süre sonu kontrolü",
    "spot": "Yerinde tespit",
}
RESULTS = {
    "cured": "Giderilmiş",
    "not_cured": "Giderilmemiş",
    "more_time": "Ek süre verildi",
    None: "Görülemedi",
}
_UNTOLD = ("note", "group", "repeat", "photo", "signature")
# Turkey keeps one offset the whole year; phones have no time zone data.
_ISTANBUL = timezone(timedelta(hours=3))


@dataclass(frozen=True)
class Photo:
    """A photo that stands as evidence, known by the hash of its original."""

    id: str
    sha256: str
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What the record says besides the answers to the form; times are aware, `uncertain_minutes` None = clock is right.

    `default_days` is the term of findings for which neither the inspector nor the form says one. `uncertain_minutes` of
    0 says that the clock may be wrong, nobody knows by how much.
    """

    town: str
    department: str
    kind: str
    outcome: str
    number: str | None
    business: str
    activity: str
    address: str
    started_at: datetime
    ended_at: datetime
    officer: str
    officer_title: str
    officer_registry_no: str
    device_id: str
    licence_no: str = ""
    place: tuple[float, float] | None = None
    accuracy_m: float | None = None
    uncertain_minutes: int | None = None
    default_days: int | None = None
    photos: Sequence[Photo] = ()
    amendments: Sequence[tuple[datetime, str, str]] = ()
    signature_id: str | None = None


@dataclass(frozen=True)
class Table:
    """Rows under their headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the document: lines of label and value, then a table, then paragraphs."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignaturePlace:
    """A place for a signature; `image_id` is the photo of a drawn one, `remark` says why there is none."""

    role: str
    name: str
    remark: str = ""
    image_id: str | None = None


@dataclass(frozen=True)
class Document:
    """A record as people read it, from top to bottom."""

    authority: tuple[str, str]
    title: str
    number: str
    sections: tuple[Section, ...]
    signatures: tuple[SignaturePlace, ...]
    footer: tuple[str, ...] = field(default=())


def finding_record(form: Form, answers: Any, facts: Facts) -> Document:
    """Write the record of a visit.

    Args:
        form: of the very version that the answers were given to.
        answers: as `mobile.forms.evaluate` takes them.
        facts: everything else.
    """
    seen = evaluate(form, answers, today=facts.ended_at.astimezone(_ISTANBUL).date())
    signed = {facts.signature_id} | {shown.value for shown in seen.items if isinstance(shown.value, str)}
    photos = sorted((photo for photo in facts.photos if photo.id not in signed), key=lambda photo: photo.id)
    facts = replace(facts, photos=photos)
    sections = [_heads(facts), *_persons(seen), *_found(form, seen, facts), *_before(seen)]
    if facts.outcome != "nobody_there":
        sections.append(_checked(form, seen))
    sections += [*_evidence(facts), *_amended(facts)]
    return Document(
        authority=(f"T.C. {_upper(facts.town)}", facts.department),
        title=TITLE,
        number=facts.number or "Numara alınmadı",
        sections=tuple(section for section in sections if section.lines or section.table or section.paragraphs),
        signatures=_signatures(seen, facts),
        footer=_footer(facts),
    )


def _heads(facts: Facts) -> Section:
    place = ""
    if facts.place is not None:
        accuracy = f" (± {facts.accuracy_m:.0f} m)" if facts.accuracy_m is not None else ""
        place = f"{facts.place[1]:.6f}, {facts.place[0]:.6f}{accuracy}"
    lines = (
        ("Denetimin türü", KINDS[facts.kind]),
        ("İşyeri", facts.business),
        ("Faaliyet", facts.activity),
        ("Ruhsat no", facts.licence_no),
        ("Adres", facts.address),
        ("Konum (enlem, boylam)", place),
        ("Başlangıç", _moment(facts.started_at)),
        ("Bitiş", _moment(facts.ended_at)),
        ("Sonuç", OUTCOMES[facts.outcome]),
    )
    remarks: tuple[str, ...] = ()
    if facts.uncertain_minutes is not None:
        remarks = (CLOCK.format(minutes=facts.uncertain_minutes) if facts.uncertain_minutes else CLOCK_UNKNOWN,)
    return Section("Yer, zaman ve işyeri", tuple(line for line in lines if line[1]), paragraphs=remarks)


def _persons(seen: Evaluation) -> list[Section]:
    """Who was there, as the form asks it: items named `present_…` and those of persons."""
    lines = tuple(
        (shown.item.text("label", "tr"), said(shown.item, shown.value))
        for shown in seen.items
        if _is_of_persons(shown.item) and shown.item.type not in _UNTOLD
    )
    lines = tuple(line for line in lines if line[1])
    return [Section("Hazır bulunanlar", lines)] if lines else []


def _is_of_persons(item: Item) -> bool:
    return item.code.startswith("present_") or (item.parent or item.code).startswith("person")


def _found(form: Form, seen: Evaluation, facts: Facts) -> list[Section]:
    found = findings_of(form, seen)
    if facts.outcome == "nobody_there" or (not found and rechecks_of(seen)):
        return []
    visited_on = facts.ended_at.astimezone(_ISTANBUL).date()
    numbers = {photo.id: number for number, photo in enumerate(facts.photos, start=1)}
    rows = []
    deadlines = deadlines_of(found, form, visited_on, facts.default_days)
    for at, (one, deadline) in enumerate(zip(found, deadlines, strict=True), start=1):
        term = f"{deadline:%d.%m.%Y}" if deadline else "Süre verilmedi"
        # A check says how it must be; found was the contrary.
        told = one.text if form.kind == "finding" else f"Uygun değil: {one.text}"
        told += f" — {one.note}" if one.note else ""
        shown = ", ".join(str(numbers[photo]) for photo in one.photos if photo in numbers)
        term = "Derhal giderildi" if one.is_cured_at_once else term
        rows.append((str(at), told, one.law or "—", SEVERITIES[one.severity], term, shown or "—"))
    if not rows:
        return [Section("Tespitler", paragraphs=("Mevzuata aykırı bir husus tespit edilmemiştir.",))]
    table = Table(("No", "Tespit", "Dayanak", "Önem", "Giderme süresi sonu", "Fotoğraf"), tuple(rows))
    return [Section("Tespitler", table=table, paragraphs=(HOLIDAY,) if any(deadlines) else ())]


def _before(seen: Evaluation) -> list[Section]:
    rows = []
    for one in rechecks_of(seen):
        state = RESULTS[one.result]
        if one.new_deadline_on:
            state += f": {one.new_deadline_on:%d.%m.%Y}"
        term = f"{one.deadline_on:%d.%m.%Y}" if one.deadline_on else "—"
        rows.append((one.text or one.code, term, state, one.note or "—"))
    if not rows:
        return []
    return [Section("Önceki uyarının konusu", table=Table(("Husus", "Süre sonu", "Durum", "Açıklama"), tuple(rows)))]


def _checked(form: Form, seen: Evaluation) -> Section:
    rows = []
    for shown in seen.items:
        item = shown.item
        if item.type in _UNTOLD or item.repeat == "findings" or _is_of_persons(item):
            continue
        note = shown.value.get("note", "") if item.type == "check" and isinstance(shown.value, dict) else ""
        value = said(item, shown.value)
        if value:
            rows.append((item.text("label", "tr"), value + (f" — {note}" if note else "")))
    title = form.title.get("tr", form.form_id)
    table = Table(("Husus", "Durum"), tuple(rows)) if rows else None
    return Section(f"Bakılan hususlar: {title} (sürüm {form.version})", table=table)


def _evidence(facts: Facts) -> list[Section]:
    rows = tuple(
        (str(number), _moment(photo.taken_at) if photo.taken_at else "—", photo.sha256)
        for number, photo in enumerate(facts.photos, start=1)
    )
    if not rows:
        return []
    return [Section("Fotoğraflar", table=Table(("No", "Çekim zamanı", "Özet değeri (SHA-256)"), rows))]


def _amended(facts: Facts) -> list[Section]:
    lines = tuple((f"{_moment(at)} · {by}", text) for at, by, text in facts.amendments)
    return [Section("Sonradan eklenen düzeltmeler", lines)] if lines else []


def _signatures(seen: Evaluation, facts: Facts) -> tuple[SignaturePlace, ...]:
    name = " · ".join(part for part in (facts.officer, facts.officer_title) if part)
    registry = f"Sicil no: {facts.officer_registry_no}" if facts.officer_registry_no else ""
    places = [SignaturePlace("Tutanağı düzenleyen", name, registry)]
    if facts.outcome == "nobody_there":
        return tuple(places)
    signed = [shown for shown in seen.items if shown.item.type == "signature"]
    for shown in signed:
        role, value = shown.item.text("label", "tr"), shown.value
        if isinstance(value, dict):
            note = value.get("note", "")
            places.append(SignaturePlace(role, "", "İmzadan imtina etti" + (f": {note}" if note else "")))
        else:
            places.append(SignaturePlace(role, "", "" if value else "İmza alınmadı", value or None))
    if facts.signature_id and not any(place.image_id for place in places):
        places.append(SignaturePlace("İşyeri adına", "", "", facts.signature_id))
    elif not signed:
        places.append(SignaturePlace("İşyeri adına", "", "İmza alınmadı"))
    return tuple(places)


def _footer(facts: Facts) -> tuple[str, ...]:
    lines = [f"Cihaz: {facts.device_id}"] if facts.device_id else []
    return (*lines, NO_SIGNATURE)


def said(item: Item, value: Any, language: str = "tr") -> str:  # noqa: PLR0911 (one line for each kind of answer)
    """Say an answer as people read it; empty where there is nothing to say."""
    if value is None:
        return ""
    if item.type == "check":
        verdict = value.get("v") if isinstance(value, dict) else value
        return VERDICTS[language].get(str(verdict), "")
    if item.type in ("choice", "multi_choice"):
        labels = {one["code"]: one["label"].get(language) or one["label"]["tr"] for one in item.raw["choices"]}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(labels.get(code, str(code)) for code in chosen)
    if isinstance(value, bool):
        return YES_NO[language][value]
    if item.type == "date" and isinstance(value, str):
        return f"{date.fromisoformat(value):%d.%m.%Y}"
    if item.type == "place" and isinstance(value, dict):
        return f"{value['lat']:.6f}, {value['lon']:.6f}"
    if isinstance(value, list | dict):
        return ""
    text = str(value).replace(".", ",") if item.type == "number" else str(value)
    return f"{text} {item.raw.get('unit', '')}".strip()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_ISTANBUL):%d.%m.%Y %H:%M}"


def _upper(text: str) -> str:
    return text.replace("i", "İ").upper()

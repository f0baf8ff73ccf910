"""The forms on the page of a case: which acts are offered, with what was typed and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.complaints.schemas import ComplaintOut
from api.console.actions import ACTIONS, ActionSpec, FieldSpec
from api.console.language import Catalogue
from api.console.views.filters import Option


@dataclass(frozen=True)
class FieldView:
    """A field with its value and its fault."""

    name: str
    kind: str
    label: str
    hint: str
    value: str
    required: bool
    longest: int
    options: Sequence[Option]
    fault: str


@dataclass(frozen=True)
class ActionView:
    """An act with its form; without fields it is one button."""

    name: str
    url: str
    icon: str
    label: str
    submit: str
    hint: str
    fields: Sequence[FieldView]
    has_files: bool
    is_first: bool
    is_grave: bool
    is_open: bool
    fault: str
    reload_url: str


@dataclass(frozen=True)
class Attempt:
    """A form that came back: what was typed, and what is wrong field by field."""

    name: str
    values: Mapping[str, str]
    faults: Mapping[str, str]


def action_views(
    t: Catalogue, case: ComplaintOut, options: Mapping[str, Sequence[Option]], attempt: Attempt | None = None
) -> list[ActionView]:
    """Give the acts that this reader may do now; `options` are the choices of fields by name."""
    allowed = [spec for spec in ACTIONS.values() if spec.name in case.allowed_actions]
    return [
        _view(t, spec, case, options, attempt if attempt and attempt.name == spec.name else None, is_first=place == 0)
        for place, spec in enumerate(allowed)
    ]


def _view(
    t: Catalogue,
    spec: ActionSpec,
    case: ComplaintOut,
    options: Mapping[str, Sequence[Option]],
    attempt: Attempt | None,
    *,
    is_first: bool,
) -> ActionView:
    hint_key = f"action.{spec.name}.hint"
    return ActionView(
        name=spec.name,
        url=f"/console/complaints/{case.id}/{spec.path}",
        icon=spec.icon,
        label=t(f"action.{spec.name}"),
        submit=t(f"action.{spec.name}.submit"),
        hint=t(hint_key) if t.has(hint_key) else "",
        fields=[_field(t, spec, field, case, options.get(field.name, ()), attempt) for field in spec.fields],
        has_files=spec.has_files,
        is_first=is_first,
        is_grave=spec.is_grave,
        is_open=attempt is not None,
        fault=attempt.faults.get("", "") if attempt else "",
        reload_url="",
    )


def _field(
    t: Catalogue,
    spec: ActionSpec,
    field: FieldSpec,
    case: ComplaintOut,
    options: Sequence[Option],
    attempt: Attempt | None,
) -> FieldView:
    is_required = field.is_required or (field.kind == "files" and spec.name == "close" and case.closing_photo_required)
    return FieldView(
        name=field.name,
        kind=field.kind,
        label=t(f"action.{spec.name}.{field.name}"),
        hint=t("field.photos_hint") if field.kind == "files" else "",
        value=attempt.values.get(field.name, "") if attempt else "",
        required=is_required,
        longest=field.longest,
        options=options,
        fault=attempt.faults.get(field.name, "") if attempt else "",
    )

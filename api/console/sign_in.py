"""Signing in: name, password and code on one page; the first time a second page connects the authenticator."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import segno
from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.console.frames import bare_frame, safe_return, town_face, words
from api.console.language import Catalogue
from api.console.pages import TownFace, pages
from api.console.steps import Step, StepOver, seal, unseal
from api.core.db import Database
from api.core.errors import AppError, NotFound
from api.core.tenancy import enter_municipality
from api.core.text import fold
from api.identity import service as identity
from api.identity.deps import caller_address, database_of, session_cookie, session_cookie_name
from api.identity.schemas import StaffCredentials
from api.municipalities import service as municipalities

FORM_COOKIE = "console_form"
TOWN_COOKIE = "console_town"
_YEAR = 365 * 24 * 3600
_LONGEST_LABEL = 200
_SLUG = re.compile(r"[a-z0-9-]{1,80}")
_FIELDS = ("municipality", "username", "password", "code", "new_password", "again")
_FIELD_OF = {"totp_code": "code"}


@dataclass
class SignInForm:
    """What was typed and what is wrong with it; never the password."""

    municipality: str = ""
    username: str = ""
    back: str = ""
    told: str = ""
    fault: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_FIELDS, ""))


def form_cookie_name(request: Request) -> str:
    """Give the name of the cookie that binds sign-in forms to their browser."""
    return f"__Host-{FORM_COOKIE}" if request.app.state.settings.is_production else FORM_COOKIE


async def show(request: Request, form: SignInForm) -> Response:
    """Show the sign-in page."""
    town = await _town(database_of(request), form.municipality) if form.municipality else None
    if form.municipality and town is None:
        form.faults["municipality"] = words(request)("sign_in.unknown_municipality")
    browser = request.cookies.get(form_cookie_name(request)) or secrets.token_urlsafe(32)
    frame = bare_frame(request, town, identity.csrf_token(browser))
    response = pages().page("sign_in.html", frame, status=form.status, headers=form.headers, form=form)
    _set_cookie(request, response, form_cookie_name(request), browser, same_site="strict")
    return response


async def sign_in(request: Request, typed: FormData) -> Response:
    """Try what was typed on the first page."""
    browser = _browser(request, typed)
    slug = fold(_text(typed, "municipality"))
    form = SignInForm(slug, _text(typed, "username"), safe_return(_text(typed, "back")))
    t = words(request)
    form.faults |= _missing(t, typed, "municipality", "username", "password")
    values = {"municipality": form.municipality, "username": form.username, "password": _text(typed, "password")}
    credentials = _credentials(t, form.faults, {**values, "totp_code": _code(typed)})
    if credentials is None:
        form.status = 422
        return await show(request, form)
    try:
        result = await _open(request, credentials)
    except AppError as error:
        form.fault, form.status, form.headers = _said(t, error), error.status, _plain(error)
        return await show(request, form)
    if result.cookie is not None:
        return signed_in(request, result.cookie, form.municipality, form.back)
    enrolment = result.step.enrolment
    step = Step(
        kind="enrol" if enrolment else "password",
        **values,
        back=form.back,
        uri=enrolment.uri if enrolment else "",
        secret=enrolment.secret if enrolment else "",
        needs_password=result.step.must_change_password,
    )
    return await show_step(request, step, browser, SignInForm())


async def show_step(request: Request, step: Step, browser: str, form: SignInForm) -> Response:
    """Show the second page: connect an authenticator, choose a password, or both."""
    town = await _town(database_of(request), step.municipality)
    shown: dict[str, Any] = {
        "sealed": seal(step, browser),
        "username": step.username,
        "secret": " ".join(step.secret[start : start + 4] for start in range(0, len(step.secret), 4)),
        "qr": segno.make(step.uri, error="m").svg_data_uri(scale=5, border=2) if step.uri else "",
        "needs_password": step.needs_password,
    }
    frame = bare_frame(request, town, identity.csrf_token(browser))
    return pages().page("sign_in_step.html", frame, status=form.status, headers=form.headers, form=form, step=shown)


async def finish_step(request: Request, typed: FormData) -> Response:
    """Try what was typed on the second page."""
    browser = _browser(request, typed)
    t = words(request)
    try:
        step = unseal(_text(typed, "step"), browser)
    except StepOver:
        return await show(request, SignInForm(fault=t("sign_in.expired"), status=422))
    form = SignInForm()
    form.faults |= _missing(t, typed, "code", *(("new_password",) if step.needs_password else ()))
    new_password = _text(typed, "new_password") if step.needs_password else None
    if new_password and new_password != _text(typed, "again"):
        form.faults["again"] = t("password.differ")
    values = {"municipality": step.municipality, "username": step.username, "password": step.password}
    credentials = _credentials(t, form.faults, {**values, "totp_code": _code(typed), "new_password": new_password})
    if credentials is None:
        form.status = 422
        return await show_step(request, step, browser, form)
    try:
        result = await _open(request, credentials)
    except AppError as error:
        form.fault, form.status, form.headers = _said(t, error), error.status, _plain(error)
        return await show_step(request, step, browser, form)
    if result.cookie is None:
        return await show(request, SignInForm(step.municipality, step.username, step.back))
    return signed_in(request, result.cookie, step.municipality, step.back)


def signed_in(request: Request, cookie: str, municipality: str, back: str) -> Response:
    """Open the console with the new session's cookie."""
    response = RedirectResponse(safe_return(back), status_code=303)
    _set_cookie(request, response, session_cookie_name(request), cookie)
    _set_cookie(request, response, TOWN_COOKIE, municipality, max_age=_YEAR)
    response.delete_cookie(form_cookie_name(request), secure=_is_secure(request))
    return response


def _is_secure(request: Request) -> bool:
    return bool(request.app.state.settings.is_production)


def _set_cookie(
    request: Request, response: Response, name: str, value: str, *, same_site: str = "lax", max_age: int | None = None
) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=_is_secure(request), httponly=True,
        samesite="strict" if same_site == "strict" else "lax",
    )  # fmt: skip


async def _open(request: Request, credentials: StaffCredentials) -> identity.ConsoleSignIn:
    label = request.headers.get("user-agent", "")[:_LONGEST_LABEL]
    return await identity.open_console_session(
        database_of(request), credentials, caller_address(request), label=label, previous_cookie=session_cookie(request)
    )


async def _town(database: Database, slug: str) -> TownFace | None:
    if not _SLUG.fullmatch(slug):
        return None
    async with database.transaction() as session:
        try:
            municipality = await municipalities.public_municipality(session, slug)
        except NotFound:
            return None
        await enter_municipality(session, municipality.id)
        return town_face(await municipalities.town_config(session, municipality.id, municipality.config_version))


def _browser(request: Request, typed: FormData) -> str:
    """Give the browser's form cookie; the form must carry its token.

    Raises:
        CsrfRefused: it does not.
    """
    browser = request.cookies.get(form_cookie_name(request), "")
    identity.verify_csrf(browser, _text(typed, "csrf") if browser else None)
    return browser


def _text(typed: FormData, name: str) -> str:
    value = typed.get(name)
    if not isinstance(value, str):
        return ""
    return value if "password" in name or name == "again" else value.strip()


def _code(typed: FormData) -> str | None:
    return _text(typed, "code").replace(" ", "") or None


def _missing(t: Catalogue, typed: FormData, *names: str) -> dict[str, str]:
    return {name: t("fault.required") for name in names if not _text(typed, name)}


def _credentials(t: Catalogue, faults: dict[str, str], values: Mapping[str, str | None]) -> StaffCredentials | None:
    """Give the credentials, or None after noting what is wrong with them field by field."""
    try:
        credentials = StaffCredentials.model_validate(values)
    except ValidationError as error:
        for fault in error.errors():
            name = _FIELD_OF.get(str(fault["loc"][0]), str(fault["loc"][0]))
            faults[name] = faults[name] or t("sign_in.code_form" if name == "code" else "fault.invalid")
        return None
    return None if any(faults.values()) else credentials


def _plain(error: AppError) -> dict[str, str]:
    return {name: value for name, value in error.headers.items() if name == "Retry-After"}


def _said(t: Catalogue, error: AppError) -> str:
    return error.en if t.language == "en" else error.tr

"""Turns every failure into `application/problem+json`; nothing internal ever leaves."""

from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.core import audit
from api.core.crypto import CryptoError
from api.core.errors import AppError, Conflict, Forbidden, Invalid, NotFound, Refused, TooLarge, Unavailable
from api.core.storage import StorageError, StorageUnavailable

log = structlog.get_logger("belediye.errors")


def language_of(request: Request) -> str:
    """Turkish unless the caller asks for English first."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "tr"


def problem_response(error: AppError, language: str = "tr") -> JSONResponse:
    """Give the error's problem document as an answer."""
    return JSONResponse(
        error.problem(language), status_code=error.status, headers=error.headers, media_type="application/problem+json"
    )


async def note_refusal(request: Request, error: AppError) -> None:
    """Write a refusal that a verb met into the audit trail, in a transaction of its own; the verb's has rolled back."""
    if isinstance(error, Forbidden) and error.refused is not None:
        actor, permission = error.refused
        async with request.app.state.database.transaction(actor.municipality_id) as session:
            await audit.record(session, actor, "access.refuse", "permission", permission)


async def _app_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, AppError):
        raise TypeError
    await note_refusal(request, error)
    return problem_response(error, language_of(request))


def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise TypeError
    fields: list[dict[str, Any]] = [
        # The value itself is not repeated: it may be personal data.
        {"field": ".".join(str(part) for part in item["loc"]), "code": item["type"], "message": item["msg"]}
        for item in error.errors()[:20]
    ]
    return problem_response(Invalid(errors=fields), language_of(request))


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError
    known: dict[int, AppError] = {
        403: Forbidden(),
        404: NotFound(),
        405: Refused(code="method_not_allowed"),
        413: TooLarge(),
    }
    answer = known.get(error.status_code, Refused(code="bad_request"))
    response = problem_response(answer, language_of(request))
    response.status_code = error.status_code
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _database(request: Request, error: Exception) -> Response:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return problem_response(Unavailable(code="too_slow"), language_of(request))
    if isinstance(cause, (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable)):
        return problem_response(Conflict(code="busy"), language_of(request))
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return problem_response(Conflict(code="already_exists"), language_of(request))
    if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        log.warning("database away", error=type(cause).__name__)
        return problem_response(Unavailable(), language_of(request))
    return _unexpected(request, error)


def _refused_value(request: Request, error: Exception) -> Response:
    """Values that the pure modules refuse (places, photos, numbers, cursors) carry a code and a Turkish text."""
    code, message = getattr(error, "code", None), getattr(error, "message_tr", None)
    # A seal that does not open is our fault or an attack, never a slip of the caller's.
    if code is None or message is None or isinstance(error, CryptoError):
        return _unexpected(request, error)
    return problem_response(Invalid(code=code, tr=message, en=Invalid.en), language_of(request))


def _storage(request: Request, error: Exception) -> Response:
    if isinstance(error, StorageUnavailable):
        log.warning("blob store away", exc_info=error)
        return problem_response(Unavailable(code="storage_unavailable"), language_of(request))
    return _unexpected(request, error)


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return problem_response(AppError(), language_of(request))


def install(app: FastAPI) -> None:
    """Give the application its one set of error handlers."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in (DBAPIError, psycopg.Error, PoolTimeout, OSError):
        app.add_exception_handler(kind, _database)
    app.add_exception_handler(ValueError, _refused_value)
    app.add_exception_handler(StorageError, _storage)
    app.add_exception_handler(Exception, _unexpected)

"""Refusals and failures as pages for people: in place of the form that met them, or as a page of their own."""

import inspect
import json
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from api.console.frames import HOME, bare_frame, is_partial, own_address, words
from api.console.pages import pages
from api.core.errors import AppError, NotFound, StaleVersion, Unauthenticated
from api.core.problem import note_refusal
from api.identity.deps import session_cookie

SIGN_IN = "/console/sign-in"
# The element of every page that shows what no form asked for.
EVERYWHERE = "toast"
_ENDED = urlencode({"ended": "1"})


class ConsoleRoute(APIRoute):
    """A route whose failures are shown to a person; the transaction has rolled back before."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        original = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await original(request)
            except AppError as error:
                await note_refusal(request, error)
                return shown(request, error)
            except RequestValidationError:
                return shown(request, NotFound())
            except Exception as error:  # noqa: BLE001 (handed to the application's own handler, which logs it)
                return shown(request, await _as_app_error(request, error))
            finally:
                await request.close()

        return answer


def show_faults_in(request: Request, slot: str, back_url: str) -> None:
    """Name the element that shows this request's refusal, and the page to return to without scripts."""
    request.state.fault_slot = slot
    request.state.fault_back = back_url


def shown(request: Request, error: AppError) -> Response:
    """Give the answer that tells a person about a refusal."""
    if isinstance(error, Unauthenticated):
        return _to_sign_in(request)
    t = words(request)
    text = error.en if t.language == "en" else error.tr
    slot: str = getattr(request.state, "fault_slot", EVERYWHERE)
    back: str = getattr(request.state, "fault_back", HOME)
    headers = {name: value for name, value in error.headers.items() if name.lower() != "www-authenticate"}
    if is_partial(request):
        fault = {"fault": text, "reload_url": back if isinstance(error, StaleVersion) else ""}
        headers |= {"HX-Retarget": f"#{slot}", "HX-Reswap": "innerHTML"}
        return pages().page(
            "partials/action_fault.html", bare_frame(request), status=error.status, headers=headers, action=fault
        )
    link = t("fault.home") if back == HOME else t("fault.back")
    fault = {"title": text, "text": "", "url": back, "link": link}
    return pages().page("fault.html", bare_frame(request), status=error.status, headers=headers, fault=fault)


def _to_sign_in(request: Request) -> Response:
    if is_partial(request):
        return Response(status_code=401, headers={"HX-Redirect": f"{SIGN_IN}?{_ENDED}"})
    wanted = own_address(request) if request.method == "GET" else HOME
    query = {"back": wanted} if wanted != HOME else {}
    if session_cookie(request) is not None:
        query["ended"] = "1"
    return RedirectResponse(f"{SIGN_IN}?{urlencode(query)}" if query else SIGN_IN, status_code=303)


class _Reported(AppError):
    """A failure that the application's own handler has logged and put into words."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(tr=title)
        self.status = status  # type: ignore[misc]


async def _as_app_error(request: Request, error: Exception) -> AppError:
    handlers = request.app.exception_handlers
    for kind in type(error).__mro__:
        if kind in handlers:
            answer = handlers[kind](request, error)
            response: Response = await answer if inspect.isawaitable(answer) else answer
            told = json.loads(bytes(response.body))
            return _Reported(response.status_code, str(told.get("title", "")) or AppError.tr)
    raise error

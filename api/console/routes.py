"""The pages of the console; each page's own work stands in the module it is named after."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import RedirectResponse, Response

from api.console import board, case, sign_in
from api.console.actions import ACTIONS, ActionSpec
from api.console.assets import AssetFiles
from api.console.business_routes import router as business_router
from api.console.faults import SIGN_IN, ConsoleRoute
from api.console.field_routes import router as field_router
from api.console.frames import safe_return, words
from api.console.guard import ConsolePermitted, ConsolePermittedAlone, ReaderDep, form_of
from api.console.inspection_routes import router as inspection_router
from api.console.language import LANGUAGE_COOKIE, LANGUAGES
from api.console.pages import THEME_COOKIE, THEMES, pages
from api.console.theme import theme_css
from api.core.actor import Actor
from api.core.deps import SessionDep
from api.identity import service as identity
from api.identity.deps import TownDep, session_cookie_name
from api.municipalities import service as municipalities

router = APIRouter(prefix="/console", route_class=ConsoleRoute, include_in_schema=False, tags=["console"])
_YEAR = 365 * 24 * 3600

# (method, path): what anybody may call. Every other route has a `ConsolePermitted`.
PUBLIC_ROUTES = frozenset(
    {
        ("GET", "/console/sign-in"),
        ("POST", "/console/sign-in"),
        ("POST", "/console/sign-in/step"),
        ("GET", "/console/preferences"),
        ("GET", "/console/theme/{municipality_slug}.css"),
    }
)


@router.get("")
async def show_board(request: Request, session: SessionDep, actor: ReaderDep) -> Response:
    """The list of cases beside its map."""
    return await board.show_board(request, session, actor)


@router.get("/complaints/rows")
async def show_more(request: Request, session: SessionDep, actor: ReaderDep) -> Response:
    """The next rows of the list."""
    return await board.show_more(request, session, actor)


@router.get("/complaints/fresh")
async def show_fresh(request: Request, session: SessionDep, actor: ReaderDep) -> Response:
    """How many cases came since the list was shown."""
    return await board.show_fresh(request, session, actor)


@router.get("/complaints/{complaint_id}")
async def show_case(request: Request, session: SessionDep, actor: ReaderDep, complaint_id: UUID) -> Response:
    """One case."""
    return await case.show_case(request, session, actor, complaint_id)


@router.post("/complaints/{complaint_id}/reporter")
async def reveal_reporter(
    request: Request,
    session: SessionDep,
    actor: Annotated[Actor, Depends(ConsolePermitted("complaint.read_person"))],
    complaint_id: UUID,
) -> Response:
    """The reporter in clear, for a reason; audited."""
    return await case.reveal(request, session, actor, complaint_id)


def _act(spec: ActionSpec) -> Callable[..., Awaitable[Response]]:
    async def act(
        request: Request,
        actor: Annotated[Actor, Depends(ConsolePermittedAlone(f"complaint.{spec.name}"))],
        complaint_id: UUID,
    ) -> Response:
        return await case.act(request, actor, complaint_id, spec)

    act.__name__ = f"{spec.name}_complaint"
    return act


for _spec in ACTIONS.values():
    router.post(f"/complaints/{{complaint_id}}/{_spec.path}")(_act(_spec))


@router.get("/sign-in")
async def show_sign_in(
    request: Request, municipality: str = "", back: str = "", ended: str = "", out: str = "", other: str = ""
) -> Response:
    """The sign-in page, of the municipality that is named or was last used."""
    t = words(request)
    slug = municipality or ("" if other else request.cookies.get(sign_in.TOWN_COOKIE, ""))
    told = t("sign_in.signed_out") if out else t("sign_in.ended") if ended else ""
    return await sign_in.show(request, sign_in.SignInForm(slug, back=safe_return(back), told=told))


@router.post("/sign-in")
async def try_sign_in(request: Request) -> Response:
    """Try a name, a password and a code."""
    return await sign_in.sign_in(request, await form_of(request))


@router.post("/sign-in/step")
async def finish_sign_in(request: Request) -> Response:
    """Connect an authenticator or choose a password, and sign in."""
    return await sign_in.finish_step(request, await form_of(request))


@router.post("/sign-out")
async def sign_out(
    request: Request, session: SessionDep, actor: Annotated[Actor, Depends(ConsolePermitted("account.use"))]
) -> Response:
    """End this browser's session."""
    await identity.sign_out(session, actor)
    response = RedirectResponse(f"{SIGN_IN}?out=1", status_code=303)
    response.delete_cookie(session_cookie_name(request), secure=request.app.state.settings.is_production)
    return response


@router.get("/preferences")
async def prefer(request: Request, back: str = "", language: str = "", theme: str = "") -> Response:
    """Remember language and appearance in this browser; changes nothing else, so it needs no form token."""
    response = RedirectResponse(safe_return(back), status_code=303)
    secure = bool(request.app.state.settings.is_production)
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, secure=secure, httponly=True, samesite="lax")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=_YEAR, secure=secure, httponly=True, samesite="lax")
    elif theme:
        response.delete_cookie(THEME_COOKIE, secure=secure)
    return response


@router.get("/theme/{municipality_slug}.css")  # noqa: FAST003 (TownDep takes it)
async def show_theme(session: SessionDep, town: TownDep) -> Response:
    """The municipality's colours; the address carries the version of its configuration."""
    config = await municipalities.town_config(session, town.id, town.config_version)
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(theme_css(config.appearance.theme), media_type="text/css", headers=headers)


def install(app: FastAPI) -> None:
    """Add the pages and their files to the application."""
    app.include_router(router)
    app.include_router(business_router)
    app.include_router(field_router)
    app.include_router(inspection_router)
    assets = pages().assets
    app.mount(assets.base, AssetFiles(assets), name="static")

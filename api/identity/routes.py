"""HTTP of sign-in, accounts, devices and consents (under /v1), and the public signing keys (at the root)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.core.actor import Actor
from api.core.deps import SessionDep
from api.identity import service
from api.identity.deps import (
    AddressDep,
    CitizenDep,
    DatabaseDep,
    Permitted,
    PermittedAlone,
    SignedInDep,
    TownDep,
)
from api.identity.schemas import (
    CodeRequestIn,
    CodeSentOut,
    CodeVerifyIn,
    ConsentIn,
    ConsentOut,
    ConsentTextIn,
    ConsentTextOut,
    DeviceOut,
    MeEdit,
    MeOut,
    PasswordChangeIn,
    RefreshIn,
    StaffSignInIn,
    StaffSignInOut,
    TokensOut,
)
from api.identity.staff_routes import router as staff_router

router = APIRouter(tags=["identity"])
well_known = APIRouter(tags=["identity"])
KEYS_MAX_AGE = 60

# (method, path as the application serves it): what anybody may call. Every other route has a `Permitted`.
PUBLIC_ROUTES = frozenset(
    {
        ("POST", "/v1/auth/code"),
        ("POST", "/v1/auth/code/verify"),
        ("POST", "/v1/auth/staff"),
        ("POST", "/v1/auth/refresh"),
        ("GET", "/v1/public/{municipality_slug}/consent-texts"),
        ("GET", "/.well-known/jwks.json"),
    }
)


@well_known.get("/.well-known/jwks.json")
async def signing_keys(database: DatabaseDep, response: Response) -> dict[str, Any]:
    """Give the keys that access tokens are verified with."""
    response.headers["cache-control"] = f"public, max-age={KEYS_MAX_AGE}"
    return await service.jwks(database)


@router.post("/auth/code")
async def ask_for_code(body: CodeRequestIn, database: DatabaseDep, address: AddressDep) -> CodeSentOut:
    """Send a sign-in code by SMS."""
    return await service.start_citizen_login(database, body, address)


@router.post("/auth/code/verify")
async def give_code(body: CodeVerifyIn, database: DatabaseDep, address: AddressDep) -> TokensOut:
    """Sign a citizen in with the code."""
    return await service.finish_citizen_login(database, body, address)


@router.post("/auth/staff")
async def sign_in_staff(body: StaffSignInIn, database: DatabaseDep, address: AddressDep) -> StaffSignInOut:
    """Sign a field phone in, or say what is still needed."""
    return await service.sign_in_staff(database, body, address)


@router.post("/auth/refresh")
async def refresh(body: RefreshIn, database: DatabaseDep) -> TokensOut:
    """Exchange a refresh token for a new pair."""
    return await service.refresh(database, body.refresh_token)


@router.post("/auth/logout", status_code=204)
async def sign_out(session: SessionDep, actor: SignedInDep) -> None:
    """End this device's session."""
    await service.sign_out(session, actor)


@router.get("/me")
async def read_me(session: SessionDep, actor: SignedInDep) -> MeOut:
    """Show one's own account."""
    return await service.own_account(session, actor)


@router.patch("/me")
async def edit_me(body: MeEdit, session: SessionDep, actor: CitizenDep) -> MeOut:
    """Change one's own name or language."""
    return await service.edit_own_account(session, actor, body)


@router.post("/me/password", status_code=204)
async def change_password(
    body: PasswordChangeIn,
    database: DatabaseDep,
    actor: Annotated[Actor, Depends(PermittedAlone("account.use", side="staff"))],
) -> None:
    """Change one's own password."""
    await service.change_password(database, actor, body)


@router.get("/me/devices")
async def list_devices(session: SessionDep, actor: SignedInDep) -> list[DeviceOut]:
    """Show one's own signed-in devices."""
    return await service.list_devices(session, actor)


@router.post("/devices/{device_id}/revoke", status_code=204)
async def revoke_device(device_id: UUID, session: SessionDep, actor: SignedInDep) -> None:
    """End a device's session: one's own, or with `device.revoke` a colleague's."""
    await service.revoke_device(session, actor, device_id)


@router.get("/public/{municipality_slug}/consent-texts")  # noqa: FAST003 (TownDep takes the name)
async def public_consent_texts(session: SessionDep, town: TownDep) -> list[ConsentTextOut]:
    """Give the texts that a person reads before giving any data."""
    return await service.current_texts(session, town.id)


@router.post("/consent-texts", status_code=201)
async def publish_consent_text(
    body: ConsentTextIn, session: SessionDep, actor: Annotated[Actor, Depends(Permitted("consent.edit"))]
) -> ConsentTextOut:
    """Publish the next version of a text."""
    return await service.publish_text(session, actor, body)


@router.get("/consents")
async def list_consents(session: SessionDep, actor: CitizenDep) -> list[ConsentOut]:
    """Show one's own decisions."""
    return await service.own_consents(session, actor)


@router.post("/consents", status_code=204)
async def record_consent(
    body: ConsentIn, session: SessionDep, actor: Annotated[Actor, Depends(Permitted("consent.give", side="citizen"))]
) -> None:
    """Write down that a text was shown, accepted or withdrawn."""
    await service.record_consent(session, actor, body)


router.include_router(staff_router)

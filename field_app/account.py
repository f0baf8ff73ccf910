"""Who holds this phone: signing in once online, and the tokens that go on from there, in the system's key store."""

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from mobile.sdk.vault import KeyStore

_SLOT = "account"
_EARLY_MS = 60_000
_SECONDS = 20.0
SERVER_FAILS = 500


class Offline(ConnectionError):
    """Nothing, or nothing of ours, was answered: the network, a captive portal, a server that is down."""


class SignedOut(PermissionError):
    """The server does not know this phone any more; its user must sign in again. Nothing on the phone is lost."""


class Refused(ValueError):
    """The server said no; `code` is stable, `title` is for people."""

    def __init__(self, code: str, title: str) -> None:
        """Take what the problem document says."""
        super().__init__(code)
        self.code, self.title = code, title


class AnotherOwner(PermissionError):
    """The phone holds the records of another person, who is named; they stay, and nobody else signs in over them."""

    def __init__(self, name: str) -> None:
        """Take the owner's name; empty where it is not known any more."""
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Profile:
    """What the server said of the person at the last sign-in."""

    staff_id: str
    name: str
    title: str
    registry_no: str
    municipality_id: int
    municipality: str
    town: str
    permissions: frozenset[str]
    departments: tuple[str, ...]
    bundle_kid: str
    bundle_key: str
    policy_keys: Mapping[str, str]


class Account:
    """The signed-in person; may be used from several threads."""

    def __init__(
        self, client: httpx.Client, key_store: KeyStore, clock: Callable[[], int],
        owner: Callable[[], str | None] = lambda: None,
    ) -> None:  # fmt: skip
        """Take a client of the server's address, the key store, a clock in milliseconds, and whose the database is."""
        self._client, self._key_store, self._clock, self._owner = client, key_store, clock, owner
        self._lock = threading.Lock()
        held = key_store.read(_SLOT)
        self._facts: dict[str, Any] = json.loads(held) if held else {}

    @property
    def is_known(self) -> bool:
        """Whether somebody has signed in on this phone."""
        return "profile" in self._facts

    @property
    def profile(self) -> Profile:
        """The person.

        Raises:
            SignedOut: nobody has signed in yet.
        """
        if not self.is_known:
            raise SignedOut
        told = self._facts["profile"]
        staff, town = told["staff"], told["municipality"]
        return Profile(
            str(staff["id"]), staff["name"], staff.get("title", ""), staff.get("registry_no", ""), int(town["id"]),
            town["slug"], town["name"], frozenset(told.get("permissions", ())), tuple(told.get("departments", ())),
            told.get("bundle_kid", ""), told.get("bundle_key", ""),
            {key["kid"]: key["public_key"] for key in told.get("policy_keys", ())},
        )  # fmt: skip

    def municipalities(self, place: tuple[float, float] | None = None) -> list[tuple[str, str]]:
        """Give slug and name of the municipalities of this installation, by name.

        Args:
            place: longitude and latitude; those that hold it or are nearest to it come first.

        Raises:
            Offline: no answer.
        """
        near = {"lon": place[0], "lat": place[1]} if place else None
        told = [*(self._towns(near) if near else []), *self._towns(None)]
        return list(dict.fromkeys((item["slug"], item["name"]) for item in told))

    def _towns(self, near: Mapping[str, float] | None) -> list[Mapping[str, str]]:
        told = self._ask("GET", "/v1/public/municipalities", params=near)
        return list(told["items"] if isinstance(told, dict) else told)

    def sign_in(
        self, municipality: str, username: str, password: str, code: str | None, label: str,
        new_password: str | None = None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """Sign in; gives the server's answer, whose `state` says whether a code must be set up or a password chosen.

        Raises:
            Refused: wrong credentials or the like.
            AnotherOwner: the phone is somebody else's; their session and records are as before.
            Offline: no answer.
        """
        body = {"municipality": municipality, "username": username, "password": password, "device_label": label}
        extras = {**({"totp_code": code} if code else {}), **({"new_password": new_password} if new_password else {})}
        answer: Mapping[str, Any] = self._ask("POST", "/v1/auth/staff", json={**body, **extras})
        if answer.get("state") == "signed_in":
            with self._lock:
                # The profile is asked for before anything is kept: half an account would be none.
                tokens = self._stamped(answer["tokens"])
                profile = self._ask("GET", "/v1/sync/profile", token=tokens["access_token"])
                if self._owner() not in (None, str(profile["staff"]["id"])):
                    with contextlib.suppress(Offline, Refused):
                        self._ask("POST", "/v1/auth/logout", token=tokens["access_token"])
                    raise AnotherOwner(self.profile.name if self.is_known else "")
                self._keep({"tokens": tokens, "profile": profile})
        return answer

    def token(self) -> str:
        """Give an access token that is good for another minute at least.

        Raises:
            SignedOut: the server took the phone's session away.
            Offline: a new one is needed and nobody answers.
        """
        with self._lock:
            tokens = self._facts.get("tokens")
            if tokens is None:
                raise SignedOut
            if self._clock() > tokens["good_until"] - _EARLY_MS:
                try:
                    fresh = self._ask("POST", "/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
                except Refused as refusal:
                    # Only a plain "not you" ends the session; too many requests do not.
                    raise (SignedOut if refusal.code == "unauthenticated" else Offline) from None
                tokens = self._stamped(fresh)
                self._keep({**self._facts, "tokens": tokens})
            return str(tokens["access_token"])

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Send a request in the person's name; gives the JSON answer.

        Raises:
            SignedOut, Refused, Offline: as above.
        """
        return self._ask(method, path, token=self.token(), **options)

    def end_session(self) -> None:
        """Sign out: the tokens go, who it was stays known, so that the same person can come back to the database."""
        if "tokens" in self._facts:
            # Where the server cannot be told, it ends the session by itself when its time is over.
            with contextlib.suppress(Offline, SignedOut, Refused):
                self.ask("POST", "/v1/auth/logout")
        with self._lock:
            self._keep({name: value for name, value in self._facts.items() if name != "tokens"})

    def forget(self) -> None:
        """Sign out and forget who it was."""
        self.end_session()
        with self._lock:
            self._facts = {}
            self._key_store.forget(_SLOT)

    def _stamped(self, tokens: Mapping[str, Any]) -> dict[str, Any]:
        return {**tokens, "good_until": self._clock() + int(tokens["expires_in"]) * 1000}

    def _keep(self, facts: dict[str, Any]) -> None:
        # On the disk first: a used refresh token must not be what the next start finds.
        self._key_store.write(_SLOT, json.dumps(facts).encode())
        self._facts = facts

    def _ask(self, method: str, path: str, *, token: str | None = None, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            answer = self._client.request(method, path, headers=headers, timeout=_SECONDS, **options)
            told = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError):
            raise Offline from None
        media_type = answer.headers.get("content-type", "").split(";")[0]
        if answer.status_code >= SERVER_FAILS:
            raise Offline
        if media_type == "application/problem+json" and isinstance(told, dict):
            raise Refused(str(told.get("code", "")), str(told.get("title", "")))
        if answer.is_success and (not answer.content or media_type == "application/json"):
            return told
        raise Offline

"""What the sign-in screen knows and does; no widgets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from field_app.account import AnotherOwner, Offline, Refused
from mobile.kit.i18n import t


class SignsIn(Protocol):
    """As much of `Account` as is needed here."""

    def sign_in(
        self, municipality: str, username: str, password: str, code: str | None, label: str, new_password: str | None
    ) -> Mapping[str, Any]:
        """Sign in; see `Account.sign_in`."""

    def municipalities(self, place: tuple[float, float] | None = None) -> list[tuple[str, str]]:
        """Give slug and name of every municipality of the installation, the nearest first."""


@dataclass(frozen=True)
class State:
    """What the screen shows.

    Attributes:
        step: credentials | code (an authenticator app is set up with `secret`) | password (a new one is chosen) | done.
        error: key of a text, or the server's own words.
    """

    step: str = "credentials"
    municipality: str = ""
    username: str = ""
    secret: str = ""
    error: str = ""
    is_busy: bool = False


class SignInModel:
    """Sign-in as a conversation: credentials, then what the server still asks for."""

    def __init__(self, account: SignsIn, label: str, on_change: Callable[[State], None]) -> None:
        """Take the account, the phone's name as the office will see it, and who is told of changes."""
        self._account, self._label, self._on_change = account, label, on_change
        self._password = ""
        self.state = State()

    def change(self, **changes: Any) -> None:
        """Change what is shown."""
        self.state = replace(self.state, **changes)
        self._on_change(self.state)

    def missing(self, municipality: str, username: str, password: str) -> str:
        """Give the key of what is not filled in yet, or an empty text."""
        if not municipality:
            return "sign_in.choose_town"
        if not username.strip():
            return "sign_in.no_username"
        return "" if password else "sign_in.no_password"

    def attempt(
        self, municipality: str, username: str, password: str, code: str = "", new_password: str = ""
    ) -> dict[str, Any]:
        """Ask the server; gives the changes of the state. Runs beside the main thread."""
        try:
            answer = self._account.sign_in(
                municipality, username.strip(), password, code or None, self._label, new_password or None
            )
        except Offline:
            return {"error": "sign_in.offline", "is_busy": False}
        except AnotherOwner as owner:
            name = owner.name or t("sign_in.somebody")
            return {"error": t("sign_in.other_owner", name=name), "is_busy": False}
        except Refused as refusal:
            return {"error": refusal.title or "sign_in.refused", "is_busy": False}
        step = {"signed_in": "done", "enrol_totp": "code", "choose_password": "password"}[answer["state"]]
        secret = (answer.get("enrolment") or {}).get("secret", "")
        return {"step": step, "secret": secret, "error": "", "is_busy": False, "municipality": municipality}

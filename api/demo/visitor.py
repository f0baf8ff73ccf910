"""Citizens and staff of the demonstration as HTTP sees them: they sign in, and then ask and act with their token."""

import re
import time
from collections.abc import Mapping
from typing import Any, Self

import httpx
import pyotp

from api.core import clock
from api.demo.staff import PASSWORD, TOTP_SECRET

STEP_SECONDS = 30
_SMS_SECONDS = 40.0
_CODE_TRIES = 4


class Unexpected(AssertionError):
    """Something was not as the story expects it: what was awaited, and what came."""

    def __init__(self, awaited: str, came: object) -> None:
        super().__init__(f"{awaited}; {came}")
        self.awaited, self.came = awaited, str(came)


def demand(holds: object, awaited: str, came: object = "") -> None:
    """Go on only if it holds. Raises Unexpected."""
    if not holds:
        raise Unexpected(awaited, came)


class Visitor:
    """One person at one address; every answer but the awaited one ends the story."""

    def __init__(self, api_url: str) -> None:
        self._client = httpx.Client(base_url=api_url, trust_env=False, timeout=20.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """Read JSON."""
        return self._answer("GET", path, params=parameters).json()

    def get_bytes(self, path: str, **parameters: Any) -> bytes:
        """Read a tile or a photo."""
        return self._answer("GET", path, params=parameters).content

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Act."""
        return self._answer("POST", path, json=None if body is None else dict(body)).json()

    def upload(self, picture: bytes) -> Any:
        """Send a photo."""
        return self._answer("POST", "/v1/files", files={"file": ("foto.jpg", picture, "image/jpeg")}).json()

    def sign_in_as_citizen(self, town: str, phone: str, phones: "Phones") -> bool:
        """Ask for a code, read it from the phone, give it back; says whether the account is new."""
        asked = self.post("/v1/auth/code", {"municipality": town, "phone": phone})
        text = phones.wait_for(phone, "giriş kodunuz")
        found = re.search(r"\b\d{6}\b", text)
        demand(found, "SMS'te altı haneli bir kod", text)
        code = found.group() if found else ""
        given = {"municipality": town, "login_id": asked["login_id"], "phone": phone, "code": code}
        tokens = self.post("/v1/auth/code/verify", {**given, "device_label": "Örnek telefon"})
        self._carry(tokens["access_token"])
        return bool(tokens["is_new_account"])

    def sign_in_as_staff(self, town: str, username: str) -> None:
        """Sign in with password and authenticator; a code that was used a moment ago is followed by the next one."""
        credentials = {"municipality": town, "username": username, "password": PASSWORD, "device_label": "Örnek"}
        for attempt in range(_CODE_TRIES):
            answer = self._client.post("/v1/auth/staff", json={**credentials, "totp_code": code_at(attempt % 2)})
            if answer.status_code == httpx.codes.OK:
                break
            if attempt % 2:
                time.sleep(STEP_SECONDS)
        signed_in = _checked(answer).json()
        demand(signed_in["state"] == "signed_in", "oturum açılması", signed_in["state"])
        self._carry(signed_in["tokens"]["access_token"])

    def _carry(self, token: str) -> None:
        self._client.headers["Authorization"] = f"Bearer {token}"

    def _answer(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return _checked(self._client.request(method, path, **arguments))


class Phones:
    """The pretend phones of the SMS simulator."""

    def __init__(self, simulator_url: str) -> None:
        self._client = httpx.Client(base_url=simulator_url, trust_env=False, timeout=5.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def wait_for(self, phone: str, words: str) -> str:
        """Give the newest SMS on a phone that holds these words, as soon as there is one.

        Raises:
            Unexpected: none came in time.
        """
        ends_at = time.monotonic() + _SMS_SECONDS
        texts: list[str] = []
        while time.monotonic() < ends_at:
            answer = self._client.get("/_control/messages", params={"to": phone})
            texts = [message["text"] for message in _checked(answer).json()]
            for text in reversed(texts):
                if words in text:
                    return text
            time.sleep(0.1)
        raise Unexpected(f"{_SMS_SECONDS:.0f} saniye içinde {words!r} içeren bir SMS", texts)


def code_at(steps_ahead: int) -> str:
    """Give the authenticator code of this half minute, or of one that follows."""
    return pyotp.TOTP(TOTP_SECRET).at(clock.now(), counter_offset=steps_ahead)


def _checked(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise Unexpected(f"{answer.request.method} {answer.request.url.path} için olumlu yanıt",
                         f"{answer.status_code} {answer.text[:500]}")  # fmt: skip
    return answer

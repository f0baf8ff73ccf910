"""The sign-in's second page: what was typed on the first one, sealed, so that it need not be typed again.

The sealed text stands in the form itself. It opens for ten minutes, and only in the browser that got it.
"""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.core import clock, keys

LIFETIME = timedelta(minutes=10)
_NONCE_BYTES = 12
_LONGEST = 4_096


class StepOver(ValueError):
    """The step is too old, of another browser, or changed."""

    code = "sign_in_step_over"
    message_tr = "Sayfa çok uzun açık kaldı. Lütfen yeniden deneyin."

    def __init__(self) -> None:
        super().__init__(self.message_tr)


@dataclass(frozen=True)
class Step:
    """A begun sign-in; `uri` and `secret` are there when an authenticator is being connected."""

    kind: Literal["enrol", "password"]
    municipality: str
    username: str
    password: str
    back: str
    uri: str = ""
    secret: str = ""
    needs_password: bool = False


def _cipher() -> AESGCM:
    return AESGCM(keys.derived_key("console sign-in step"))


def seal(step: Step, browser: str) -> str:
    """Seal a step for the browser with this form cookie."""
    until = (clock.now() + LIFETIME).isoformat()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + _cipher().encrypt(nonce, json.dumps([until, asdict(step)]).encode(), browser.encode())
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(text: str, browser: str) -> Step:
    """Open a step that `seal` made.

    Raises:
        StepOver: too old, changed, or another browser's.
    """
    if len(text) > _LONGEST:
        raise StepOver
    try:
        sealed = base64.urlsafe_b64decode(text)
        opened = _cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], browser.encode())
    except (ValueError, InvalidTag):
        raise StepOver from None
    until, values = json.loads(opened)
    if clock.now() > datetime.fromisoformat(until):
        raise StepOver
    return Step(**values)

"""The six digits that a citizen gets by SMS: how they are made, hashed, worded and limited."""

import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from api.core import crypto, keys

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=3)
MOST_TRIES = 5
# One number, whatever the municipality: each SMS costs money and may annoy somebody who did not ask for it.
NUMBER_LIMIT = "1/minute;3/hour;5/day"
ADDRESS_LIMIT = "10/minute;60/hour"
VERIFY_ADDRESS_LIMIT = "30/minute;300/hour"
# The spending brakes: far above honest use, far below an expensive night.
TOWN_LIMIT = "300/hour;3000/day"
INSTALLATION_LIMIT = "5000/hour;50000/day"


def new_code() -> str:
    """Make a code of six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_hash(municipality_id: int, login_id: UUID, code: str) -> bytes:
    """Hash a code for storage, bound to its own request."""
    return crypto.keyed_hash(keys.derived_key("login codes"), f"{municipality_id}|{login_id}|{code}")


def fits(stored: bytes, municipality_id: int, login_id: UUID, code: str) -> bool:
    """Say in constant time whether a code is the stored one."""
    return hmac.compare_digest(bytes(stored), code_hash(municipality_id, login_id, code))


def sms_text(code: str, municipality_name: str, language: str) -> str:
    """Word the SMS; only characters of the Turkish SMS alphabet, so that it stays one message."""
    minutes = CODE_LIFETIME // timedelta(minutes=1)
    if language == "en":
        return f"{code} is your {municipality_name} sign-in code. Share it with nobody. Valid for {minutes} minutes."
    return f"{code} - {municipality_name} giriş kodunuz. Kimseyle paylaşmayın. {minutes} dakika geçerlidir."

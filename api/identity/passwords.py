"""Passwords of staff: argon2id in few worker threads, one-time passwords, and what is too easy."""

import secrets
from functools import cache

from anyio import CapacityLimiter, to_thread
from pwdlib import PasswordHash

from api.core.text import fold
from api.identity.errors import WeakPassword

SHORTEST, LONGEST = 12, 128
# A hash takes 64 MiB and a quarter of a second of one core: more at once would starve everybody else.
_limiter = CapacityLimiter(3)
_hasher = PasswordHash.recommended()
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_FEWEST_CHARACTERS = 5
_COMMON = (
    *("password", "parola", "sifre", "qwerty", "asdf", "123456", "654321", "111111", "abcdef", "iloveyou"),
    *("belediye", "zabita", "turkiye", "istanbul", "galatasaray", "fenerbahce", "besiktas", "trabzonspor"),
)


async def hash_password(password: str) -> str:
    """Hash a password for storage (argon2id)."""
    return await to_thread.run_sync(_hasher.hash, password, limiter=_limiter)


async def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Say whether a password fits its hash, and give a new hash if the stored one is of weaker settings.

    Without a stored hash (unknown user) the same work is done against a dummy, and the answer is no.
    """
    return await to_thread.run_sync(_verify, password, stored, limiter=_limiter)


def _verify(password: str, stored: str | None) -> tuple[bool, str | None]:
    dummy = _dummy_hash()
    fits, renewed = _hasher.verify_and_update(password, stored or dummy)
    return (fits, renewed) if stored else (False, None)


@cache
def _dummy_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def one_time_password() -> str:
    """Make a password that is told once and must be replaced at the first sign-in: readable, 70 random bits."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(3))
    return "-".join(groups)


def demand_strong(password: str, username: str) -> None:
    """Refuse a password that is short, repeats itself, or contains the user name or a common password.

    Raises:
        WeakPassword: it is too easy.
    """
    folded = fold(password)
    is_easy = any(word in folded for word in (*_COMMON, fold(username))) or len(set(folded)) < _FEWEST_CHARACTERS
    if not SHORTEST <= len(password) <= LONGEST or is_easy:
        raise WeakPassword

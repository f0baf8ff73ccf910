"""The second factor of staff: six digits of an authenticator app (RFC 6238), each good once."""

import hmac
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
_ISSUER = "Cep Belediye"


def new_secret() -> str:
    """Make the secret of an authenticator (160 random bits, base32)."""
    return pyotp.random_base32()


def accepted_step(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """Give the time step of a right code, one step of clock difference allowed; None if wrong or used before."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    accepted = None
    for step in (current - 1, current, current + 1):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if fits and (last_step is None or step > last_step):
            accepted = step
    return accepted


def provisioning_uri(secret: str, username: str, municipality_name: str) -> str:
    """Give the `otpauth://` address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=f"{username} ({municipality_name})", issuer_name=_ISSUER)


def qr_svg(uri: str) -> str:
    """Draw an address as a QR code: an SVG without style or script, for `<img>` or inline use."""
    return str(segno.make(uri, error="m").svg_inline(scale=5, border=4))

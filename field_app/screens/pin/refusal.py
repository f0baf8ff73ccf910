"""What the vault says no with, in words."""

from mobile.kit.i18n import formats, t
from mobile.sdk.vault import MustWait, NoRecovery, WeakPin, WrongPin

REFUSALS = (WeakPin, WrongPin, MustWait, NoRecovery)


def refusal_text(refusal: Exception) -> str:
    """Give the words for one of REFUSALS."""
    if isinstance(refusal, WrongPin):
        return t("pin.wrong", count=refusal.tries_left)
    if isinstance(refusal, MustWait):
        return t("pin.wait", time=formats.duration(refusal.left_ms / 1000))
    return t("pin.weak") if isinstance(refusal, WeakPin) else t("pin.no_recovery")

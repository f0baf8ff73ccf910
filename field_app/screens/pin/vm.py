"""What the PIN screen knows and does; no widgets. A key takes some 50 ms, so the screen calls it in a thread."""

from collections.abc import Callable
from dataclasses import dataclass, field

from field_app.account import Account
from field_app.screens.pin.refusal import REFUSALS, refusal_text
from mobile.kit.i18n import t
from mobile.sdk.vault import Vault


@dataclass
class PinModel:
    """Choosing a PIN (twice), unlocking with it, or giving a database whose PIN is forgotten a new one."""

    vault: Vault
    account: Account
    is_recovery: bool = False
    error: str = ""
    _first: str = field(default="", repr=False)

    @property
    def is_choosing(self) -> bool:
        """Whether a PIN is being chosen."""
        return self.is_recovery or not self.vault.is_set_up

    @property
    def prompt(self) -> str:
        """What to do now."""
        if not self.is_choosing:
            return t("pin.enter")
        return t("pin.again") if self._first else t("pin.choose")

    def typed(self, pin: str) -> bytes | None:
        """Take six digits; gives the key of the database when that was the last word."""
        self.error = ""
        if not self.is_choosing:
            return self._tried(lambda: self.vault.open(pin))
        if not self._first:
            self._first = pin
            return None
        first, self._first = self._first, ""
        if pin != first:
            self.error = t("pin.differs")
            return None
        who = self.account.profile.staff_id
        if self.vault.is_set_up:
            return self._tried(lambda: self.vault.recover(who, pin))
        return self._tried(lambda: self.vault.set_up(who, pin))

    def _tried(self, way: Callable[[], bytes]) -> bytes | None:
        try:
            return way()
        except REFUSALS as refusal:
            self.error = refusal_text(refusal)
        return None

"""Another PIN for the same key, in three steps; no widgets. The last step takes some 100 ms: call it in a thread."""

from dataclasses import dataclass, field

from field_app.screens.pin.refusal import REFUSALS, refusal_text
from mobile.kit.i18n import t
from mobile.sdk.vault import MustWait, Vault, WrongPin


@dataclass
class ChangePinModel:
    """The old PIN, the new one, and the new one again."""

    vault: Vault
    error: str = ""
    _old: str = field(default="", repr=False)
    _new: str = field(default="", repr=False)

    @property
    def prompt(self) -> str:
        """What to do now."""
        if not self._old:
            return t("change_pin.old")
        return t("pin.again") if self._new else t("change_pin.new")

    def typed(self, pin: str) -> bool:
        """Take six digits; gives whether the PIN is another one now."""
        self.error = ""
        if not self._old:
            self._old = pin
        elif not self._new:
            self._new = pin
        else:
            return self._changed(pin)
        return False

    def _changed(self, again: str) -> bool:
        new, self._new = self._new, ""
        if new != again:
            self.error = t("pin.differs")
            return False
        try:
            self.vault.change_pin(self._old, new)
        except REFUSALS as refusal:
            self.error = refusal_text(refusal)
            if isinstance(refusal, WrongPin | MustWait):
                self._old = ""
            return False
        self._old = ""
        return True

"""The one line that tells the truth about syncing: from the engine's numbers and the last attempt; no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass

from field_app.syncing import SyncState
from mobile.kit.i18n import t


@dataclass(frozen=True)
class StateLine:
    """A line across the screen and where a tap on it leads."""

    text: str
    icon: str
    tone: str
    action: str
    leads_to: str


def state_line(numbers: Mapping[str, int], state: SyncState, *, is_send_only: bool = False) -> StateLine | None:
    """Say what matters most now; None when all is well and nothing waits.

    In this order: the app is too old · signed out · something needs the user · offline · being sent.
    """
    waiting = numbers["waiting"] + numbers["waiting_photos"]
    if is_send_only:
        return StateLine(t("banner.send_only"), "alert", "danger", "", "sync")
    if state.ending == "signed_out":
        return StateLine(t("banner.signed_out"), "account", "danger", t("banner.sign_in"), "sign_in")
    if numbers["attention"]:
        text = t("banner.attention", count=numbers["attention"])
        return StateLine(text, "alert-circle", "danger", t("banner.show"), "sync")
    if state.ending == "offline":
        text = t("banner.offline", count=waiting) if waiting else t("banner.offline_none")
        return StateLine(text, "cloud-off", "warning", t("banner.show") if waiting else "", "sync")
    if waiting:
        return StateLine(t("banner.waiting", count=waiting), "cloud-upload", "info", "", "sync")
    return None

"""What every screen reaches through its navigator: the open phone, the device's ports, common words of state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from field_app.account import Account
from field_app.phone import Phone, Unlocked
from field_app.rows import Place
from field_app.syncing import SyncState
from mobile.device.ports import Device, Fix
from mobile.kit.i18n import language


@dataclass
class Field:
    """The app as its screens know it.

    Attributes:
        phone: the locked phone; its account signs in.
        device: the ports of mobile/device (camera, location, sharing …).
        unlocked: the open phone, once the PIN was right.
        go_to_lock: leaves everything for the sign-in or PIN screen.
        keep_look: keeps language, light or dark, and text size for the next start.
        on_unlocked: told when the PIN was right.
        fix: where the phone was last, while the app is in front.
    """

    phone: Phone
    device: Device
    on_unlocked: Callable[[Unlocked], None]
    go_to_lock: Callable[[str], None]
    keep_look: Callable[[], None]
    unlocked: Unlocked | None = None
    fix: Fix | None = None
    sync_state: SyncState = field(default_factory=SyncState)
    watchers: list[Callable[[], None]] = field(default_factory=list)

    @property
    def open(self) -> Unlocked:
        """The open phone.

        Raises:
            RuntimeError: it is locked; no screen but those of the lock asks then.
        """
        if self.unlocked is None:
            raise RuntimeError("the phone is locked")
        return self.unlocked

    @property
    def account(self) -> Account:
        """Who is signed in."""
        return self.phone.account

    @property
    def here(self) -> Place | None:
        """Where the phone was last."""
        return (self.fix.lon, self.fix.lat) if self.fix else None

    def place(self) -> Mapping[str, float] | None:
        """Give where the phone was last, as commands write it."""
        fix = self.fix
        return {"lon": fix.lon, "lat": fix.lat, "accuracy_m": round(fix.accuracy_m, 1)} if fix else None

    @property
    def language(self) -> str:
        """The language in force."""
        return language.current

    def wake_sync(self, *, at_once: bool = False) -> None:
        """Something was recorded: try to send it; `at_once` where the user asks for it or a network came."""
        if self.unlocked is not None:
            self.unlocked.sync.wake(at_once=at_once)
        self.tell()

    def tell(self) -> None:
        """Tell the screens in sight that rows or numbers may be others."""
        for watcher in tuple(self.watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Be told; gives what ends it."""
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)

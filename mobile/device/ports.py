"""What the apps ask of a phone. Every port has an adapter for development and tests and one for Android.

Callbacks come on any thread: whoever touches a widget in them goes through `mobile.kit.work.post`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Refused(Exception):
    """The phone or its user said no: no permission, no such part, switched off. `code` says which."""

    def __init__(self, code: str) -> None:
        """Take `permission`, `missing`, `switched_off` or `cancelled`."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Fix:
    """Where the phone was: degrees (WGS 84), how sure it is in metres, and when, in UTC."""

    lon: float
    lat: float
    accuracy_m: float
    at: datetime


class Network(StrEnum):
    """What stands between the phone and the server."""

    OFFLINE = "offline"
    METERED = "metered"
    FREE = "free"


class Camera(Protocol):
    """Takes pictures."""

    def take(self, done: Callable[[Path], None], failed: Callable[[Refused], None]) -> None:
        """Let the user take a picture; `done` gets the path of a JPEG that is the app's and is to be moved away."""


class Location(Protocol):
    """Knows where the phone is."""

    def current(self, done: Callable[[Fix], None], failed: Callable[[Refused], None], timeout_s: float = 30) -> None:
        """Ask once; `failed` with `missing` when no fix came in time."""

    def watch(self, told: Callable[[Fix], None]) -> Callable[[], None]:
        """Be told of every new fix; gives what ends it. Costs battery: only while a screen needs it."""


class KeyStore(Protocol):
    """Keeps small secrets where other apps and a copied disk cannot read them."""

    def read(self, name: str) -> bytes | None:
        """Give a secret, or None when there is none."""

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret in the place of an older one."""

    def forget(self, name: str) -> None:
        """Destroy a secret; nothing happens when there is none."""


class Sharing(Protocol):
    """Hands files to other apps or people."""

    def export_file(self, path: Path, media_type: str, title: str) -> None:
        """Offer a file to be saved or sent; raises Refused where nothing can take it."""


class Telephone(Protocol):
    """Calls people."""

    def dial(self, number: str) -> None:
        """Show the number ready to be called; the user calls. Raises Refused where nothing can call."""


class Navigation(Protocol):
    """Leads people to places."""

    def lead_to(self, lon: float, lat: float, name: str) -> None:
        """Open the phone's own navigation at a place (degrees, WGS 84); raises Refused where there is none."""


class Connectivity(Protocol):
    """Knows the state of the network; it says nothing about the server."""

    def current(self) -> Network:
        """Say what there is now."""

    def watch(self, told: Callable[[Network], None]) -> Callable[[], None]:
        """Be told of every change; gives what ends it."""


class Clock(Protocol):
    """Time that can be trusted, and time that cannot."""

    def wall(self) -> datetime:
        """Say what the phone shows, in UTC; its user can set it."""

    def elapsed(self) -> float:
        """Give the seconds since the phone was started, sleep included; never goes back while `boot_id` stays."""

    def boot_id(self) -> str:
        """Name this run of the phone: elapsed times of two names cannot be compared."""


@dataclass(frozen=True)
class Device:
    """All of it, and the folder that belongs to the app alone."""

    camera: Camera
    location: Location
    keys: KeyStore
    sharing: Sharing
    telephone: Telephone
    navigation: Navigation
    connectivity: Connectivity
    clock: Clock
    folder: Path

"""The phone of development and tests: no real camera or position, secrets in plain files. Never for the public."""

from pathlib import Path

from mobile.device.desktop.camera import FileCamera
from mobile.device.desktop.clock import SystemClock
from mobile.device.desktop.connectivity import GivenConnectivity
from mobile.device.desktop.key_store import PlainFileKeyStore
from mobile.device.desktop.location import GivenLocation
from mobile.device.desktop.navigation import SilentNavigation
from mobile.device.desktop.sharing import FolderSharing
from mobile.device.desktop.telephone import SilentTelephone
from mobile.device.ports import Device


def device(folder: Path) -> Device:
    """Make a desktop phone whose files stand below a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Device(
        camera=FileCamera(folder / "camera"), location=GivenLocation(), keys=PlainFileKeyStore(folder / "keys"),
        sharing=FolderSharing(folder / "exported"), telephone=SilentTelephone(),
        navigation=SilentNavigation(), connectivity=GivenConnectivity(), clock=SystemClock(),
        folder=folder,
    )  # fmt: skip

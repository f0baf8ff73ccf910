"""The phone itself, by pyjnius. NOT RUN ON A PHONE YET: written from what Android and python-for-android document.

What the package of an app must hold for it (buildozer.spec):
    android.permissions = INTERNET, CAMERA, ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION, ACCESS_NETWORK_STATE
    android.gradle_dependencies = androidx.core:core:1.13.1      (FileProvider)
    a <provider> androidx.core.content.FileProvider with the authority `<package>.fileprovider` whose paths hold the
    app's `files/` folder, <queries> for android.media.action.IMAGE_CAPTURE, android.intent.action.SEND,
    .DIAL and .VIEW with the scheme geo
"""

from pathlib import Path

from mobile.device.android.camera import IntentCamera
from mobile.device.android.clock import BootClock
from mobile.device.android.connectivity import SystemConnectivity
from mobile.device.android.key_store import HardwareKeyStore
from mobile.device.android.location import SystemLocation
from mobile.device.android.navigation import IntentNavigation
from mobile.device.android.sharing import IntentSharing
from mobile.device.android.system import activity
from mobile.device.android.telephone import IntentTelephone
from mobile.device.ports import Device


def device() -> Device:
    """Make the phone that the app runs on; its folder is the app's private one, which no backup takes."""
    folder = Path(activity().getNoBackupFilesDir().getAbsolutePath())
    outgoing = Path(activity().getFilesDir().getAbsolutePath()) / "outgoing"
    return Device(
        camera=IntentCamera(outgoing), location=SystemLocation(), keys=HardwareKeyStore(folder / "keys"),
        sharing=IntentSharing(outgoing), telephone=IntentTelephone(),
        navigation=IntentNavigation(), connectivity=SystemConnectivity(), clock=BootClock(), folder=folder,
    )  # fmt: skip

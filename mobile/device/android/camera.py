"""The phone's own camera app, asked for one picture. NOT RUN ON A PHONE YET.

The camera app writes in full size into our file; ACTION_IMAGE_CAPTURE with EXTRA_OUTPUT, as Android documents it.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mobile.device.android.system import activity, java, shared_address, with_permissions
from mobile.device.ports import Refused

_REQUEST = 0x0CA3
_RESULT_OK = -1


class IntentCamera:
    """Starts the camera app and waits for its picture."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that the FileProvider may share."""
        self._folder = folder

    def take(self, done: Callable[[Path], None], failed: Callable[[Refused], None]) -> None:
        """Ask for the permission if need be, then for a picture."""
        # Because our manifest names CAMERA, Android wants it granted even for another app's camera.
        with_permissions(["CAMERA"], lambda: self._start(done, failed), failed)

    def _start(self, done: Callable[[Path], None], failed: Callable[[Refused], None]) -> None:
        from android import activity as results  # noqa: PLC0415 (exists on the phone only)

        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"picture-{time.time_ns()}.jpg"
        path.touch()
        intent_class, store = java("android.content.Intent"), java("android.provider.MediaStore")
        address = shared_address(path)
        intent = intent_class(store.ACTION_IMAGE_CAPTURE)
        intent.putExtra(store.EXTRA_OUTPUT, _parcelable(address))
        intent.addFlags(intent_class.FLAG_GRANT_WRITE_URI_PERMISSION | intent_class.FLAG_GRANT_READ_URI_PERMISSION)

        def came(request: int, result: int, _data: Any) -> None:
            if request != _REQUEST:
                return
            results.unbind(on_activity_result=came)
            if result == _RESULT_OK and path.stat().st_size:
                done(path)
            else:
                path.unlink(missing_ok=True)
                failed(Refused("cancelled"))

        if intent.resolveActivity(activity().getPackageManager()) is None:
            path.unlink()
            failed(Refused("missing"))
            return
        results.bind(on_activity_result=came)
        activity().startActivityForResult(intent, _REQUEST)


def _parcelable(address: Any) -> Any:
    from jnius import cast  # noqa: PLC0415 (exists on the phone only)

    return cast("android.os.Parcelable", address)

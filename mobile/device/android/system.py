"""What the adapters share: Java classes, the activity, permissions, addresses of files. NOT RUN ON A PHONE YET."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from mobile.device.ports import Refused


@cache
def java(name: str) -> Any:
    """Give a class of Android or Java by its full name; inner classes are written with `$`."""
    from jnius import autoclass  # noqa: PLC0415 (exists on the phone only)

    return autoclass(name)


def activity() -> Any:
    """Give the running activity."""
    return java("org.kivy.android.PythonActivity").mActivity


def with_permissions(names: Sequence[str], granted: Callable[[], None], failed: Callable[[Refused], None]) -> None:
    """Ask the user for permissions that are missing, then go on or say `permission`; `names` as in `CAMERA`."""
    from android.permissions import check_permission, request_permissions  # noqa: PLC0415 (exists on the phone only)

    wanted = [f"android.permission.{name}" for name in names]
    if all(check_permission(name) for name in wanted):
        granted()
        return

    def answered(_names: Sequence[str], answers: Sequence[bool]) -> None:
        if answers and all(answers):
            granted()
        else:
            failed(Refused("permission"))

    request_permissions(wanted, answered)


def shared_address(path: Path) -> Any:
    """Give the `content://` address under which another app may read or write one file of ours."""
    context = activity()
    provider = java("androidx.core.content.FileProvider")
    file = java("java.io.File")(str(path))
    return provider.getUriForFile(context, f"{context.getPackageName()}.fileprovider", file)

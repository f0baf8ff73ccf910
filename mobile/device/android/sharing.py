"""Hands a file to another app through Android's chooser. NOT RUN ON A PHONE YET."""

import shutil
from pathlib import Path

from mobile.device.android.system import activity, java, shared_address
from mobile.device.ports import Refused


class IntentSharing:
    """Copies the file to where the FileProvider may share it, and asks who takes it (ACTION_SEND)."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that the FileProvider may share."""
        self._folder = folder

    def export_file(self, path: Path, media_type: str, title: str) -> None:
        """Open the chooser with a title."""
        from jnius import cast  # noqa: PLC0415 (exists on the phone only)

        self._folder.mkdir(parents=True, exist_ok=True)
        copy = self._folder / path.name
        shutil.copyfile(path, copy)
        intent_class = java("android.content.Intent")
        intent = intent_class(intent_class.ACTION_SEND)
        intent.setType(media_type)
        intent.putExtra(intent_class.EXTRA_STREAM, cast("android.os.Parcelable", shared_address(copy)))
        intent.addFlags(intent_class.FLAG_GRANT_READ_URI_PERMISSION)
        if intent.resolveActivity(activity().getPackageManager()) is None:
            raise Refused("missing")
        label = cast("java.lang.CharSequence", java("java.lang.String")(title))
        activity().startActivity(intent_class.createChooser(intent, label))

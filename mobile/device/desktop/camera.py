"""A camera without a lens, for development and tests."""

import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from mobile.device.ports import Refused

_WIDTH, _HEIGHT = 1600, 1200


class FileCamera:
    """Gives copies of the file in `picture`, or, without one, a drawn test picture with its number."""

    def __init__(self, folder: Path, picture: Path | None = None) -> None:
        """Take where the pictures are put."""
        self.folder, self.picture = folder, picture
        self.refusal: Refused | None = None
        self._taken = 0

    def take(self, done: Callable[[Path], None], failed: Callable[[Refused], None]) -> None:
        """Take a picture at once, or refuse with what stands in `refusal`."""
        if self.refusal is not None:
            failed(self.refusal)
            return
        self._taken += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"picture-{self._taken:04d}.jpg"
        if self.picture is not None:
            shutil.copyfile(self.picture, path)
        else:
            _test_picture(self._taken).save(path, "JPEG", quality=85)
        done(path)


def _test_picture(number: int) -> Image.Image:
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), (96 + 37 * number % 120, 130, 160))
    pen = ImageDraw.Draw(picture)
    for at in range(8):
        pen.rectangle((at * 200, 900 - 60 * ((at + number) % 5), at * 200 + 180, _HEIGHT), fill=(70 + 18 * at, 80, 90))
    pen.text((60, 60), f"TEST {number}", fill=(255, 255, 255), font_size=120)
    return picture

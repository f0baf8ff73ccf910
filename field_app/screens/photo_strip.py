"""A strip of photos of a draft with a button that takes the next; used wherever work has photos."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from field_app.field import Field
from mobile.device.ports import Refused
from mobile.kit.i18n import t
from mobile.kit.theme import dp
from mobile.kit.tokens import GAP_S
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Column, Row, Spacer, show
from mobile.kit.widgets.photo import PhotoThumb, PhotoViewer
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.work import Work, post
from mobile.sdk.photo_rows import Photo
from mobile.sdk.pictures import NoPicture, Picture, prepare_photo

_IN_A_ROW = 3


def source_of(photo: Photo, variant: str = "preview") -> str:
    """Name a photo of the queue for the kit's pictures."""
    return f"queue:{photo.id}.{'original' if photo.kind == 'signature' else variant}"


class PhotoStrip(Column):
    """Photos and the camera. `add` takes a picture that is ready, `remove` the id of one that is thrown away."""

    def __init__(
        self, field: Field, work: Work, add: Callable[[Picture], None], remove: Callable[[str], None], label: str = "",
        **properties: Any,
    ) -> None:  # fmt: skip
        """Take the app, the screen's work, and what to do with photos."""
        super().__init__(spacing=dp(GAP_S), **properties)
        self._field, self._work, self._add, self._remove = field, work, add, remove
        self._photos: Sequence[Photo] = ()
        test_id = properties.get("test_id", "photos")
        self.camera = PushButton(
            label or t("photos.take"),
            kind="secondary",
            icon="camera-plus",
            test_id=f"{test_id}.take",
            on_tap=self._take,
        )
        self.show([])

    def show(self, photos: Sequence[Photo], most: int = 10) -> None:
        """Show these photos; no more than `most` can be taken."""
        self._photos = photos
        rows = []
        for first in range(0, len(photos), _IN_A_ROW):
            thumbs = [self._thumb(photos[at], at) for at in range(first, min(first + _IN_A_ROW, len(photos)))]
            rows.append(Row(*thumbs, Spacer(), spacing=dp(GAP_S)))
        show(self, *rows, *([self.camera] if len(photos) < most else []))

    def _thumb(self, photo: Photo, at: int) -> PhotoThumb:
        return PhotoThumb(
            source_of(photo), can_remove=True, test_id=f"photo.{at}",
            on_tap=lambda *_: PhotoViewer([source_of(one, "original") for one in self._photos], at).open(self),
            on_remove=lambda *_: self._remove(photo.id),
        )  # fmt: skip

    def _take(self, *_: Any) -> None:
        self._field.device.camera.take(
            lambda path: post(lambda: self._taken(path)), lambda refused: post(lambda: self._refused(refused))
        )

    def _taken(self, path: Path) -> None:
        def ready() -> Picture:
            picture = prepare_photo(path.read_bytes())
            path.unlink(missing_ok=True)
            return picture

        def failed(error: Exception) -> None:
            if not isinstance(error, NoPicture | OSError):
                raise error
            Snackbar(t("photos.unreadable"), icon="alert").open(self)

        self._work.run(ready, self._add, failed)

    def _refused(self, refused: Refused) -> None:
        if refused.code != "cancelled":
            Snackbar(t(f"photos.{refused.code}"), icon="alert").open(self)

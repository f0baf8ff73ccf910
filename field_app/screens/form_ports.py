"""What a form of the kit gets from this app: photos and signatures of a draft's queue, places."""

from collections.abc import Callable, Sequence
from typing import Any

from field_app.field import Field
from field_app.screens.photo_strip import PhotoStrip, source_of
from field_app.screens.place_picker import PlacePicker
from mobile.kit.forms.ports import Ports
from mobile.kit.i18n import t
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.work import Work
from mobile.sdk.photo_rows import Photo
from mobile.sdk.pictures import Picture, prepare_signature


class AnswerStrip(PhotoStrip):
    """A strip whose photos are known by their ids."""

    def __init__(self, *parts: Any, find: Callable[[str], Photo | None], **properties: Any) -> None:
        """Take what `PhotoStrip` takes, and what finds a photo of the queue."""
        self._find = find
        super().__init__(*parts, **properties)

    def show_ids(self, ids: Sequence[str], most: int) -> None:
        """Show the photos of these ids that are on this phone."""
        found = (self._find(photo_id) for photo_id in ids)
        self.show([photo for photo in found if photo is not None], most)


def form_ports(
    field: Field, work: Work, draft_id: str, keep: Callable[[], None], *, most_photos: int, risk: int = 0
) -> Ports:
    """Give a form the queue of a draft.

    Args:
        field: the app.
        work: of the screen.
        draft_id: whom the photos belong to.
        keep: writes the draft; called before a photo is kept, so that none is ever without its work.
        most_photos: of the whole draft.
        risk: the higher, the sooner its photos are sent.
    """
    photos = field.open.photos

    def find(photo_id: str) -> Photo | None:
        try:
            return photos.photo(photo_id)
        except KeyError:
            return None

    def strip(added: Callable[[str], None], removed: Callable[[str], None], test_id: str) -> AnswerStrip:
        def add(picture: Picture) -> None:
            if len(photos.photos_of(draft_id)) >= most_photos:
                Snackbar(t("photos.too_many", count=most_photos), icon="alert").open(made)
                return
            keep()
            added(photos.keep(draft_id, picture, risk=risk).id)

        def remove(photo_id: str) -> None:
            removed(photo_id)
            photos.drop(photo_id)

        made = AnswerStrip(field, work, add, remove, find=find, test_id=test_id)
        return made

    def keep_signature(draw: Callable[[], bytes], done: Callable[[str], None]) -> None:
        def drawn(picture: Picture) -> None:
            keep()
            done(photos.keep(draft_id, picture, kind="signature").id)

        work.run(lambda: prepare_signature(draw()), drawn)

    def picture_of(photo_id: str) -> str:
        photo = find(photo_id)
        return source_of(photo) if photo is not None else ""

    return Ports(
        photo_strip=strip, keep_signature=keep_signature, forget=photos.drop, picture_of=picture_of, here=field.place,
        pick_place=lambda start, chosen, near: PlacePicker(field, start, chosen).open(near),
    )  # fmt: skip

"""Pictures of cases that the office or citizens took: fetched once where there is a network, kept sealed."""

import httpx

from field_app.account import Account, Offline, SignedOut
from mobile.sdk.photo_files import PhotoFiles

MOST_KEPT = 500
_SECONDS = 20.0


class PhotoCache:
    """Reads `<case id>/<photo id>`; may be called in any thread."""

    def __init__(self, files: PhotoFiles, client: httpx.Client, account: Account) -> None:
        """Take where pictures are kept, the server's client, and who asks."""
        self._files, self._client, self._account = files, client, account

    def read(self, name: str) -> bytes:
        """Give the small picture of a photo.

        Raises:
            OSError: it is not here, and cannot be had now.
        """
        case_id, photo_id = name.split("/")
        try:
            return self._files.read(f"{photo_id}.seen")
        except (OSError, ValueError):
            picture = self._fetched(case_id, photo_id)
        self._files.write(f"{photo_id}.seen", picture)
        for old in self._files.names()[:-MOST_KEPT]:
            self._files.delete(old)
        return picture

    def _fetched(self, case_id: str, photo_id: str) -> bytes:
        try:
            answer = self._client.get(
                f"/v1/complaints/{case_id}/photos/{photo_id}/thumbnail",
                headers={"Authorization": f"Bearer {self._account.token()}"}, timeout=_SECONDS,
            )  # fmt: skip
        except (httpx.HTTPError, Offline, SignedOut):
            raise FileNotFoundError(photo_id) from None
        if answer.status_code != httpx.codes.OK or answer.headers.get("content-type") != "image/jpeg":
            raise FileNotFoundError(photo_id)
        return answer.content

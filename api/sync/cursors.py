"""Where a phone stands in a scope: short texts that only the server makes, bound to epoch, person and scope.

`feed`: everything before this pointer has been read. `snapshot`: the scope's rows are being sent by table and id; the
feed goes on from the horizon at which that began.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from api.core import keys

NIL = UUID(int=0)
_SEAL_BYTES = 9
_SHAPE = re.compile(r"([fs])([0-9a-f]{1,16})(?:\.([a-z_]{1,40})\.([0-9a-f]{32}))?\.([A-Za-z0-9_-]{12})")


@dataclass(frozen=True)
class Cursor:
    """A place in the feed (the last pointer read) or in a snapshot (the last row sent)."""

    kind: Literal["feed", "snapshot"]
    xid: int
    table: str = ""
    row_id: UUID = NIL


class Seals:
    """Writes and reads the cursors of one person in one epoch."""

    def __init__(self, municipality_id: int, epoch: UUID, staff_user_id: UUID | None) -> None:
        """Take what the cursors are bound to."""
        self._key = hmac.digest(
            keys.derived_key("sync cursor"), f"{municipality_id}|{epoch}|{staff_user_id}".encode(), "sha256"
        )

    def write(self, sid: str, cursor: Cursor) -> str:
        """Give the text of a cursor of this scope."""
        place = f".{cursor.table}.{cursor.row_id.hex}" if cursor.table else ""
        said = f"{cursor.kind[0]}{cursor.xid:x}{place}"
        return f"{said}.{self._seal(sid, said)}"

    def read(self, sid: str, text: str | None) -> Cursor | None:
        """Give what a text says; None if it is none of this scope and epoch."""
        found = _SHAPE.fullmatch(text or "")
        if found is None or not hmac.compare_digest(self._seal(sid, text.rpartition(".")[0] if text else ""), found[5]):
            return None
        kind: Literal["feed", "snapshot"] = "feed" if found[1] == "f" else "snapshot"
        return Cursor(kind, int(found[2], 16), found[3] or "", UUID(found[4]) if found[4] else NIL)

    def _seal(self, sid: str, said: str) -> str:
        digest = hmac.digest(self._key, f"{sid}|{said}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:_SEAL_BYTES]).decode()

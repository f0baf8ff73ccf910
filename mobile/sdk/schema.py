"""The phone's database. The outbox is frozen: whatever a later version of the app changes, it stays readable.

`TABLES` is the newest version; `MIGRATIONS` lead an older file to it, and both end alike (a test says so).
"""

from collections.abc import Mapping, Sequence

OUTBOX = """
CREATE TABLE outbox (
    id    TEXT PRIMARY KEY,
    seq   INTEGER NOT NULL UNIQUE,
    kind  TEXT NOT NULL,
    kv    INTEGER NOT NULL,
    at    TEXT NOT NULL,
    base  TEXT NOT NULL,
    body  TEXT NOT NULL,
    sha   TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'ok', 'conflict', 'quarantined')),
    code  TEXT,
    xid   INTEGER,
    acked_at     INTEGER,
    rows         TEXT,
    is_settled   INTEGER NOT NULL DEFAULT 0,
    is_dismissed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID"""
"""`is_settled`: the server's own rows show the effect, so that the view needs this line no more."""

_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    OUTBOX,
    """CREATE TABLE synced (
        tbl TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (tbl, id)
    ) WITHOUT ROWID""",
    """CREATE TABLE membership (
        tbl TEXT NOT NULL, id TEXT NOT NULL, sid TEXT NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (tbl, id, sid)
    ) WITHOUT ROWID""",
    "CREATE INDEX membership_scope ON membership (sid, run)",
    """CREATE TABLE scope (
        sid TEXT PRIMARY KEY, title TEXT NOT NULL, priority INTEGER NOT NULL, cursor TEXT, run INTEGER NOT NULL,
        is_complete INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE target (
        tbl TEXT NOT NULL, id TEXT NOT NULL, holder TEXT NOT NULL, PRIMARY KEY (tbl, id, holder)
    ) WITHOUT ROWID""",
    "CREATE INDEX target_holder ON target (holder)",
    """CREATE TABLE draft (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, updated_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
)
"""`target`: the rows that a line of the outbox or a draft (`holder`, its id) stands on; meanwhile they are kept."""

_PHOTOS = (
    """CREATE TABLE photo (
        id TEXT PRIMARY KEY, holder TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('photo', 'signature')),
        risk INTEGER NOT NULL, is_flagged INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
        mime TEXT NOT NULL, taken_at INTEGER NOT NULL, facts TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('here', 'released', 'orphan', 'missing')),
        stored_at INTEGER
    ) WITHOUT ROWID""",
    "CREATE INDEX photo_holder ON photo (holder)",
    """CREATE TABLE upload (
        id TEXT NOT NULL, variant TEXT NOT NULL CHECK (variant IN ('preview', 'original', 'bundle')),
        sha256 TEXT NOT NULL, size INTEGER NOT NULL, mime TEXT NOT NULL, url TEXT, done INTEGER NOT NULL DEFAULT 0,
        is_sure INTEGER NOT NULL DEFAULT 0, done_at INTEGER, failures INTEGER NOT NULL DEFAULT 0,
        next_try INTEGER NOT NULL DEFAULT 0, code TEXT, PRIMARY KEY (id, variant)
    ) WITHOUT ROWID""",
    # The outbox keeps 30 days; what is asked of it all the time is only its open end.
    "CREATE INDEX outbox_open ON outbox (seq) WHERE is_settled = 0",
    "CREATE INDEX outbox_state ON outbox (state, is_dismissed, seq)",
)
"""`stored_at`: the server's time when its word was pulled. `done`: bytes the server has, for certain if
`is_sure`. `code`: why the server does not want it."""

TABLES = _FIRST + _PHOTOS
MIGRATIONS: Mapping[int, Sequence[str]] = {2: _PHOTOS}
"""Statements that lead from the version before to this one; a published one is never changed."""
VERSION = max(MIGRATIONS)

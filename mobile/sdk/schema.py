"""The phone's database. The outbox is frozen: whatever a later version of the app changes, it stays readable."""

VERSION = 1

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

TABLES = (
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

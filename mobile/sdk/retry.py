"""When to try again: kept in the database, so that neither a restart nor the lack of new work changes it."""

from random import Random

from mobile.sdk.store import Store

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5_000, 900_000
QUICK_AFTER = 3


def next_try(store: Store, now: int) -> int:
    """Give the moment before which nothing is sent; a clock that was set back does not make it far away."""
    wanted = int(store.get("next_try", 0))
    return wanted if wanted <= now + LONGEST_PAUSE_MS else 0


def fail(store: Store, now: int, chance: Random) -> None:
    """No usable answer: wait longer every time, spread by chance so that phones do not come all at once."""
    failures = int(store.get("failures", 0)) + 1
    pause = min(FIRST_PAUSE_MS * 2 ** min(failures - 1, 20), LONGEST_PAUSE_MS)
    store.put(failures=failures, successes=0, next_try=now + chance.randint(pause // 2, pause))


def succeed(store: Store, now: int) -> None:
    """The server answered."""
    store.put(failures=0, successes=int(store.get("successes", 0)) + 1, next_try=0, last_contact=now, needs_sign_in=0)


def is_quick(store: Store) -> bool:
    """Whether the line has proven good enough to ask for much at once."""
    return int(store.get("successes", 0)) >= QUICK_AFTER

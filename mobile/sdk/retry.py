"""When to try again: kept in the database, so that neither a restart nor the lack of new work changes it.

Records and pictures (`queue`) wait apart: neither is kept back because the other fails.
"""

from random import Random

from mobile.sdk.store import Store

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5_000, 900_000
QUICK_AFTER = 3
RECORDS, PICTURES = "", "pictures_"


def next_try(store: Store, now: int, queue: str = RECORDS) -> int:
    """Give the moment before which nothing is sent; a clock that was set back does not make it far away."""
    return wanted_by(int(store.get(f"{queue}next_try", 0)), now)


def wanted_by(moment: int, now: int) -> int:
    """Give a moment of trying again, or 0 for one that lies farther ahead than any pause."""
    return moment if moment <= now + LONGEST_PAUSE_MS else 0


def pause_ms(failures: int) -> int:
    """Give the pause after so many failures in a row."""
    return int(min(FIRST_PAUSE_MS * 2 ** min(failures - 1, 20), LONGEST_PAUSE_MS))


def fail(store: Store, now: int, chance: Random, queue: str = RECORDS) -> None:
    """No usable answer: wait longer every time, spread by chance so that phones do not come all at once."""
    failures = int(store.get(f"{queue}failures", 0)) + 1
    pause = pause_ms(failures)
    facts = {"failures": failures, "successes": 0, "next_try": now + chance.randint(pause // 2, pause)}
    store.put(**{f"{queue}{name}": value for name, value in facts.items()})


def succeed(store: Store, now: int) -> None:
    """The server answered."""
    store.put(failures=0, successes=int(store.get("successes", 0)) + 1, next_try=0, last_contact=now, needs_sign_in=0)


def end_pauses(store: Store) -> None:
    """Try now: the user asks for it, or a network has come. What failed before is forgotten, what is refused is not."""
    store.put(next_try=0, failures=0, **{f"{PICTURES}next_try": 0, f"{PICTURES}failures": 0})
    store.run("UPDATE upload SET next_try = 0 WHERE code IS NULL")


def is_quick(store: Store) -> bool:
    """Whether the line has proven good enough to ask for much at once."""
    return int(store.get("successes", 0)) >= QUICK_AFTER

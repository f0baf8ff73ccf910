"""Time-ordered identifiers: UUID version 7 (RFC 9562 §5.7), made here or on a phone."""

import secrets
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.core import clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTER_BITS = 42
_RANDOM_BITS = 32
# A small step back of the clock (NTP) keeps the order; a large one is a corrected clock, and ids follow it.
_TOLERATED_STEP_BACK_MS = 10_000


class NotUuid7(ValueError):
    """The identifier is no version 7 UUID and carries no time."""

    code = "not_uuid7"
    message_tr = "Kayıt numarası geçerli değil."

    def __init__(self) -> None:
        super().__init__(self.message_tr)


class _Sequence:
    """Milliseconds of the last id and a 42-bit counter that starts random and grows within one millisecond."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last_ms = -1
        self.counter = 0

    def next(self, now_ms: int) -> tuple[int, int]:
        with self.lock:
            if now_ms > self.last_ms or now_ms < self.last_ms - _TOLERATED_STEP_BACK_MS:
                self.last_ms = now_ms
                # The highest bit starts at 0, so that at least 2^41 ids fit before the counter runs over.
                self.counter = secrets.randbits(_COUNTER_BITS - 1)
            else:
                self.counter += 1
                if self.counter >> _COUNTER_BITS:
                    self.last_ms += 1
                    self.counter = secrets.randbits(_COUNTER_BITS - 1)
            return self.last_ms, self.counter


_sequence = _Sequence()


def uuid7() -> UUID:
    """Make a new identifier that sorts after every earlier one of this process.

    48 bits of milliseconds, 42 bits of counter, 32 random bits (RFC 9562 §6.2, method 1). The order is broken only
    when the clock is set back by more than ten seconds.
    """
    milliseconds, counter = _sequence.next((clock.now() - _EPOCH) // timedelta(milliseconds=1))
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= (counter >> 30) << 64
    value |= 0b10 << 62
    value |= (counter & 0x3FFF_FFFF) << _RANDOM_BITS
    value |= secrets.randbits(_RANDOM_BITS)
    return UUID(int=value)


def uuid7_time(identifier: UUID) -> datetime:
    """Say when an identifier was made, by the clock of its maker, to the millisecond (aware UTC).

    A phone's clock may be wrong: never decide a right or a deadline on it. Raises NotUuid7.
    """
    if identifier.version != 7:  # noqa: PLR2004 (the number is the meaning)
        raise NotUuid7
    try:
        return _EPOCH + timedelta(milliseconds=identifier.int >> 80)
    except OverflowError as error:
        raise NotUuid7 from error

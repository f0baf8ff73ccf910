"""Identifiers of pretend rows: UUID version 7 of the moment that the row tells, from the demonstration's own chance."""

import numpy as np

from api.demo.arrivals import Ints


def uuid7_texts(at: Ints, rng: np.random.Generator) -> list[str]:
    """Make one identifier for each moment (ms since the epoch): 32 hexadecimal digits, as PostgreSQL reads them too."""
    pairs = np.empty((len(at), 2), dtype=">u8")
    head = at.astype(np.uint64) << np.uint64(16)
    pairs[:, 0] = head | np.uint64(0x7000) | rng.integers(0, 1 << 12, len(at), np.uint64)
    pairs[:, 1] = np.uint64(1 << 63) | rng.integers(0, 1 << 62, len(at), np.uint64)
    digits = pairs.tobytes().hex()
    return [digits[start : start + 32] for start in range(0, len(digits), 32)]

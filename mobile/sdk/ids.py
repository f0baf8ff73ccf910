"""Ids made on the phone: UUIDv7 (RFC 9562 §5.7). Their time is for people and indexes, never for order."""

from random import Random
from uuid import UUID


def uuid7(wall_ms: int, chance: Random) -> str:
    """Give a new id for a moment in milliseconds since 1970."""
    value = (wall_ms & 0xFFFF_FFFF_FFFF) << 80 | chance.getrandbits(74)
    high = (value >> 80) << 80
    random_a, random_b = (value >> 62) & 0xFFF, value & 0x3FFF_FFFF_FFFF_FFFF
    return str(UUID(int=high | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b))

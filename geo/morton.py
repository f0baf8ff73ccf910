"""Z-order of grid cells: all cells inside one map tile lie in one unbroken range, so an index finds them in one step.

Standard library only, because the phones use it.
"""

_SPREAD = (
    (0x0000FFFF0000FFFF, 16),
    (0x00FF00FF00FF00FF, 8),
    (0x0F0F0F0F0F0F0F0F, 4),
    (0x3333333333333333, 2),
    (0x5555555555555555, 1),
)


def _spread(value: int) -> int:
    for mask, shift in _SPREAD:
        value = (value | (value << shift)) & mask
    return value


def morton(gx: int, gy: int) -> int:
    """Give the Z-order number of a cell; both coordinates are 0 … 2^31-1.

    Raises:
        ValueError: a coordinate is out of range.
    """
    if not (0 <= gx < 1 << 31 and 0 <= gy < 1 << 31):
        raise ValueError("cell coordinates are 0 … 2^31-1")
    return _spread(gx) | (_spread(gy) << 1)


def tile_range(z: int, x: int, y: int, level: int) -> tuple[int, int]:
    """Give the first and last number of the cells of `level` (≥ z) inside tile (z, x, y), both included."""
    shift = level - z
    if shift < 0:
        raise ValueError("cells are never larger than the tile")
    first = morton(x << shift, y << shift)
    return first, first + (1 << (2 * shift)) - 1

"""How unevenly reports lie in space, as shares of the densest cells."""

from dataclasses import dataclass

import numpy as np

from geo.local_frame import FloatArray

# Inside the densest given part the reports crowd on: its first tenth holds about a quarter of it.
_CROWDING = 0.6


@dataclass(frozen=True, slots=True)
class Concentration:
    """`shares` are pairs (part of all cells that have reports, densest first; share of all reports in them), rising.

    Raises ValueError when a pair lies outside 0..1 or a later part would be denser than an earlier one.
    """

    shares: tuple[tuple[float, float], ...]
    source: str

    def __post_init__(self) -> None:
        corners = np.array([(0.0, 0.0), *self.shares, (1.0, 1.0)])
        steps = np.diff(corners, axis=0)
        if (steps <= 0).any() or (np.diff(steps[:, 1] / steps[:, 0]) > 0).any():
            raise ValueError(f"shares must rise, and ever more slowly: {self.shares!r}")

    def cell_shares(self, cells: int) -> FloatArray:
        """Share of each of `cells` cells, densest first; they sum to 1."""
        corners = np.array([(0.0, 0.0), *self.shares, (1.0, 1.0)])
        part = np.arange(cells + 1) / cells
        total = np.interp(part, corners[:, 0], corners[:, 1])
        first_part, first_share = corners[1]
        crowded = part < first_part
        total[crowded] = first_share * (part[crowded] / first_part) ** _CROWDING
        shares: FloatArray = np.diff(total)
        return shares


# Cells of about 100 m, 7,466 of them with a report.
OPEN_311 = Concentration(
    shares=((0.01, 0.319), (0.05, 0.447), (0.10, 0.542), (0.20, 0.670), (0.50, 0.881)),
    source=(
        "Boston 311 requests 2015 (open data; published in johnsliao/bostonservicemap),"
        " numbers fitted from 58040 records"
    ),
)

"""Voronoi cells with weights (a power diagram): seeds that share a set of places in wanted proportions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.local_frame import FloatArray

_ROUNDS = 60
# In the last rounds the seeds stand still, so that the weights can settle.
_MOVING_ROUNDS = 35


@dataclass(frozen=True, slots=True)
class Edge:
    """Common side of the cells `one` < `other`, from `start` to `end`."""

    one: int
    other: int
    start: FloatArray
    end: FloatArray


@dataclass(frozen=True, slots=True)
class PowerCells:
    """Place xy belongs to the cell k with the smallest |xy - seeds[k]|² - weights[k]."""

    seeds: FloatArray
    weights: FloatArray

    @classmethod
    def settled(cls, places: FloatArray, area: float, shares: FloatArray, seeds: FloatArray) -> "PowerCells":
        """Move seeds and weights until each cell holds about its share of the places.

        The places are spread evenly over `area` square metres, the shares sum to 1, and the seeds start on different
        places. Returns the best of all rounds: where land is cut up by water, cells jump from island to island and the
        last round need not be the best. In the first round every cell holds at least its seed, so none ends empty.
        """
        best = cells = cls(seeds, np.zeros(len(seeds)))
        best_error = np.inf
        # Among cells of its size a cell grows by about pi/2 m² for each m² of weight; among larger ones by less.
        stiffness = np.clip(np.sqrt(shares.mean() / shares), 1.0, 3.0)
        for turn in range(_ROUNDS):
            owner = cells.owners(places)
            held = np.bincount(owner, minlength=len(seeds)) / len(places)
            error = np.abs(np.log(held / shares)).max() if held.all() else np.inf
            if error < best_error:
                best, best_error = cells, error
            moving = turn < _MOVING_ROUNDS
            pace = 0.35 if moving else 0.35 * (_ROUNDS - turn) / (_ROUNDS - _MOVING_ROUNDS)
            weights = cells.weights + pace * stiffness * area * (shares - held)
            cells = cls(_centres(places, owner, cells.seeds) if moving else cells.seeds, weights)
        return best

    def owners(self, places: FloatArray) -> NDArray[np.intp]:
        """Number of the cell that each place of shape (n, 2) belongs to."""
        # |xy|² is the same for every cell and left out.
        power = places @ (-2 * self.seeds.T) + (self.seeds**2).sum(axis=1) - self.weights
        owner: NDArray[np.intp] = power.argmin(axis=1)
        return owner

    def edges(self, reach: float) -> list[Edge]:
        """Common sides of all pairs of cells; sides without an end are cut `reach` metres from their middle."""
        return [
            edge
            for one in range(len(self.seeds))
            for other in range(one + 1, len(self.seeds))
            if (edge := self._edge(one, other, reach)) is not None
        ]

    def _edge(self, one: int, other: int, reach: float) -> Edge | None:
        """Walk the line where two cells weigh the same and keep what no third cell takes."""
        apart = self.seeds[other] - self.seeds[one]
        lean = 0.5 + (self.weights[one] - self.weights[other]) / (2 * apart @ apart)
        middle = self.seeds[one] + lean * apart
        along = np.array([-apart[1], apart[0]]) / np.hypot(*apart)
        # The third cell takes the place middle + t * along when margin + t * slope < 0.
        margin = ((middle - self.seeds) ** 2).sum(axis=1) - self.weights
        margin -= margin[one]
        slope = -2 * (self.seeds - self.seeds[one]) @ along
        margin[[one, other]], slope[[one, other]] = 1.0, 0.0
        limit = -margin / np.where(slope == 0.0, 1.0, slope)
        low = max(-reach, limit[slope > 0].max(initial=-reach))
        high = min(reach, limit[slope < 0].min(initial=reach))
        if low >= high or margin[slope == 0].min(initial=1.0) < 0:
            return None
        return Edge(one, other, middle + low * along, middle + high * along)


def _centres(places: FloatArray, owner: NDArray[np.intp], seeds: FloatArray) -> FloatArray:
    held = np.bincount(owner, minlength=len(seeds))
    total = np.column_stack([np.bincount(owner, weights=places[:, axis], minlength=len(seeds)) for axis in (0, 1)])
    return np.where(held[:, None] > 0, total / np.maximum(held, 1)[:, None], seeds)

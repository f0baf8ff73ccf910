"""A smooth bend of the plane that makes straight borders and lattices look grown.

Neighbouring places move together (the bend stretches by less than half), so lines that did not cross still do not.
"""

from dataclasses import dataclass

import numpy as np

from geo.local_frame import FloatArray

_WAVES = 7
# Sum of all slopes; below 1 the bend can be undone.
_TOTAL_SLOPE = 0.42
# At slope 0.42 each round leaves less than half of the error: 40 rounds reach the limit of a float.
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Warp:
    """Sum of sine waves: `waves` are wave vectors, `pushes` are displacements in metres, both of shape (k, 2)."""

    waves: FloatArray
    phases: FloatArray
    pushes: FloatArray

    @classmethod
    def drawn(cls, rng: np.random.Generator, shortest_m: float, longest_m: float) -> "Warp":
        """Draw a bend with wave lengths between two lengths in metres."""
        length = np.geomspace(shortest_m, longest_m, _WAVES)[:, None]
        return cls(
            waves=2 * np.pi / length * _directions(rng),
            phases=rng.uniform(0, 2 * np.pi, _WAVES),
            pushes=_TOTAL_SLOPE / _WAVES * length / (2 * np.pi) * _directions(rng),
        )

    def _displacement(self, xy: FloatArray) -> FloatArray:
        moved: FloatArray = np.sin(xy @ self.waves.T + self.phases) @ self.pushes
        return moved

    def bend(self, xy: FloatArray) -> FloatArray:
        """Move places of the straight plane, shape (n, 2) in metres, to where they lie in the town."""
        return xy + self._displacement(xy)

    def straighten(self, xy: FloatArray) -> FloatArray:
        """Undo `bend`."""
        straight = xy
        for _ in range(_ROUNDS):
            straight = xy - self._displacement(straight)
        return straight


def _directions(rng: np.random.Generator) -> FloatArray:
    angle = rng.uniform(0, 2 * np.pi, _WAVES)
    return np.column_stack([np.cos(angle), np.sin(angle)])

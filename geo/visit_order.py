"""In which order to visit places on foot or by car: straight lines, the nearest first, then crossings untangled.

Pure Python: phones plan their day with it.
"""

import math
from collections.abc import Sequence

Place = tuple[float, float]
"""Longitude and latitude in degrees."""

METRES_PER_DEGREE = 111_320.0
MOST_UNTANGLED = 80
"""Longer tours keep the order of the nearest next: untangling them would take a phone too long."""


def distance_m(first: Place, second: Place) -> float:
    """Give the metres between two places of one town (a flat earth; within a hundred kilometres good to 0.5 %)."""
    east = (second[0] - first[0]) * math.cos(math.radians((first[1] + second[1]) / 2))
    return math.hypot(east, second[1] - first[1]) * METRES_PER_DEGREE


def visit_order(start: Place, places: Sequence[Place]) -> list[int]:
    """Give the indexes of the places in the order of a short way that begins at `start` and ends anywhere.

    The same places give the same order. Not the shortest way: for a day's forty visits it is a few percent longer.
    """
    left, order, here = list(range(len(places))), list[int](), start
    while left:
        nearest = min(left, key=lambda index: (distance_m(here, places[index]), index))
        left.remove(nearest)
        order.append(nearest)
        here = places[nearest]
    return _untangled(start, places, order) if len(order) <= MOST_UNTANGLED else order


def _untangled(start: Place, places: Sequence[Place], order: list[int]) -> list[int]:
    """Turn pieces of the way round as long as that makes it shorter (2-opt on an open way)."""
    way = [start, *(places[index] for index in order)]
    order = [-1, *order]
    is_better = True
    while is_better:
        is_better = False
        for first in range(1, len(way) - 1):
            for last in range(first + 1, len(way)):
                before, after = way[first - 1], way[last + 1] if last + 1 < len(way) else None
                now = distance_m(before, way[first]) + (distance_m(way[last], after) if after else 0.0)
                then = distance_m(before, way[last]) + (distance_m(way[first], after) if after else 0.0)
                if then < now - 0.01:
                    way[first : last + 1] = reversed(way[first : last + 1])
                    order[first : last + 1] = reversed(order[first : last + 1])
                    is_better = True
    return order[1:]

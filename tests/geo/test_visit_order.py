import itertools
import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.visit_order import METRES_PER_DEGREE, distance_m, visit_order

HERE = (29.03, 40.98)
PLACE = st.tuples(
    st.floats(28.9, 29.2, allow_nan=False).map(lambda value: round(value, 5)),
    st.floats(40.9, 41.1, allow_nan=False).map(lambda value: round(value, 5)),
)


def length(start, places, order):
    way = [start, *(places[index] for index in order)]
    return sum(distance_m(one, other) for one, other in itertools.pairwise(way))


def test_a_degree_of_latitude_is_111_km_and_one_of_longitude_is_shorter_here():
    assert distance_m(HERE, (HERE[0], HERE[1] + 1)) == pytest.approx(METRES_PER_DEGREE)
    east = distance_m(HERE, (HERE[0] + 1, HERE[1]))
    assert east == pytest.approx(METRES_PER_DEGREE * math.cos(math.radians(HERE[1])))


@given(st.lists(PLACE, max_size=12))
def test_every_place_is_visited_once_and_no_later_than_by_the_nearest_next(places):
    order = visit_order(HERE, places)
    assert sorted(order) == list(range(len(places)))
    assert order == visit_order(HERE, places)
    left, here, nearest_next = set(range(len(places))), HERE, []
    while left:
        index = min(left, key=lambda i: (distance_m(here, places[i]), i))
        left.remove(index)
        nearest_next.append(index)
        here = places[index]
    assert length(HERE, places, order) <= length(HERE, places, nearest_next) + 0.1


def test_the_way_is_on_average_a_few_percent_longer_than_the_best():
    chance, ratios = Random(7), []
    for _ in range(40):
        places = [(28.9 + chance.random() / 5, 40.9 + chance.random() / 5) for _ in range(6)]
        best = min(length(HERE, places, order) for order in itertools.permutations(range(len(places))))
        ratios.append(length(HERE, places, visit_order(HERE, places)) / best)
    assert sum(ratios) / len(ratios) < 1.06


def test_places_along_a_street_are_visited_along_it():
    street = [(HERE[0] + step / 1000, HERE[1]) for step in (5, 1, 4, 2, 3)]
    assert visit_order(HERE, street) == [1, 3, 4, 2, 0]


def test_a_long_list_is_ordered_at_once():
    places = [(28.9 + (i * 37 % 301) / 1000, 40.9 + (i * 53 % 199) / 1000) for i in range(1_000)]
    assert len(set(visit_order(HERE, places))) == 1_000

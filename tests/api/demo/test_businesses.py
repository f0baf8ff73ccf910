"""Pretend businesses: believable, on the streets of their town, the same every time, and said to be made up."""

import time

import psycopg
import pytest
from psycopg.rows import dict_row
from stdnum.tr import vkn

from api.core.text import fold
from api.demo.businesses import load_businesses
from api.demo.trades import TRADES
from tests.api.demo.conftest import SEED, UNTIL

SQL = "SELECT *, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM business ORDER BY id"


@pytest.fixture(scope="module")
def businesses(module_db, setting_and_ring):
    """300 businesses in the database, and the seconds that they took."""
    setting, ring = setting_and_ring
    began = time.process_time()
    load_businesses(module_db.owner, setting, ring, 300, UNTIL, SEED)
    seconds = time.process_time() - began
    with psycopg.connect(module_db.admin, row_factory=dict_row) as connection:
        return connection.execute(SQL).fetchall(), seconds


def test_each_lies_beside_a_street_and_in_the_neighbourhood_it_names(businesses, setting):
    for row in businesses[0]:
        assert row["neighbourhood_id"] == setting.town.neighbourhood_at(row["lon"], row["lat"])
    with_area = [row for row in businesses[0] if row["neighbourhood_id"]]
    assert len(with_area) > 280
    assert all(setting.town.neighbourhood_name(row["neighbourhood_id"]) in row["address_text"] for row in with_area)


def test_titles_fit_their_trade_and_everything_says_that_it_is_made_up(businesses):
    classes = {trade.activity: trade.class_code for trade in TRADES}
    for row in businesses[0]:
        assert row["class_code"] == classes[row["activity"]]
        assert row["note"] == "Örnek kayıt"
        assert "{" not in row["title"]
        assert row["search_text"] == fold(f"{row['title']} {row['activity']} {row['address_text']}")
    assert len({row["activity"] for row in businesses[0]}) > 15
    assert len({row["title"] for row in businesses[0]}) > 150


def test_owners_are_sealed_and_found_by_their_tax_number(businesses, setting_and_ring):
    ring = setting_and_ring[1]
    owned = [row for row in businesses[0] if row["tax_no"]]
    assert len(owned) > 240
    for row in owned:
        number = ring.decrypt("business", "tax_no", row["id"], row["tax_no"])
        assert vkn.is_valid(number)
        assert bytes(row["tax_no_index"]) == ring.blind_index("business.tax_no", number)
        assert " " in ring.decrypt("business", "owner", row["id"], row["owner"])


def test_three_hundred_are_made_in_a_moment(businesses):
    assert len(businesses[0]) == 300
    assert businesses[1] < 1


def test_the_same_seed_draws_the_same_town_again(businesses, real_db, setting_and_ring):
    setting, ring = setting_and_ring
    load_businesses(real_db.owner, setting, ring, 300, UNTIL, SEED)
    with psycopg.connect(real_db.admin, row_factory=dict_row) as connection:
        again = connection.execute(SQL).fetchall()
    told = ("id", "title", "address_text", "lon", "lat", "licence_no", "phone", "status", "registered_at")
    assert [[row[name] for name in told] for row in again] == [[row[name] for name in told] for row in businesses[0]]

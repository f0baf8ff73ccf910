"""Real phones, API processes and a database that are killed and cut off: all that was saved arrives once."""

import asyncio
import os
import signal

import pytest

from api.core.db import Database
from tests.journeys.programs import wait_until
from tests.sync_real.handset import maker_of_phones
from tests.sync_real.ledger import demand_all
from tests.sync_real.playing import play
from tests.sync_real.product import product_of_its_own
from tests.sync_real.proxy import Lines
from tests.sync_real.session import Session

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with (
        product_of_its_own(tmp_path_factory.mktemp("product")) as product,
        maker_of_phones() as maker,
        Lines(lambda: product.address).running() as lines,
    ):
        yield product, maker, lines


def test_days_of_kills_and_cut_lines_end_with_phones_and_server_alike(world, tmp_path):
    told = play(*world, [7_001, 7_002, 7_003, 7_004], tmp_path)
    assert told["ok"] > 20
    assert told["bad requests"] > 20
    assert told["kills"] > 0


def test_a_server_set_back_to_its_backup_gets_everything_again_and_once(world, tmp_path):
    product, maker, lines = world
    session = Session(product, 7_101, tmp_path)
    session.begin(maker, lines)
    try:
        session.play()
        session.come_to_rest()
        backup = product.back_up()
        session.play_on()
        session.come_to_rest()
        since = product.rows(SINCE, session.town.municipality_id)[0]["n"]
        for phone in session.phones:
            phone.do({"do": "act", "count": 3})
        assert "telefon" in product.restore(backup)
        product.wait_until_well()
        assert product.rows(SINCE, session.town.municipality_id)[0]["n"] < since
        # Their last refresh tokens are younger than the backup: a person signs in again, the phone goes on.
        asyncio.run(sign_in_again(session))
        session.come_to_rest()
    finally:
        session.end()
    ends = asyncio.run(demand_all(session))
    assert ends["ok"] > 10


SINCE = "SELECT count(*)::int AS n FROM sync_mutation WHERE municipality_id = %s"


async def sign_in_again(session):
    database = Database(session.product.urls.app, pool_size=1)
    try:
        for phone in session.phones:
            phone.end()
            await phone.sign_in(database, session.town, phone.role, session.product.url)
            phone.start()
    finally:
        await database.close()


def test_a_process_that_is_replaced_while_the_database_is_away_comes_back_with_it(world):
    product, _, _ = world
    product.wait_until_well()
    before = product.members()
    product.postgres.stop("immediate")
    os.kill(before[0], signal.SIGKILL)
    # Its successor finds no database.
    wait_until(lambda: product.server.log.count("waiting for the database") >= 1, 60)
    product.postgres.start()
    product.wait_until_well()
    assert before[1] in product.members()

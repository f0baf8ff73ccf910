"""The operator checks the audit trail and keeps its heads outside."""

import asyncio
import json

import psycopg
import pytest

from api.cli.audit import app
from api.core import audit
from api.core.actor import system_actor
from api.core.db import Database
from tests.api.cli.settings_setup import call
from tests.factories.bare_town import TOWN, make_town

SLUG = f"belde-{TOWN}"


@pytest.fixture
def chained(operator):
    """An installation with one municipality of six audit rows besides the template's own."""

    async def write():
        await make_town(operator)
        database = Database(operator.app, pool_size=1)
        for number in range(6):
            async with database.transaction(TOWN) as session:
                await audit.record(session, system_actor(TOWN), "complaint.close", "complaint", f"{number}")
        await database.close()

    asyncio.run(write())
    return operator


def tamper(urls, statement):
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        assert connection.execute(f"{statement} AND municipality_id = {TOWN}").rowcount > 0


def test_sound_chains_end_with_0(chained):
    result = call(app, "verify")
    assert result.exit_code == 0, result.stdout
    assert f"✓ {SLUG}: 6 kayıt" in result.stdout


def test_the_faulty_row_is_named_and_the_command_ends_with_1(chained):
    tamper(chained, "UPDATE audit_record SET content = replace(content, '\"3\"', '\"4\"') WHERE sequence = 4")
    result = call(app, "verify")
    assert result.exit_code == 1
    assert f"✗ {SLUG}: 4. kayıt" in result.stdout
    assert "✓" in result.stdout  # the others are not blamed


def test_one_municipality_can_be_checked_alone(chained):
    tamper(chained, "DELETE FROM audit_record WHERE sequence = 2")
    result = call(app, "verify", "--municipality", SLUG)
    assert result.exit_code == 1
    assert "2. kayıt: kayıt silinmiş" in result.stdout
    assert "✓" not in result.stdout


def test_an_unknown_municipality_is_refused(chained):
    assert call(app, "verify", "--municipality", "yok").exit_code == 1


def test_a_cut_tail_is_proved_by_heads_that_were_kept_outside(chained, tmp_path):
    kept = tmp_path / "heads.json"
    kept.write_text(call(app, "head", "--json").stdout)
    assert json.loads(kept.read_text())[SLUG]["sequence"] == 6
    assert call(app, "verify", "--against", str(kept)).exit_code == 0
    tamper(chained, "DELETE FROM audit_record WHERE sequence > 4")
    tamper(
        chained,
        """UPDATE audit_head SET sequence = 4,
               hash = (SELECT hash FROM audit_record r WHERE r.sequence = 4
                        AND r.municipality_id = audit_head.municipality_id) WHERE true""",
    )
    assert call(app, "verify").exit_code == 0
    result = call(app, "verify", "--against", str(kept))
    assert result.exit_code == 1
    assert f"✗ {SLUG}: 6. kayıt: kayıt silinmiş" in result.stdout


def test_the_head_is_one_line_for_each_municipality(chained):
    lines = call(app, "head").stdout.splitlines()
    mine = [line.split() for line in lines if line.startswith(SLUG)]
    assert [line[1] for line in mine] == ["6"]
    assert len(mine[0][2]) == 64

"""The real worker process under faults: killed, told to leave, without its database, with a job that cannot work."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg.rows import dict_row

from api.cli.database import migrate, prepare
from api.cli.jobs import retry_jobs
from api.cli.private_postgres import PrivatePostgres, PrivatePostgresError
from api.core import clock, jobs
from api.core.db import Database
from api.notices import service
from tests.factories.bare_town import TOWN, make_town
from tests.journeys.programs import WORKER, Program, environment_for, wait_until
from tests.simulators.control import SimulatorControl
from tests.simulators.process import start_simulator

pytestmark = [pytest.mark.anyio, pytest.mark.journey, pytest.mark.slow]
PHONE = "+905321112233"


class Stage:
    """A municipality's database, the provider's simulator, and workers that run on both."""

    def __init__(self, urls, database, control, folder):
        self.urls, self.database, self.control, self.folder = urls, database, control, folder

    def worker(self, *arguments, code=WORKER, **changes):
        environment = environment_for(self.urls, self.folder / "files", sms_url=self.control.base_url, **changes)
        return Program(code, arguments, environment, self.folder / "worker.log")

    async def queue(self, to=PHONE, body="Başvurunuz alındı.", purpose="complaint"):
        async with self.database.transaction(TOWN) as session:
            return await service.queue_sms(session, TOWN, purpose=purpose, to=to, body=body)

    async def enqueue(self, name, **arguments):
        async with self.database.transaction(TOWN) as session:
            await jobs.enqueue(session, name, TOWN, **arguments)

    def rows(self, statement, *values):
        with psycopg.connect(self.urls.admin, row_factory=dict_row, autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []

    def sms(self, message_id):
        return self.rows("SELECT * FROM sms_message WHERE id = %s", message_id)[0]

    def status(self, message_id):
        return self.sms(message_id)["status"]

    def jobs(self, name):
        return self.rows("SELECT * FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", name)

    def sends(self):
        return [entry for entry in self.control.log() if entry["path"].endswith("/send")]

    def make_due(self):
        self.rows("UPDATE sms_message SET next_at = now() - interval '1 second'")


@pytest.fixture
def provider():
    """A provider of this test alone: what hangs there when a worker is killed ends with the test."""
    with start_simulator("netgsm", arguments=["--delivery-seconds", "0.1"]) as running:
        yield SimulatorControl(running.base_url)


@pytest.fixture
async def stage(real_db, provider, tmp_path):
    await make_town(real_db)
    database = Database(real_db.app, pool_size=2)
    yield Stage(real_db, database, provider, tmp_path)
    await database.close()


async def test_a_committed_sms_reaches_the_phone_within_seconds(stage):
    with stage.worker() as worker:
        worker.wait_for_log("worker started")
        message_id = await stage.queue(purpose="login_code", body="Kodunuz 482913")
        assert stage.control.wait_for_message(PHONE)["text"] == "Kodunuz 482913"
        wait_until(lambda: stage.status(message_id) == "submitted")
        assert worker.leave() == 0
    for secret in ("482913", PHONE, PHONE[3:]):
        assert secret not in worker.log


async def test_a_worker_killed_between_the_providers_yes_and_its_own_commit_never_sends_twice(stage):
    """The provider takes the message and answers late; the worker dies waiting and a new one asks before it acts."""
    stage.control.script({"kind": "hang", "seconds": 2.5, "accepted": True})
    with stage.worker() as worker:
        message_id = await stage.queue()
        wait_until(stage.sends, 30)
        worker.kill()
    assert stage.status(message_id) == "sending"
    stage.make_due()  # two minutes later
    with stage.worker() as worker:
        await stage.enqueue("notices.retry_due")
        wait_until(lambda: stage.status(message_id) == "unknown", 30)
        stage.make_due()
        await stage.enqueue("notices.resolve_unknown")
        wait_until(lambda: stage.status(message_id) in ("submitted", "delivered"), 30)
        await stage.enqueue("notices.retry_due")
        wait_until(lambda: stage.jobs("notices.retry_due")[-1]["status"] == "succeeded", 30)
        assert worker.leave() == 0
    assert len(stage.control.messages(PHONE)) == 1
    assert len(stage.sends()) == 1


async def test_a_worker_killed_before_the_provider_heard_of_it_loses_no_message(stage):
    stage.control.script({"kind": "hang", "seconds": 600})
    with stage.worker() as worker:
        message_id = await stage.queue(body="bir kez")
        wait_until(stage.sends, 30)
        worker.kill()
    stage.control.reset()
    stage.make_due()
    with stage.worker():
        await stage.enqueue("notices.retry_due")
        wait_until(lambda: stage.status(message_id) == "unknown", 30)
        # The settling time passes.
        stage.rows("UPDATE sms_message SET sent_at = sent_at - interval '6 minutes'")
        stage.make_due()
        await stage.enqueue("notices.resolve_unknown")
        wait_until(lambda: stage.status(message_id) == "queued", 30)
        await stage.enqueue("notices.retry_due")
        assert stage.control.wait_for_message(PHONE, seconds=30)["text"] == "bir kez"
        wait_until(lambda: stage.status(message_id) in ("submitted", "delivered"))
    assert len(stage.control.messages(PHONE)) == 1


async def test_the_job_of_a_killed_worker_runs_again(stage):
    stage.control.script({"kind": "hang", "seconds": 600})
    with stage.worker() as worker:
        await stage.queue()
        wait_until(stage.sends, 30)
        worker.kill()
    assert stage.jobs("notices.send_sms")[0]["status"] == "doing"
    stage.rows("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    stage.rows("DELETE FROM procrastinate_periodic_defers")  # a minute later
    with stage.worker():
        wait_until(lambda: stage.jobs("notices.send_sms")[0]["status"] == "succeeded", 60)


PLANTED = """
import asyncio, os, typer
from pathlib import Path
from api.cli.worker import worker
from api.core.jobs import job

@job("tests.poison", max_attempts=2)
async def poison(context, *, path):
    if not Path(path).exists():
        raise ValueError("this cannot work")

@job("tests.slow")
async def slow(context, *, path, seconds):
    Path(path).write_text("begun")
    await asyncio.sleep(seconds)
    Path(path).write_text("ended")

typer.run(worker)
"""


async def test_a_job_that_cannot_work_is_set_aside_while_others_flow_and_an_operator_runs_it_again(stage):
    cure = stage.folder / "cure"
    with stage.worker(code=PLANTED):
        await stage.enqueue("tests.poison", path=str(cure))
        message_id = await stage.queue()
        wait_until(lambda: stage.jobs("tests.poison")[0]["status"] == "failed", 60)
        wait_until(lambda: stage.status(message_id) == "submitted")
        assert stage.jobs("tests.poison")[0]["attempts"] == 2
        cure.touch()
        operator = Database(stage.urls.platform, pool_size=1)
        async with operator.transaction() as session:
            assert len(await retry_jobs(session)) == 1
        await operator.close()
        wait_until(lambda: stage.jobs("tests.poison")[0]["status"] == "succeeded", 30)


async def test_a_worker_told_to_leave_finishes_its_job_takes_no_new_one_and_ends_with_0(stage):
    ended, never = stage.folder / "ended", stage.folder / "never"
    with stage.worker(code=PLANTED) as worker:
        await stage.enqueue("tests.slow", path=str(ended), seconds=4)
        wait_until(ended.exists, 30)
        worker.ask_to_leave()
        await asyncio.sleep(0.5)
        await stage.enqueue("tests.slow", path=str(never), seconds=0)
        assert worker.process.wait(30) == 0
    assert ended.read_text() == "ended"
    assert not never.exists()
    assert [job["status"] for job in stage.jobs("tests.slow")] == ["succeeded", "todo"]


async def test_a_job_longer_than_the_patience_of_a_leaving_worker_is_not_lost(stage):
    path = stage.folder / "long"
    with stage.worker(code=PLANTED) as worker:
        await stage.enqueue("tests.slow", path=str(path), seconds=120)
        wait_until(path.exists, 30)
        started = time.monotonic()
        assert worker.leave(60) == 0
        assert time.monotonic() - started < 32
    (job,) = stage.jobs("tests.slow")
    assert job["status"] == "todo"
    assert job["scheduled_at"] - clock.now() < timedelta(seconds=5)


async def test_a_worker_survives_that_its_database_cuts_every_connection_again_and_again(stage):
    with stage.worker() as worker:
        worker.wait_for_log("worker started")
        messages = []
        for number in range(6):
            messages.append(await stage.queue(to=f"+9053211122{number:02d}"))
            stage.rows(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND starts_with(usename, 'belediye')"""
            )
            await asyncio.sleep(1.5)
        wait_until(lambda: worker.process.poll() is None and stage.rows("SELECT 1"), 5)
        for _ in range(3):
            await stage.enqueue("notices.retry_due")
        wait_until(lambda: {stage.status(each) for each in messages} <= {"submitted", "delivered", "unknown"}, 60)
        fresh = await stage.queue(to="+905329998877")
        wait_until(lambda: stage.status(fresh) in ("submitted", "delivered"), 60)
        assert worker.process.poll() is None
        assert worker.leave() == 0
    assert all(len(stage.control.messages(f"+9053211122{number:02d}")) <= 1 for number in range(6))


@dataclass(frozen=True)
class OwnServer:
    """A PostgreSQL of this test alone, which may be killed."""

    server: PrivatePostgres

    @property
    def app(self):
        return self.server.url("belediye_app")

    @property
    def platform(self):
        return self.server.url("belediye_platform")

    @property
    def admin(self):
        return self.server.url("postgres")


@pytest.fixture
def own_server():
    with TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        # A crash must not take back what was committed: without durability the first SMS would go out twice.
        server = PrivatePostgres(Path(folder) / "server", durable=True)
        try:
            server.start()
        except PrivatePostgresError as error:
            pytest.skip(str(error))
        prepare(server.url("postgres", "postgres"), "belediye")
        migrate(server.url("belediye_owner"))
        yield OwnServer(server)
        server.remove()


async def test_a_worker_survives_the_crash_and_the_restart_of_its_postgresql(own_server, provider, tmp_path):
    await make_town(own_server)
    database = Database(own_server.app, pool_size=2)
    stage = Stage(own_server, database, provider, tmp_path)
    with stage.worker() as worker:
        worker.wait_for_log("worker started")
        before = await stage.queue(to="+905329990001")
        wait_until(lambda: stage.status(before) in ("submitted", "delivered"), 30)
        own_server.server.kill()
        await asyncio.sleep(8)
        assert worker.process.poll() is None
        own_server.server.start()
        after = await stage.queue(to="+905329990002")
        wait_until(lambda: stage.status(after) in ("submitted", "delivered"), 60)
        assert worker.leave() == 0
    await database.close()
    assert [len(provider.messages(number)) for number in ("+905329990001", "+905329990002")] == [1, 1]

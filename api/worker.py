"""The background worker: runs the jobs of every domain, survives its database, stops without losing a job.

Two lanes of the queue run side by side, each with its own places, so that a login code never waits behind a campaign.
A job that was running when the worker died is put back by `api.platform.upkeep`.
"""

import asyncio
import importlib
import logging
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from api.core import jobs, keys
from api.core.db import Database
from api.core.startup import check_settings, master_key_bytes
from api.core.waiting import wait_for_database
from api.files.stores import blob_store
from api.notices.gateway import SmsGateway
from api.notices.netgsm import NetgsmGateway
from api.notices.netgsm_config import NetgsmConfig
from api.notices.no_gateway import NoGateway
from api.platform.upkeep import DEAD_AFTER_SECONDS, HEARTBEAT_SECONDS
from api.settings import Settings
from api.sync.spool import Spool

log = structlog.get_logger("belediye.worker")

CONCURRENCY = 8
URGENT_PLACES = 4
DRAIN_SECONDS = 25
POOL_WAIT_SECONDS = 5
POLL_SECONDS = 5
LONGEST_PAUSE_SECONDS = 15.0
PATIENCE_SECONDS = 60.0


class PatientManager(JobManager):
    """Writes down how a job ended even if the database is away at that moment."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Mark a job as ended; waits for the database up to a minute."""
        await _patiently(lambda: super(PatientManager, self).finish_job(job, status, delete_job))

    async def retry_job(self, job: Job, *args: Any, **kwargs: Any) -> None:
        """Put a job back into the queue; waits for the database up to a minute."""
        await _patiently(lambda: super(PatientManager, self).retry_job(job, *args, **kwargs))


async def run(settings: Settings, *, concurrency: int = CONCURRENCY) -> None:
    """Run jobs until SIGTERM or SIGINT; then let the running ones finish for at most 25 seconds.

    Raises:
        StartRefused: settings, database role or map index are not as they must be.
    """
    check_settings(settings)
    keys.install_master_key(master_key_bytes(settings.master_key))
    # A line for each job comes from `api.core.jobs`, one for each broken lane from here; the libraries write more.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    import_jobs()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    dsn = settings.database_url.get_secret_value()
    database = Database(dsn, pool_size=concurrency + URGENT_PLACES, statement_timeout_ms=settings.statement_timeout_ms)
    platform = Database(settings.platform_database_url.get_secret_value(), pool_size=2, statement_timeout_ms=60_000)
    try:
        if await _until_stopped(wait_for_database(database), stop):
            jobs.bind_runtime(database, outside_systems(settings), platform=platform)
            await _work(dsn, concurrency, stop)
    finally:
        await database.close()
        await platform.close()
    log.info("worker stopped")


def import_jobs() -> None:
    """Import every domain's `jobs.py` and the platform's periodic jobs, so that their names are known."""
    for path in sorted(Path(__file__).parent.glob("*/jobs.py")):
        importlib.import_module(f"api.{path.parent.name}.jobs")
    for name in ("schedule", "upkeep"):
        importlib.import_module(f"api.platform.{name}")


def outside_systems(settings: Settings) -> Mapping[str, Any]:
    """Give the outside systems that jobs reach, by name; settings alone decide between the real one and a simulator."""
    return {"sms": sms_gateway(settings), "store": blob_store(settings), "spool": Spool(settings.files_path / "spool")}


def sms_gateway(settings: Settings) -> SmsGateway:
    """Give the SMS provider of the settings; without an account messages wait."""
    if not settings.netgsm_username:
        return NoGateway()
    return NetgsmGateway(
        NetgsmConfig(
            base_url=settings.netgsm_base_url,
            username=settings.netgsm_username,
            password=settings.netgsm_password,
            header=settings.netgsm_header,
            deadline_seconds=settings.netgsm_deadline_seconds,
        )
    )


async def _work(dsn: str, concurrency: int, stop: asyncio.Event) -> None:
    connector = procrastinate.PsycopgConnector(
        conninfo=dsn,
        min_size=1,
        max_size=4,
        timeout=POOL_WAIT_SECONDS,
        kwargs={
            "application_name": "belediye-worker",
            "connect_timeout": 5,
            "options": "-c statement_timeout=10000 -c lock_timeout=5000",
        },
    )
    jobs.app.job_manager = PatientManager(connector)
    with jobs.app.replace_connector(connector):
        with suppress(psycopg.OperationalError):  # the pool goes on trying by itself
            await jobs.app.open_async()
        lanes = {jobs.URGENT_LANE: URGENT_PLACES, jobs.DEFAULT_LANE: concurrency}
        await asyncio.gather(*(_keep_running(lane, places, stop) for lane, places in lanes.items()))
        with suppress(ConnectorException):
            await jobs.app.close_async()


async def _keep_running(lane: str, places: int, stop: asyncio.Event) -> None:
    """Run one lane until stopped; whenever it breaks (the database went away), start it again after a pause."""
    pause = 1.0
    while not stop.is_set():
        started = asyncio.get_running_loop().time()
        try:
            if not await _until_stopped(_run_lane(lane, places), stop):
                return
            log.warning("lane ended, starting again", lane=lane)
        except (ConnectorException, psycopg.Error, OSError) as error:
            log.warning("lane broke, starting again", lane=lane, error=type(error.__cause__ or error).__name__)
        ran = asyncio.get_running_loop().time() - started
        pause = 1.0 if ran > LONGEST_PAUSE_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
        await _until_stopped(asyncio.sleep(pause), stop)


async def _run_lane(lane: str, places: int) -> None:
    log.info("worker started", lane=lane, places=places)
    await jobs.app.run_worker_async(
        queues=[lane],
        name=lane,
        concurrency=places,
        install_signal_handlers=False,
        shutdown_graceful_timeout=DRAIN_SECONDS,
        fetch_job_polling_interval=POLL_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=DEAD_AFTER_SECONDS,
    )


async def _until_stopped(work: Any, stop: asyncio.Event) -> bool:
    """Run the work to its end and give True; told to stop, cancel it, wait for its orderly end and give False."""
    task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if task.done():
        task.result()
        return True
    task.cancel()
    with suppress(asyncio.CancelledError, ConnectorException):
        await task
    return False


async def _patiently(call: Any) -> None:
    ends_at = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    pause = 0.2
    while True:
        try:
            await call()
        except ConnectorException as error:
            is_away = isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError)
            if not is_away or asyncio.get_running_loop().time() > ends_at:
                raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
        else:
            return

"""`belediye jobs`: what waits, what was set aside, and running it again."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from sqlmodel.ext.asyncio.session import AsyncSession

from api.cli.failures import explained, give_up, screen
from api.cli.platform_work import with_platform
from api.core.clock import ISTANBUL
from api.core.db import Database
from api.core.sql import Row, fetch_all

app = typer.Typer(help="Arka plan işleri", no_args_is_help=True)
Result = TypeVar("Result")

LIST_SQL = """
    SELECT job.id, job.task_name AS name, job.status::text AS status, job.attempts, job.args, job.scheduled_at,
           (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id) AS changed_at
      FROM procrastinate_jobs job
     WHERE job.status = ANY(%(statuses)s::procrastinate_job_status[])
       AND (%(name)s::text IS NULL OR job.task_name = %(name)s)
     ORDER BY job.id DESC LIMIT %(limit)s"""
# A job is run again only out of the state in which it was set aside; its count of tries starts anew. Periodic jobs
# (they have a queueing lock) come by themselves.
RETRY_SQL = """
    WITH chosen AS MATERIALIZED (
        SELECT id FROM procrastinate_jobs
         WHERE status IN ('failed', 'aborted', 'cancelled') AND queueing_lock IS NULL
           AND (%(id)s::bigint IS NULL AND status = 'failed' OR id = %(id)s)
           AND (%(name)s::text IS NULL OR task_name = %(name)s)
         ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    UPDATE procrastinate_jobs job
       SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL, abort_requested = false
      FROM chosen WHERE job.id = chosen.id
 RETURNING job.id, job.task_name AS name"""
MOST_AT_ONCE = 1_000
STATUSES = ("failed", "todo", "doing", "succeeded", "aborted", "cancelled")

Status = Annotated[str, typer.Option(help=f"{', '.join(STATUSES)} ya da all")]
Name = Annotated[str | None, typer.Option(help="Yalnız bu addaki işler, örneğin notices.send_sms")]


async def list_jobs(session: AsyncSession, status: str, name: str | None = None, limit: int = 100) -> list[Row]:
    """Read the newest jobs of a status (`all`: of every status)."""
    statuses = list(STATUSES) if status == "all" else [status]
    return await fetch_all(session, LIST_SQL, {"statuses": statuses, "name": name, "limit": limit})


async def retry_jobs(session: AsyncSession, *, job_id: int | None = None, name: str | None = None) -> list[Row]:
    """Put one job that was set aside, or all failed ones (of a name), back into the queue; gives them."""
    return await fetch_all(session, RETRY_SQL, {"id": job_id, "name": name, "limit": MOST_AT_ONCE})


@app.command("list")
def show(
    status: Status = "failed",
    name: Name = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Makineler için")] = False,
) -> None:
    """İşleri listeler; başka bir şey istenmezse bir kenara ayrılmış (başarısız) olanları."""
    if status not in (*STATUSES, "all"):
        raise give_up(f"Böyle bir durum yok: {status}", f"No such status: {status}")
    rows = _on_platform(lambda session: list_jobs(session, status, name, limit))
    if as_json:
        typer.echo(json.dumps(rows, default=str, ensure_ascii=False))
        return
    if not rows:
        typer.echo("Bu durumda iş yok.")
        return
    table = Table("No", "İş", "Durum", "Deneme", "Son değişiklik", "Bilgi")
    for row in rows:
        at = row["changed_at"].astimezone(ISTANBUL).strftime("%d.%m.%Y %H.%M.%S") if row["changed_at"] else "—"
        told = " ".join(f"{key}={value}" for key, value in row["args"].items())
        table.add_row(str(row["id"]), row["name"], row["status"], str(row["attempts"]), at, told)
    screen.print(table)


@app.command()
def retry(job_id: Annotated[int, typer.Argument(help="İşin numarası")]) -> None:
    """Bir kenara ayrılmış bir işi yeniden sıraya koyar."""
    rows = _on_platform(lambda session: retry_jobs(session, job_id=job_id))
    if not rows:
        raise give_up(f"{job_id} numaralı iş bir kenara ayrılmış değil.", f"Job {job_id} was not set aside.")
    typer.echo(f"{rows[0]['name']} ({job_id}) yeniden sıraya kondu.")


@app.command("retry-all")
def retry_all(name: Name = None) -> None:
    """Bir kenara ayrılmış bütün işleri (bir kerede en çok 1.000) yeniden sıraya koyar."""
    rows = _on_platform(lambda session: retry_jobs(session, name=name))
    typer.echo(f"{len(rows)} iş yeniden sıraya kondu.")


def _on_platform(act: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    async def run(database: Database) -> Result:
        async with database.transaction() as session:
            return await act(session)

    with explained():
        return with_platform(run)

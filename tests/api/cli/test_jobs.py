"""The operator sees jobs that were set aside and runs them again."""

import json

import psycopg
import pytest
from psycopg.rows import dict_row

from api.cli.jobs import app
from tests.api.cli.settings_setup import call


@pytest.fixture
def queue(operator):
    """Three failed jobs, one of them periodic, and one that waits; gives a function that reads all by name."""
    with psycopg.connect(operator.admin, autocommit=True) as connection:
        for name, status, queueing_lock in (
            ("notices.send_sms", "failed", None), ("complaints.notify_reporter", "failed", None),
            ("platform.start_due_jobs", "failed", "platform.start_due_jobs"), ("notices.poll_reports", "todo", None),
        ):  # fmt: skip
            connection.execute(
                """INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock)
                   VALUES ('default', %s, '{"municipality_id": 7}', %s, 8, %s)""",
                (name, status, queueing_lock),
            )

    def read():
        with psycopg.connect(operator.admin, row_factory=dict_row) as connection:
            return {row["task_name"]: row for row in connection.execute("SELECT * FROM procrastinate_jobs").fetchall()}

    return read


def test_what_was_set_aside_is_listed(queue):
    listed = json.loads(call(app, "list", "--json").stdout)
    assert {job["name"] for job in listed} == {
        "notices.send_sms", "complaints.notify_reporter", "platform.start_due_jobs",
    }  # fmt: skip
    assert "notices.send_sms" in call(app, "list").stdout


def test_other_states_and_names_can_be_asked_for(queue):
    assert [job["name"] for job in json.loads(call(app, "list", "--status", "todo", "--json").stdout)] == [
        "notices.poll_reports"
    ]
    assert len(json.loads(call(app, "list", "--status", "all", "--json").stdout)) == 4
    assert len(json.loads(call(app, "list", "--name", "notices.send_sms", "--json").stdout)) == 1


def test_an_unknown_state_is_refused(queue):
    assert call(app, "list", "--status", "broken").exit_code == 1


def test_one_job_runs_again_with_a_fresh_count_of_tries(queue):
    job_id = queue()["notices.send_sms"]["id"]
    assert call(app, "retry", str(job_id)).exit_code == 0
    jobs = queue()
    assert (jobs["notices.send_sms"]["status"], jobs["notices.send_sms"]["attempts"]) == ("todo", 0)
    assert jobs["complaints.notify_reporter"]["status"] == "failed"


@pytest.mark.parametrize("job_id", [lambda jobs: jobs["notices.poll_reports"]["id"], lambda _: 999_999])
def test_a_job_that_was_not_set_aside_is_left_alone(queue, job_id):
    before = queue()
    result = call(app, "retry", str(job_id(before)))
    assert result.exit_code == 1
    assert queue() == before


def test_all_failed_jobs_run_again_but_periodic_ones_which_come_by_themselves(queue):
    result = call(app, "retry-all")
    assert "2 iş" in result.stdout
    states = {name: job["status"] for name, job in queue().items()}
    assert states == {
        "notices.send_sms": "todo", "complaints.notify_reporter": "todo", "platform.start_due_jobs": "failed",
        "notices.poll_reports": "todo",
    }  # fmt: skip


def test_all_failed_jobs_of_one_name_run_again(queue):
    call(app, "retry-all", "--name", "notices.send_sms")
    assert queue()["complaints.notify_reporter"]["status"] == "failed"
    assert queue()["notices.send_sms"]["status"] == "todo"

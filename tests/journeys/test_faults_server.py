"""The server under faults: killed while it files, connections cut, replaced under load, migrated beside a reader."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from api.cli.database import alembic_config
from api.core.ids import uuid7
from tests.journeys.programs import wait_until
from tests.journeys.running import address_in, running
from tests.journeys.test_main_job import sign_in_citizen

pytestmark = pytest.mark.journey

WHOLE = """SELECT (SELECT count(*) FROM complaint WHERE id = %(id)s) AS complaints,
                  (SELECT count(*) FROM complaint_event WHERE complaint_id = %(id)s) AS events,
                  (SELECT count(*) FROM audit_record WHERE object_id = %(id)s::text) AS audits,
                  (SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'complaints.notify_reporter') AS jobs"""


def report(product, categories):
    lon, lat = product.town.place(0)
    category = next(item["id"] for item in categories if item["code"] == "TEM-01")
    return {
        "id": str(uuid7()), "category_id": category, "description": "Çöp üç gündür alınmadı.",
        "place": {"lon": lon, "lat": lat},
    }  # fmt: skip


def rows(urls, sql, values=None):
    with psycopg.connect(urls.admin) as connection:
        return connection.execute(sql, values).fetchall()


def test_a_server_killed_while_filing_leaves_all_or_nothing_and_the_retry_gets_one_report(real_db, tmp_path):
    with running(real_db, tmp_path) as product, product.http() as client:
        sign_in_citizen(product, client)
        product.worker.kill()
        categories = client.get("/v1/public/kadikoy/categories").json()
        for turn, moment in enumerate(("inside the statement", 0.0, 0.006, 0.02), start=1):
            body = report(product, categories)
            kill_while_filing(product, body, client.headers["Authorization"], moment)
            left = rows(real_db, WHOLE, {"id": body["id"]})[0]
            assert left[:3] in ((0, 0, 0), (1, 1, 1)), (moment, left)
            product.restart_server()
            answer = httpx.post(
                f"{product.url}/v1/complaints", json=body, headers=dict(client.headers), trust_env=False, timeout=20
            )
            assert answer.status_code == 201, answer.text
            assert rows(real_db, WHOLE, {"id": body["id"]})[0] == (1, 1, 1, turn)
        numbers = [number for (number,) in rows(real_db, "SELECT number FROM complaint ORDER BY number")]
        assert [int(number[-6:]) for number in numbers] == [1, 2, 3, 4], "no number is lost"


def kill_while_filing(product, body, authorization, moment):
    """Kill the server at a moment of filing (a delay in seconds), and wait until its connections are gone."""
    with ThreadPoolExecutor(1) as sender:
        if moment == "inside the statement":
            with psycopg.connect(product.urls.admin) as blocker:
                blocker.execute("SELECT 1 FROM audit_head WHERE municipality_id = 1 FOR UPDATE")
                sender.submit(post_quietly, product.url, body, authorization)
                waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                wait_until(lambda: rows(product.urls, waiting), 20, "filing never came to the lock")
                product.server.kill()
        else:
            sender.submit(post_quietly, product.url, body, authorization)
            time.sleep(moment)
            product.server.kill()
    wait_until(lambda: not rows(product.urls, OTHER_BACKENDS), 20, "a dead server's connection is still at work")


OTHER_BACKENDS = """SELECT 1 FROM pg_stat_activity
                     WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()"""


def post_quietly(url, body, authorization):
    try:
        httpx.post(f"{url}/v1/complaints", json=body, headers={"Authorization": authorization}, trust_env=False)
    except httpx.HTTPError:
        return


def test_cut_connections_cost_nobody_an_answer_and_never_show_another_municipality(real_db, tmp_path):
    with running(real_db, tmp_path) as product, product.http() as client:
        sign_in_citizen(product, client)
        categories = client.get("/v1/public/kadikoy/categories").json()
        ends_at = time.monotonic() + 15
        stop = threading.Event()

        def cut():
            while not stop.wait(2):
                rows(
                    real_db,
                    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = 'belediye_app'""",
                )

        cutter = threading.Thread(target=cut)
        cutter.start()
        sent = failed = 0
        while time.monotonic() < ends_at:
            for call in (
                lambda: client.get("/v1/complaints"),
                lambda: client.post("/v1/complaints", json=report(product, categories)),
            ):
                sent += 1
                answer = call()
                if answer.status_code == 503:
                    assert answer.headers["retry-after"]
                    answer = call()
                failed += answer.status_code >= 500
                assert "Akpınar" not in answer.text
        stop.set()
        cutter.join()
        assert sent > 50
        assert failed / sent < 0.05, f"{failed} of {sent}"
        assert client.get("/readyz").status_code == 200
        assert product.server.process.poll() is None


def test_migrating_and_then_replacing_both_servers_one_by_one_under_load_fails_no_request(real_db, tmp_path):
    later = later_version(real_db, tmp_path)
    with running(real_db, tmp_path, second_server=True) as product, product.http() as client:
        sign_in_citizen(product, client)
        categories = client.get("/v1/public/kadikoy/categories").json()
        statuses, stop = [], threading.Event()
        addresses = [product.url, address_in(product.second)]

        def balance():
            """Send as a proxy does: to a server that says it is ready."""
            turn = 0
            with httpx.Client(trust_env=False, timeout=20, headers=dict(client.headers)) as caller:
                while not stop.is_set():
                    turn += 1
                    address = addresses[turn % 2]
                    try:
                        if caller.get(f"{address}/readyz").status_code != 200:
                            continue
                    except httpx.TransportError:
                        continue
                    answer = caller.post(f"{address}/v1/complaints", json=report(product, categories))
                    statuses.append(answer.status_code)

        callers = [threading.Thread(target=balance) for _ in range(3)]
        for caller in callers:
            caller.start()
        try:
            wait_for_more(statuses)
            upgrade(later)
            wait_for_more(statuses)  # the old servers go on with the new schema until they are replaced
            for index, program in enumerate((product.server, product.second)):
                assert program.leave() == 0
                addresses[index] = address_in(product.extra_server())
                wait_for_more(statuses)
        finally:
            stop.set()
            for caller in callers:
                caller.join()
        assert set(statuses) == {201}
        filed = rows(real_db, "SELECT count(*) FROM complaint")[0][0]
        assert filed == len(statuses)
        told = "SELECT count(*) FROM inbox_message WHERE kind = 'complaint.file'"
        wait_until(lambda: rows(real_db, told)[0][0] == filed, 60, "a notification was lost")


def wait_for_more(statuses):
    """Wait until the servers have answered twenty requests more."""
    before = len(statuses)
    wait_until(lambda: len(statuses) >= before + 20, 60, "nobody serves any more")


MIGRATION = '''"""A column more, as a later version would bring it."""
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade():
    op.execute("ALTER TABLE complaint ADD COLUMN weather text")
'''


def later_version(urls, folder):
    """Alembic's configuration of a version that has one migration more than this one."""
    head = rows(urls, "SELECT version_num FROM alembic_version")[0][0]
    (folder / "9999_weather.py").write_text(MIGRATION.format(head=head), encoding="utf-8")
    config = alembic_config(urls.owner)
    versions = f"{config.get_main_option('script_location')}/versions"
    config.set_main_option("version_locations", f"{versions}:{folder}")
    config.set_main_option("path_separator", ":")
    return config


def test_a_migration_beside_a_long_transaction_holds_nobody_up_and_goes_through_afterwards(real_db, tmp_path):
    config = later_version(real_db, tmp_path)
    with psycopg.connect(real_db.app) as reader, psycopg.connect(real_db.app, autocommit=True) as other:
        reader.execute("SELECT count(*) FROM complaint")
        migration = ThreadPoolExecutor(1).submit(upgrade, config)
        slowest = 0.0
        for _ in range(25):
            started = time.monotonic()
            other.execute("SELECT count(*) FROM complaint")
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.1)
        assert not migration.done()
        assert slowest < 2.5, "readers wait for the migration's lock timeout at most"
        reader.rollback()
        migration.result(timeout=60)
    assert rows(real_db, "SELECT weather FROM complaint LIMIT 1") == []


def upgrade(config):
    from alembic import command  # noqa: PLC0415 (Alembic's environment is loaded in this thread alone)

    command.upgrade(config, "head")

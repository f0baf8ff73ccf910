"""A phone that finds no network for days gives its work to a colleague's phone; the office has it once, whoever comes.

Real server, worker and PostgreSQL; both phones without their screens.
"""

import json
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from tests.factories.towns import PASSWORD
from tests.journeys import field_days as days
from tests.journeys.field_checks import Ledger
from tests.journeys.field_office import Citizen, Office, add_inspector, code_now
from tests.journeys.field_pocket import Days, Pocket, signed_in
from tests.journeys.programs import wait_until
from tests.journeys.running import running
from tests.sync_real.proxy import CALM, Lines, Weather

pytestmark = [pytest.mark.journey, pytest.mark.slow]

NO_NETWORK = Weather(faults=1.0, fates=("refuse",))
DAY_MS = 86_400_000


@pytest.fixture
def product(module_db, tmp_path):
    with running(module_db, tmp_path) as started:
        yield started


def provided(pocket):
    for _ in range(20):
        pocket.sync()
        if pocket.is_provided():
            return pocket
    raise AssertionError("the first sync never ends")


def brought_home(pocket):
    for _ in range(60):
        numbers = pocket.sync()
        if not numbers["waiting"] and not numbers["waiting_photos"]:
            break
    return numbers


def test_a_colleague_carries_what_a_phone_without_a_network_recorded_and_nothing_is_there_twice(product, tmp_path):
    ledger, office = Ledger(product), Office(product, "department_head")
    crew = {"A": product.town.staff["field_inspector"], "B": add_inspector(product.urls, product.town, "ikinci.saha")}
    ledger.people = crew
    work = days.lay_out(office, Citizen(product, "+905321110003"), crew)
    address = urlsplit(product.url)
    lines = Lines(lambda: (str(address.hostname), int(address.port or 0)))
    clocks, place = (Days(-DAY_MS), Days(-DAY_MS)), product.town.place(0)
    with lines.running(), httpx.Client(base_url=product.url, trust_env=False) as client_b:
        bad_line = lines.open(Random(5))
        with httpx.Client(base_url=f"http://127.0.0.1:{bad_line.port}", trust_env=False) as client_a:
            a, b = (
                provided(Pocket(signed_in(tmp_path / user, line, clock, user, PASSWORD, code_now()), clock, place, at))
                for user, line, clock, at in (
                    ("field_inspector", client_a, clocks[0], 300_000), ("ikinci.saha", client_b, clocks[1], 400_000),
                )
            )  # fmt: skip
            bad_line.weather = NO_NETWORK
            a.do(days.usual_day("A", 0, work, skip_cases=3, skip_visits=3))
            ledger.journal["A"] = a.entries_after(set())
            photos = sum(len(entry["hashes"]) for entry in ledger.journal["A"])
            assert photos == 12
            a.sync()
            exported = a.unlocked.export(tmp_path / "gun.cbx")
            assert (exported.lines, exported.pictures) == (len(ledger.journal["A"]), 2 * photos)
            told = (tmp_path / "gun.cbx").read_bytes()
            read = a.unlocked.photos.bytes_of
            pictures = [read(photo, "original") for entry in ledger.journal["A"] for photo in entry["hashes"]]
            assert not any(picture[-200:] in told for picture in pictures), "whoever carries it can look into it"

            b.unlocked.photos.carry(tmp_path / "gun.cbx")
            b.do([{"act": "tell", "text": "B0 arkadaşın kayıtları bende"}])
            ledger.journal["B"] = b.entries_after(set())
            assert brought_home(b)["attention"] == 0
            (bundle,) = wait_until(lambda: [row for row in bundles(ledger) if row["state"] == "done"], 60, "no import")
            assert (bundle["lines"], bundle["ok"], bundle["pictures"]) == (exported.lines, exported.lines, 2 * photos)
            assert ledger.demand_one_effect([]) == []
            assert ledger.demand_photos() == photos

            # The first phone still knows nothing of that.
            assert a.unlocked.engine.numbers()["waiting"] == exported.lines
            bad_line.weather = CALM
            clocks[0].pass_(minutes=20)
            assert brought_home(a) == {"waiting": 0, "sent": exported.lines, "attention": 0, "waiting_photos": 0}
            assert ledger.demand_one_effect([]) == []
            assert ledger.demand_photos() == photos
            ledger.demand_order()
            for pocket in (a, b):
                pocket.unlocked.close()


def bundles(ledger):
    rows = ledger.rows("SELECT outcome FROM blob_upload WHERE variant = 'bundle' AND completed_at IS NOT NULL")
    read = (row["outcome"] for row in rows if row["outcome"])
    return [json.loads(told) if isinstance(told, str) else told for told in read]

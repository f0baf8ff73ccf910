"""One session: a team's day on bad lines with kills, the office at work beside it, and the rest that must follow."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import httpx

from api.core.db import Database
from api.core.ids import uuid7
from tests.factories.people import citizen_bearer, staff_bearer
from tests.factories.towns import Town, make_town
from tests.sync_real.acts import canary
from tests.sync_real.handset import Handset, weather_seed
from tests.sync_real.product import Product
from tests.sync_real.proxy import CALM, Lines, Weather

CREW = ("field_inspector", "department_officer", "field_inspector")
CASES, STEPS = 4, 6
ROUNDS_TO_REST = 15
LATER_MS = (0, 20_000, 61_000, 960_000)
WEATHERS = (
    CALM,
    Weather(faults=0.35),
    Weather(faults=0.5, fates=("cut_request", "cut_answer")),
    Weather(faults=0.4, fates=("twice", "late")),
    Weather(faults=0.2, round_trip_s=0.3, bytes_per_s=6_250),
    Weather(faults=1.0, fates=("portal", "refuse")),
)


class Session:
    """A team of one new town."""

    def __init__(self, product: Product, seed: int, folder: Path) -> None:
        self.product, self.seed, self.folder = product, seed, folder
        self.chance = weather_seed(seed)
        self.rounds = self.days = 0
        self.phones: list[Handset] = []
        self.is_day_over = threading.Event()

    def begin(self, maker: str, lines: Lines) -> None:
        """Found the town, file its cases, and sign the crew in; the product is well meanwhile."""
        asyncio.run(self._begin(maker, lines))

    async def _begin(self, maker: str, lines: Lines) -> None:
        slug = f"oturum-{self.seed}"
        self.town: Town = await make_town(self.product.urls, "town", slug, f"Oturum {self.seed} Belediyesi")
        self.canary = canary(self.town.municipality_id)
        self.product.execute(
            """INSERT INTO business_class (municipality_id, id, code, name, visits_per_year, form_code, is_active)
               VALUES (%s, gen_random_uuid(), 'market', '{"tr": "Market"}', 1, 'genel', true)""",
            self.town.municipality_id,
        )
        database = Database(self.product.urls.app, pool_size=1)
        try:
            await self._file_cases(database)
            self.office = await staff_bearer(database, self.town, "department_head")
            for number, role in enumerate(CREW[: self.chance.choice((2, 3))]):
                line = lines.open(weather_seed(self.seed, "line", number))
                phone = Handset(maker, self.folder / str(number), line, f"{self.seed} {number}")
                phone.folder.mkdir(parents=True)
                await phone.sign_in(database, self.town, role, self.product.url)
                self.phones.append(phone)
        finally:
            await database.close()

    async def _file_cases(self, database: Database) -> None:
        citizen = await citizen_bearer(database, self.town)
        async with httpx.AsyncClient(base_url=self.product.url, trust_env=False, timeout=60) as client:
            found = (await client.get(f"/v1/public/{self.town.slug}/categories")).raise_for_status().json()
            category = next(item["id"] for item in found if item["code"] == "FEN-01")
            self.cases = []
            for number in range(CASES):
                lon, lat = self.town.place(number % 4)
                body = {
                    "category_id": category,
                    "description": f"{self.canary} çukur",
                    "place": {"lon": lon, "lat": lat},
                }
                answer = await client.post("/v1/complaints", json={**body, "id": str(uuid7())}, headers=citizen)
                self.cases.append(answer.raise_for_status().json()["id"])

    # --- the day --------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play the first day: every phone and the office at once."""
        for phone in self.phones:
            phone.start()
        self.play_on()

    def play_on(self) -> None:
        """Play a day on the phones that run."""
        self.days += 1
        self.rounds = 0
        self.is_day_over.clear()
        with ThreadPoolExecutor(len(self.phones) + 1) as pool:
            office = pool.submit(self._work_in_office)
            days = [pool.submit(self._work_outside, number, phone) for number, phone in enumerate(self.phones)]
            try:
                for day in days:
                    day.result()
            finally:
                self.is_day_over.set()
            office.result()

    def _work_outside(self, number: int, phone: Handset) -> None:
        chance = weather_seed(self.seed, "day", self.days, number)
        for _ in range(STEPS):
            phone.line.weather = chance.choice(WEATHERS)
            sync = {"do": "sync", "later_ms": chance.choice(LATER_MS)}
            act = {"do": "act", "count": chance.randrange(5)}
            fate = chance.random()
            if fate < 0.12:
                phone.do_and_die(act, chance.random() * 0.2)
                phone.start()
            else:
                phone.do(act)
            if fate > 0.8:
                phone.do_and_die(sync, chance.random() * 1.5)
                phone.start()
            else:
                phone.do(sync)

    def _work_in_office(self) -> None:
        chance = weather_seed(self.seed, "office")
        with httpx.Client(base_url=self.product.url, trust_env=False, timeout=20, headers=self.office) as client:
            while not self.is_day_over.wait(0.3 + chance.random()):
                what, body = chance.choice(
                    (("take", None), ("start", None), ("notes", {"text": f"{self.canary} büro"}),
                     ("notes", {"text": f"{self.canary} masa"}), ("reject", {"text": f"{self.canary} ret"}))
                )  # fmt: skip
                url = f"/v1/complaints/{chance.choice(self.cases)}/{what}"
                try:
                    answer = client.post(url, json=body)
                except httpx.HTTPError:
                    continue
                assert answer.status_code in (200, 409, 503), answer.text

    # --- the rest -------------------------------------------------------------------------------------------------

    def come_to_rest(self) -> None:
        """No more faults: within bounded rounds, without any act of a user, nothing waits and all hold the same."""
        for phone in self.phones:
            phone.line.weather = CALM
        calm_rounds = self.rounds = 0
        while calm_rounds < 2:
            self.rounds += 1
            assert self.rounds <= ROUNDS_TO_REST, [phone.told for phone in self.phones]
            for phone in self.phones:
                phone.do({"do": "sync", "later_ms": LATER_MS[-1]})
            # What one sends in a round, the others hear of in the next, when the feed's horizon has passed it.
            calm_rounds = calm_rounds + 1 if all(phone.is_at_rest() for phone in self.phones) else 0
            self.wait_for_horizon()

    def wait_for_horizon(self) -> None:
        """Wait until everything committed can be read."""
        (row,) = self.product.rows("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid")
        ends_at = time.monotonic() + 60
        while time.monotonic() < ends_at:
            (now,) = self.product.rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid")
            if now["xid"] >= row["xid"]:
                return
            time.sleep(0.05)
        raise AssertionError("a transaction holds the horizon up")

    def end(self) -> None:
        """Close all apps."""
        for phone in self.phones:
            phone.end()


def chances(seed: int) -> Random:
    """Give the chance of the faults that meet everybody."""
    return weather_seed(seed, "storm")


def figures(sessions: list[Session]) -> dict[str, Any]:
    """Sum up what happened."""
    phones = [phone for session in sessions for phone in session.phones]
    met: dict[str, int] = {}
    for phone in phones:
        for fate, count in phone.line.met.items():
            met[fate] = met.get(fate, 0) + count
    return {
        "phones": len(phones), "commands": sum(len(phone.saved) for phone in phones),
        "requests": sum(met.values()), "kills": sum(phone.kills for phone in phones),
        "bad requests": sum(count for fate, count in met.items() if fate != "pass"),
        "rounds to rest": max((session.rounds for session in sessions), default=0),
    }  # fmt: skip

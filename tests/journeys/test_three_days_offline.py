"""Three days without a network on two phones of one team while the office works; then a bad line, and all is there.

Real server, worker, SMS simulator, PostgreSQL and Chromium; phone A is the real app in a window, driven by touches.
"""

from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from field_app.i18n.refusal_texts import REFUSAL_TEXTS
from tests.factories.towns import PASSWORD, read_town
from tests.journeys import field_days as days
from tests.journeys.chromium import chromium
from tests.journeys.field_checks import Ledger, demand_no_canary
from tests.journeys.field_office import CANARY, Citizen, Office, add_inspector, code_now, mark_the_other_town
from tests.journeys.field_pocket import Days, Pocket, signed_in
from tests.journeys.field_product import WindowPhone
from tests.journeys.running import running
from tests.journeys.test_main_job import sign_in_staff
from tests.sync_real.proxy import CALM, Lines, Weather

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(900)]

NO_NETWORK = Weather(faults=1.0, fates=("refuse",))
# 50 kbit/s, a round trip of 800 ms, every twentieth request cut, doubled or lost; time on it runs 25 times as fast.
TIMES = 25
BAD_LINE = Weather(
    faults=0.05, fates=("cut_request", "cut_answer", "twice", "refuse"), round_trip_s=0.8 / TIMES,
    bytes_per_s=50_000 / 8 * TIMES,
)  # fmt: skip
THREE_DAYS_MS = days.DAYS * 86_400_000
MOST_ROUNDS = 400


@pytest.fixture(scope="module")
def product(module_db, tmp_path_factory):
    mark_the_other_town(module_db)
    with running(module_db, tmp_path_factory.mktemp("product")) as started:
        yield started


@pytest.fixture
def lines(product):
    def target():
        address = urlsplit(product.url)
        return str(address.hostname), int(address.port or 0)

    with Lines(target).running() as opened:
        yield opened


def open_line(lines, seed):
    line = lines.open(Random(seed))
    return line, f"http://127.0.0.1:{line.port}"


def conflicts_of(office):
    found, cursor = [], None
    while True:
        page = office.get("/v1/sync/conflicts", **({"cursor": cursor} if cursor else {}))
        found, cursor = found + page["items"], page["next_cursor"]
        if cursor is None:
            return found


class Team:
    """Both phones of the team, the test's journal of them, and the office that they do not reach."""

    def __init__(self, office, phone_a, pocket_b, work, ledger):
        self.office, self.a, self.b, self.work, self.ledger = office, phone_a, pocket_b, work, ledger
        self._known = []

    def write_down(self):
        """Take what was saved into the journal."""
        fresh = self.a.do("journal", known=self._known)["entries"]
        self._known += [entry["id"] for entry in fresh]
        journal = self.ledger.journal
        journal["A"] = [*journal.get("A", ()), *fresh]
        journal["B"] = [*journal.get("B", ()), *self.b.entries_after({entry["id"] for entry in journal.get("B", ())})]

    def work_a_day(self, day):
        """Work on both phones, while the office decides what it likes."""
        crew = self.ledger.people
        case, visit = self.work.cases["A"][day][0], self.work.visits["A"][day][0]
        seen = self.a.do("close_by_hand", case=case, text=f"A{day}el asfaltlandı", photos=3)
        assert "Çözüldü" in seen["texts"]
        note = f"A{day} fiyat listesi yok"
        if day == 0:
            self.a.do("begin_visit", visit=visit, note=note)
            sees_a_record(self.a.do("end_visit", photos=2), note)
        elif day == 1:
            half = self.a.do("begin_visit", visit=visit, note=note, until="m17")
            self.a.kill()
            self.a.start_again()
            comes_back_where_it_was(self.a.do("unlock"), half)
            self.a.do("go_on", first="m17")
            sees_a_record(self.a.do("end_visit", photos=2), note)
        self.write_down()
        usual = days.usual_day("A", day, self.work, skip_cases=1, skip_visits=int(day < 2))
        self.a.do("work", orders=[*usual, *days.shared_work("A", day, self.work, crew)])
        self.b.do([*days.usual_day("B", day, self.work), *days.shared_work("B", day, self.work, crew)])
        self.write_down()
        days.decide_meanwhile(self.office, day, self.work, crew)
        self.a.do("night", hours=12)
        self.b.clock.pass_(hours=12)
        self.b.sync()

    def come_home(self):
        """Send and fetch on both phones at once, until nothing waits; gives what the app shows, and B's numbers."""
        self.a.begin("bring_home")
        for _ in range(MOST_ROUNDS):
            numbers = self.b.sync()
            if not numbers["waiting"] and not numbers["waiting_photos"]:
                break
        return self.a.end(), numbers


@pytest.fixture
def team(product, lines, tmp_path):
    """The team on its first morning, everything on its phones, and its lines."""
    ledger, office = Ledger(product), Office(product, "department_head")
    crew = {"A": product.town.staff["field_inspector"], "B": add_inspector(product.urls, product.town, "ikinci.saha")}
    ledger.people = crew
    work, place = days.lay_out(office, Citizen(product, "+905321110002"), crew), product.town.place(0)
    (line_a, url_a), (line_b, url_b) = open_line(lines, 1), open_line(lines, 2)
    with (
        WindowPhone(tmp_path / "a", url_a, -THREE_DAYS_MS, place) as phone_a,
        httpx.Client(base_url=url_b, trust_env=False) as client_b,
    ):
        phone_a.do("see")
        phone_a.do("enter", username="field_inspector", password=PASSWORD, code=code_now())
        clock = Days(-THREE_DAYS_MS)
        unlocked = signed_in(tmp_path / "b", client_b, clock, "ikinci.saha", PASSWORD, code_now())
        b = Pocket(unlocked, clock, place, 200_000)
        while not b.is_provided():
            b.sync()
        team = Team(office, phone_a, b, work, ledger)
        team.lines = line_a, line_b
        yield team
        unlocked.close()


def test_three_days_of_two_phones_arrive_once_and_what_differs_is_shown(product, team):
    other_town, ledger = read_town(product.urls, "akpinar"), team.ledger
    Citizen(product, "+905321110001", "akpinar").report(f"{CANARY} çukur", other_town.place())
    before = ledger.census(other_town)

    for line in team.lines:
        line.weather = NO_NETWORK
    for day in range(days.DAYS):
        team.work_a_day(day)
    assert len(ledger.entries("complaint.close", "inspection.submit")) >= 60
    assert sum(len(entry["hashes"]) for _, entry in ledger.entries()) >= 180
    assert ledger.rows("SELECT 1 FROM sync_mutation") == []

    for line in team.lines:
        line.weather = BAD_LINE
    home, of_b = team.come_home()
    assert all(line.met.get(fate) for line in team.lines for fate in BAD_LINE.fates)
    assert [told[name] for told in (home["numbers"], of_b) for name in ("waiting", "waiting_photos")] == [0] * 4
    assert home["shown"] == {name: str(count) for name, count in home["numbers"].items()}

    waiting = ledger.demand_one_effect(conflicts_of(Office(product, "municipal_administrator")))
    assert ledger.demand_photos() >= 180
    assert ledger.demand_numbers() >= 31
    ledger.demand_order()
    demand_conflicts(waiting, team.work)
    for line in team.lines:
        line.weather = CALM
    said = [answer for line in team.lines for answer in line.answers]
    demand_no_canary(said, [*team.a.do("state")["rows"], *team.b.rows()])
    assert ledger.census(other_town) == before

    demand_plain_words(team, {entry["id"]: code for phone, entry, code in waiting if phone == "A"})
    decided_with_one_tap(product, ledger, waiting, team.work)


def sees_a_record(told, note):
    assert any(text.startswith("ZB-") for text in told["texts"]), told["texts"]
    assert note in " ".join(told["texts"])
    assert "İmza alındı" in told["summary"]


def comes_back_where_it_was(seen, half):
    (draft,), (before,) = seen["drafts"], half["drafts"]
    assert draft["answers"] == before["answers"]
    assert draft["answers"]["m05"]["note"] == "A1 fiyat listesi yok"
    assert "m16" in draft["answers"]
    assert "m17" not in draft["answers"]
    assert [text for text in half["texts"] if "/36" in text or "yanıtlandı" in text] == [
        text for text in seen["texts"] if "/36" in text or "yanıtlandı" in text
    ]


def demand_plain_words(team, mine):
    """Everything that was not taken as it is says why on the phone, and is put away with a tap."""
    read = team.a.do("read_attention")
    assert read["told"].keys() == mine.keys()
    for mutation_id, code in mine.items():
        words = REFUSAL_TEXTS["code.row_moved_on" if code in ("not_found", "forbidden") else f"code.{code}"][0]
        assert words in read["told"][mutation_id], code
    assert read["numbers"]["attention"] == len(mine) - 1


def demand_conflicts(waiting, work):
    found = [
        (phone, entry["kind"], entry["body"].get("complaint_id") or entry["body"]["id"]) for phone, entry, _ in waiting
    ]
    taken, _, closed_twice, closed, moved, given, _ = work.shared
    assert sum(kind == "complaint.take" and case == taken for _, kind, case in found) == 1
    assert sum(kind == "complaint.close" and case == closed_twice for _, kind, case in found) == 1
    assert sum(kind == "inspection.submit" and visit == work.shared_visit for _, kind, visit in found) == 1
    assert {
        ("A", "complaint.answer", closed),
        ("A", "complaint.note", moved),
        ("A", "complaint.take", given),
        ("B", "complaint.take", work.cases["B"][2][-1]),
    } <= set(found)


def decided_with_one_tap(product, ledger, waiting, work):
    """The note on the case that went to another department is applied by that department, from its page."""
    (entry,) = (entry for _, entry, _ in waiting if entry["body"].get("complaint_id") == work.shared[4])
    assert ledger.effects_of("A", entry) == 0
    with chromium() as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="tr-TR").new_page()
        sign_in_staff(page, product, "licence_officer")
        page.goto(f"{product.url}/console/field")
        page.get_by_text("A2 ruhsat işi").first.wait_for()
        form = page.locator(f"form[action='/console/field/conflicts/{entry['id']}']")
        form.locator("button[value=field]").click()
        form.wait_for(state="detached")
    assert ledger.effects_of("A", entry) == 1
    (row,) = ledger.rows("SELECT resolution FROM sync_mutation WHERE id = %s", (entry["id"],))
    assert row["resolution"] == "applied"
    files = ledger.rows(
        "SELECT attached_kind, attached_id::text AS case FROM stored_file WHERE id = ANY(%s::uuid[])",
        (list(entry["hashes"]),),
    )
    assert [(file["attached_kind"], file["case"]) for file in files] == [("complaint", work.shared[4])]

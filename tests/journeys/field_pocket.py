"""A phone in an inspector's pocket for the three days: its clocks, its line, its acts, and the test's own journal.

Acts go through what the screens themselves call (`field_app.phone.Unlocked`, the view model of a visit). Of each the
journal keeps what was meant, as it is saved, and the hash of every photo's bytes, apart from what the product says.
"""

import hashlib
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
from PIL import Image

from field_app.phone import Phone, Surroundings, Unlocked
from field_app.screens.business.vm import BusinessModel
from field_app.screens.inspection.vm import InspectionModel
from mobile.device.desktop.key_store import PlainFileKeyStore
from mobile.sdk.own_work import Line

PIN = "274916"
AGAIN_MS = 61_000
Entry = dict[str, Any]
Order = dict[str, Any]


class Days:
    """A phone's clocks: those of the machine, so many milliseconds away from them; both go on together."""

    def __init__(self, away_ms: int) -> None:
        self.away_ms, self._began_ms = away_ms, away_ms

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.away_ms

    def uptime(self) -> tuple[str, int]:
        """Give the run of the phone and the time since it was started."""
        return "boot", time.monotonic_ns() // 1_000_000 + self.away_ms + 10 * 86_400_000

    def wall(self) -> datetime:
        """Say what the phone shows."""
        return datetime.fromtimestamp(self() / 1000, UTC)

    def elapsed(self) -> float:
        """Give the seconds since the phone was started."""
        return self.uptime()[1] / 1000

    def boot_id(self) -> str:
        """Name the run of the phone."""
        return "boot"

    def pass_(self, **by: float) -> None:
        """Let time pass."""
        self.away_ms += int(timedelta(**by).total_seconds() * 1000)


def camera_file(number: int) -> bytes:
    """A small picture that looks like no other: made ready by the phone it has some two kilobytes."""
    chance = Random(number)
    noise = Image.frombytes("RGB", (8, 6), chance.randbytes(8 * 6 * 3))
    out = io.BytesIO()
    noise.resize((96, 72), Image.Resampling.BICUBIC).save(out, "JPEG", quality=80)
    return out.getvalue()


class Pocket:
    """What a person does on one phone."""

    def __init__(self, unlocked: Unlocked, clock: Days, place: tuple[float, float], first_photo: int) -> None:
        self.unlocked, self.clock, self._next_photo = unlocked, clock, first_photo
        self._place = {"lon": place[0], "lat": place[1], "accuracy_m": 6.0}

    # --- the journal ----------------------------------------------------------------------------------------------

    def entry(self, line: Line) -> Entry:
        """Write down what was saved just now."""
        body = dict(line.body)
        named = [*body.get("photos", ()), *([body["signature"]] if body.get("signature") else [])]
        read = self.unlocked.photos.bytes_of
        hashes = {photo["id"]: hashlib.sha256(read(photo["id"], "original")).hexdigest() for photo in named}
        return {"id": line.id, "kind": line.kind, "body": body, "hashes": hashes}

    def entries_after(self, known: set[str]) -> list[Entry]:
        """Write down everything that was saved and is not known yet, the oldest first."""
        lines = [line for line in self.unlocked.engine.lines(limit=1_000) if line.id not in known]
        return [self.entry(line) for line in reversed(lines)]

    # --- acts -----------------------------------------------------------------------------------------------------

    def do(self, orders: list[Order]) -> None:
        """Do one thing after the other, some minutes apart."""
        for order in orders:
            self.clock.pass_(minutes=7)
            getattr(self, f"_{order['act']}")(order)

    def _take(self, order: Order) -> None:
        self.unlocked.acts.take(order["case"])

    def _start(self, order: Order) -> None:
        self.unlocked.acts.start(order["case"])

    def _note(self, order: Order) -> None:
        self.unlocked.acts.note(order["case"], order["text"], self._draft(order))

    def _answer(self, order: Order) -> None:
        self.unlocked.acts.answer(order["case"], order["text"])

    def _close(self, order: Order) -> None:
        self.unlocked.acts.close(order["case"], order["text"], self._draft(order))

    def _hand_over(self, order: Order) -> None:
        self.unlocked.acts.hand_over(order["case"], order["to"], order["text"])

    def _visit(self, order: Order) -> None:
        now = self.clock.wall()
        self.unlocked.acts.visit(order["case"], now - timedelta(minutes=6), now, self._place)

    def _file(self, order: Order) -> None:
        place = (self._place["lon"], self._place["lat"])
        self.unlocked.acts.file(order["category"], order["text"], place, "Ihlamur Sokak", {}, self._draft(order))

    def _give_task(self, order: Order) -> None:
        department = self.unlocked.profile.departments[0]
        self.unlocked.acts.create_task(order["text"], "", department, assignee_id=order["to"])

    def _finish_task(self, order: Order) -> None:
        self.unlocked.acts.finish_task(order["task"], order["text"], self._draft(order))

    def _tell(self, order: Order) -> None:
        self.unlocked.acts.post_message(self.unlocked.profile.departments[0], order["text"])

    def _telephone(self, order: Order) -> None:
        model = BusinessModel(self.unlocked, order["business"])
        seen = model.values()
        assert model.change(seen, {**seen, "phone": order["phone"]})

    def _inspect(self, order: Order) -> None:
        model = InspectionModel(self.unlocked, {"id": order["visit"]}, lambda: self._place)
        assert model.form is not None
        assert model.answering is not None
        for code, item in model.form.items.items():
            if item.type == "check":
                model.answering.answer(code, "yes")
        model.keep()
        shots = [self.unlocked.photos.add(model.draft_id, self._camera()).id for _ in range(order["photos"])]
        failed = {"v": "no", "note": order["text"], "photos": shots[:1], "deadline_days": 7}
        for code, value in {
            "serves_food": True, "m05": failed, "views": shots[1:], "present_person": "Ayşe Işık",
            "signature": {"refused": True, "note": "Şahit: A. Kaya"},
        }.items():  # fmt: skip
            model.answering.answer(code, value)
        model.keep()
        self.clock.pass_(minutes=20)
        model.submit()

    def _amend(self, order: Order) -> None:
        self.unlocked.acts.record("inspection.amend", {"inspection_id": order["visit"], "text": order["text"]})

    def _draft(self, order: Order) -> str | None:
        """Take the photos that the act is to have."""
        if not order.get("photos"):
            return None
        draft_id = self.unlocked.acts.new_id()
        self.unlocked.engine.save_draft(draft_id, "complaint.note", {"complaint_id": order.get("case")})
        for _ in range(order["photos"]):
            self.unlocked.photos.add(draft_id, self._camera())
        return draft_id

    def _camera(self) -> bytes:
        self._next_photo += 1
        return camera_file(self._next_photo)

    # --- the line -------------------------------------------------------------------------------------------------

    def sync(self) -> dict[str, int]:
        """Let the phone try once to send and fetch everything; gives its numbers."""
        self.clock.pass_(milliseconds=AGAIN_MS)
        self.unlocked.sync.sync_once(self.unlocked.engine)
        return self.unlocked.engine.numbers()

    def is_provided(self) -> bool:
        """Whether everything it may hold has come."""
        store = self.unlocked.engine.store
        scopes = store.one("SELECT count(*), count(*) FILTER (WHERE is_complete = 1) FROM scope") or (0, 0)
        return 0 < scopes[0] == scopes[1]

    def rows(self) -> Iterator[str]:
        """Give every row that the phone holds, as it is written."""
        for (data,) in self.unlocked.engine.store.all("SELECT data FROM synced"):
            yield data


def surroundings(folder: Path, clock: Days) -> Surroundings:
    """Give the system of a phone without a window."""
    return Surroundings(folder / "app", PlainFileKeyStore(folder / "keys"), clock, clock.uptime)


def signed_in(folder: Path, client: httpx.Client, clock: Days, username: str, password: str, code: str) -> Unlocked:
    """Sign somebody in on a new phone and open it."""
    phone = Phone(surroundings(folder, clock), client)
    told = phone.account.sign_in("kadikoy", username, password, code, "Deneme telefonu")
    assert told["state"] == "signed_in", told
    return phone.open(phone.vault.set_up(phone.account.profile.staff_id, PIN))

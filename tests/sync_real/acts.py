"""What a person does on a phone, chosen by chance from what it shows; every text is found again in the ledger."""

import io
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from PIL import Image

from field_app.numbers import NumberBook
from field_app.phone import Unlocked

PHOTO_SHARE = 0.3


def canary(municipality_id: int) -> str:
    """Give the word that stands in every text of a municipality, and in none of another."""
    return f"kanarya-{municipality_id:06d}"


class Writer:
    """Writes commands into one phone's outbox."""

    def __init__(self, unlocked: Unlocked, book: NumberBook, chance: Random) -> None:
        """Take the open phone, its record numbers, and chance."""
        self._unlocked, self._acts, self._book, self._chance = unlocked, unlocked.acts, book, chance
        self._engine = unlocked.engine

    def today(self) -> date:
        """Give the phone's day."""
        return datetime.fromtimestamp(self._engine.clock() / 1000, UTC).date()

    def act(self) -> str:
        """Do one thing, as a person would choose one; gives the id of the command when it is saved."""
        view = self._engine.view()
        rows: dict[str, list[str]] = {}
        for table, row_id in sorted(view):
            rows.setdefault(table, []).append(row_id)
        choices: list[Any] = [self._message, self._task]
        if "town" in rows:
            choices += [self._register]
        if {"town", "form"} <= rows.keys():
            choices += [self._inspection] * 3
        for table, acts in (
            ("complaint", (self._note, self._note, self._note, self._take, self._start, self._close, self._visit)),
            ("business", (self._patch, self._old_patch)),
            ("task", (self._finish,)),
        ):
            choices += acts if table in rows else ()
        self._rows, self._view = rows, view
        return str(self._chance.choice(choices)())

    # --- acts -----------------------------------------------------------------------------------------------------

    def _note(self) -> str:
        return self._acts.note(self._any("complaint"), self._word(), self._draft())

    def _take(self) -> str:
        return self._acts.take(self._any("complaint"))

    def _start(self) -> str:
        return self._acts.start(self._any("complaint"))

    def _close(self) -> str:
        return self._acts.close(self._any("complaint"), self._word(), self._draft(share=1.0))

    def _visit(self) -> str:
        now = datetime.fromtimestamp(self._engine.clock() / 1000, UTC)
        place = {"lon": 29.03, "lat": 40.98, "accuracy_m": 5.0}
        return self._acts.visit(self._any("complaint"), now - timedelta(minutes=5), now, place)

    def _message(self) -> str:
        return self._acts.record(
            "message.post", {"id": self._acts.new_id(), "department_id": self._team(), "text": self._word()}
        )

    def _task(self) -> str:
        body = {"id": self._acts.new_id(), "title": self._word(), "text": "", "department_id": self._team()}
        return self._acts.record("task.create", body)

    def _finish(self) -> str:
        return self._acts.finish_task(self._any("task"), self._word(), self._draft())

    def _register(self) -> str:
        body = {
            "id": self._acts.new_id(), "class_code": "market", "title": self._word(), "activity": "",
            "address_text": "", "place": {**self._middle(), "accuracy_m": 4.0},
        }  # fmt: skip
        return self._acts.record("business.register", body)

    def _patch(self) -> str:
        row_id = self._any("business")
        change = {"base": self._view["business", row_id].get("note"), "value": self._word()}
        return self._acts.record("business.patch", {"business_id": row_id, "changes": {"note": change}})

    def _old_patch(self) -> str:
        # As an app of two versions ago wrote it.
        body = {"business_id": self._any("business"), "field": "note", "value": self._word()}
        return self._engine.record("business.patch", body, kv=0)

    def _inspection(self) -> str:
        form = self._view["form", self._any("form")]
        now = datetime.fromtimestamp(self._engine.clock() / 1000, UTC).replace(microsecond=0)
        checks = [item["code"] for item in _checks(form["items"])]
        answers = {code: "no" if self._chance.random() < 0.1 else "yes" for code in checks}
        body = {
            "id": self._acts.new_id(), "business_id": None, "kind": "spot", "form_id": form["form_id"],
            "form_version": form["version"], "answers": answers, "department_id": self._team(),
            "started_at": (now - timedelta(minutes=9)).isoformat(), "ended_at": now.isoformat(),
            "place": {**self._middle(), "accuracy_m": 4.0},
        }  # fmt: skip
        if "business" in self._rows and self._chance.random() < 0.6:
            body |= {"business_id": self._any("business")}
        number = lambda: {"number": self._book.take(self.today().year)}  # noqa: E731 (taken when it is kept)
        return self._acts.record("inspection.submit", body, self._draft(), number)

    # --- what they need -------------------------------------------------------------------------------------------

    def _any(self, table: str) -> str:
        return str(self._chance.choice(self._rows[table]))

    def _team(self) -> str:
        return self._unlocked.profile.departments[0]

    def _middle(self) -> dict[str, float]:
        town = self._view["town", self._rows["town"][0]]["center"]
        # One of the four squares, well inside.
        lon, lat = (self._chance.choice((-0.005, 0.005)) for _ in "xy")
        return {"lon": town["lon"] + lon, "lat": town["lat"] + lat}

    def _word(self) -> str:
        return f"{canary(self._unlocked.profile.municipality_id)} {self._chance.getrandbits(60):015x}"

    def _draft(self, share: float = PHOTO_SHARE) -> str | None:
        """A draft with a photo or two, or none."""
        if self._chance.random() >= share:
            return None
        draft_id = self._acts.new_id()
        self._engine.save_draft(draft_id, "complaint.note", {})
        for _ in range(self._chance.choice((1, 1, 2))):
            self._unlocked.photos.add(draft_id, self._picture())
        return draft_id

    def _picture(self) -> bytes:
        side = self._chance.choice((24, 64, 160))
        noise = Image.frombytes("RGB", (side, side), self._chance.randbytes(side * side * 3))
        out = io.BytesIO()
        noise.resize((side * 2, side * 2)).save(out, "JPEG", quality=80)
        return out.getvalue()


def _checks(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [item for item in items if item["type"] == "check"]
    return found + [inner for item in items if item["type"] == "group" for inner in _checks(item.get("items", []))]

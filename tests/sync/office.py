"""What the office and the server's keepers do in the simulation: edits, grants, revocations, backups, losses."""

from typing import Any

from tests.sync.model_server import Busy, Transaction

TOWNS = ("north", "south")
TEAMS, AREAS, STAFF = ("1", "2"), ("a", "b"), ("x", "y")
MOST_OPEN = 3


class OfficeActs:
    """Acts of a world (`self`) that no phone does."""

    def new_row(self, town: str, table: str) -> None:
        self.made += 1
        transaction = self.server.begin(town)
        self._write_new(transaction, table)
        self.server.commit(transaction)

    def _write_new(self, transaction: Transaction, table: str) -> None:
        canary = f"mark-{transaction.town}"
        if table == "complaint":
            self.server.write(
                transaction, (table, f"c{self.made}"), status="routed", team=self.chance.choice(TEAMS),
                assignee=self.chance.choice((*STAFF, "")), lines=[], canary=canary,
            )  # fmt: skip
        else:
            area = self.chance.choice(AREAS)
            self.server.write(transaction, (table, f"b{self.made}"), area=area, phone="0", note="", canary=canary)

    def edit_in_office(self) -> None:
        """The office changes rows, in a transaction that may stay open for a while."""
        town = self.chance.choices(TOWNS, (3, 1))[0]
        idle = [one for one in self.server.active.values() if one.town == town and not one.writes]
        if idle and (len(self.server.active) >= MOST_OPEN or self.chance.random() < 0.5):
            transaction = self.chance.choice(idle)
        elif len(self.server.active) < MOST_OPEN:
            transaction = self.server.begin(town)
            if self.chance.random() < 0.4:
                return  # it writes later, perhaps after one that began later
        else:
            return
        rows = sorted(key for key in self.server.towns[town].rows if key[0] != "photo")
        try:
            for _ in range(self.chance.randint(1, 2)):
                self.made += 1
                if self.chance.random() < 0.25:
                    self._write_new(transaction, self.chance.choice(("complaint", "business")))
                    continue
                key = self.chance.choice(rows)
                self.server.write(transaction, key, **self._change(key[0]))
        except Busy:
            self.server.roll_back(transaction)
            return
        if self.chance.random() < 0.45:
            self.server.commit(transaction)

    def _change(self, table: str) -> dict[str, Any]:
        if table == "complaint":
            return self.chance.choice(
                ({"team": self.chance.choice(TEAMS)}, {"assignee": self.chance.choice((*STAFF, ""))},
                 {"status": self.chance.choice(("solved", "routed"))})
            )  # fmt: skip
        if table == "business":
            return self.chance.choice(({"area": self.chance.choice(AREAS)}, {"phone": f"office {self.made}"}))
        return {"seen": self.made}

    def end_transaction(self) -> None:
        if self.server.active:
            transaction = self.chance.choice(list(self.server.active.values()))
            (self.server.commit if self.chance.random() < 0.8 else self.server.roll_back)(transaction)

    def change_grants(self) -> None:
        granted = self.server.grants[(self.chance.choice(TOWNS), self.chance.choice(STAFF))]
        granted.symmetric_difference_update({self.chance.choice(("team:1", "team:2", "area:a", "area:b"))})

    def revoke(self) -> None:
        """A phone is lost; at most one in a run, so that the others go on."""
        phone = self.phones[0]
        stream = self.server.towns[phone.town].streams.get(phone.store.get("device"))
        if stream is not None and not any(other.is_dropped for other in self.phones):
            stream.state = self.chance.choice(("drain", "wipe"))
            phone.is_dropped = True

    def back_up(self) -> None:
        self.server.back_up()

    def restore(self) -> None:
        if self.server.restore(keeps_blobs=self.chance.random() < 0.6):
            for phone in self.phones:
                if phone.is_dropped and not phone.store.get("wiped"):
                    stream = self.server.towns[phone.town].streams.get(phone.store.get("device"))
                    if stream is not None:
                        stream.state = "drain"

    def lose_blob(self) -> None:
        """A disk of the server's loses a photo, or an upload that was begun."""
        blobs = self.server.blobs
        stored = sorted(key for key in blobs.blobs if key[2] == "original")
        if stored and self.chance.random() < 0.5:
            town, photo_id, _ = self.chance.choice(stored)
            if not any(("photo", photo_id) in one.writes for one in self.server.active.values()):
                blobs.lose(town, photo_id)
        elif blobs.uploads:
            blobs.expire(self.chance.choice(sorted(blobs.uploads)))

    def import_bundle(self) -> None:
        """Somebody brings an exported bundle to the office, perhaps not for the first time."""
        if self.bundles:
            town, staff, data = self.chance.choice(self.bundles)
            self.server.now = self.now
            self.server.import_bundle(town, staff, data)

"""The line between phones and server in the simulation, and everything that goes wrong on it."""

import json
from typing import TYPE_CHECKING, Any

from mobile.sdk.exchange import Answer, Exchange
from tests.sync.blob_server import Told
from tests.sync.invariants import Violation, check_carried, check_sent
from tests.sync.model_server import BIG
from tests.sync.office import TOWNS

if TYPE_CHECKING:
    from collections.abc import Callable

PORTAL = b"<html>Please log in</html>"


class NetworkActs:
    """Acts of a world (`self`): exchanges, their faults, and what arrives late."""

    def sync(self) -> None:
        """An exchange of one phone, or some, with what may happen to each on the way."""
        phone = self.phone()
        for _ in range(self.chance.choice((1, 1, 4))):
            with self.mortal(phone):
                exchange = phone.engine.next_exchange()
                if exchange is None:
                    return
                self.exchange(phone, exchange, self._fault())
            self.now += 50

    def exchange(self, phone: Any, exchange: Exchange, fault: str) -> None:
        """Carry one exchange there and back, and let the phone take what came."""
        check_carried(phone, exchange)
        is_mine = exchange.upload is None and exchange.message["device"] == phone.store.get("device")
        answer = self.carry(phone, exchange, fault)
        is_whole = answer is not None and answer.status == 200 and fault not in ("portal", "cut")
        phone.engine.receive(exchange, answer)
        if is_mine and is_whole:
            phone.heard = self.now

    def _fault(self) -> str:
        return self.chance.choices(
            ("none", "request lost", "answer lost", "cut", "portal", "unavailable", "twice", "twice later", "partial",
             "crash"),
            (60, 5, 8, 4, 4, 4, 3, 4, 6, 4),
        )[0]  # fmt: skip

    def carry(self, phone: Any, exchange: Exchange, fault: str) -> Answer | None:
        """Bring a request to the server and its answer back, or not."""
        if fault == "request lost":
            return None
        if fault == "portal":
            # Some portals say 204 with nothing in it, which is what an upload's end looks like.
            return Answer(*self.chance.choice(((200, "text/html", PORTAL), (204, "", b""))), {"upload-offset": "1"})
        if fault == "unavailable":
            return Answer(503, "application/problem+json", b'{"code": "unavailable", "status": 503}')
        if exchange.upload is not None:
            return self._carry_blob(phone, exchange, fault)
        message = json.loads(json.dumps(dict(exchange.message)))
        if fault == "twice later":
            self.late.append(lambda: self.ask(phone, exchange.path, message))
        most = self.chance.randint(0, 3) if fault == "partial" else 50
        crash_at = self.chance.randint(0, 2) if fault == "crash" else BIG
        status, media_type, body = self.ask(phone, exchange.path, message, most=most, crash_at=crash_at)
        if fault == "twice":
            status, media_type, body = self.ask(phone, exchange.path, message)
        if fault == "answer lost":
            return None
        if fault == "cut":
            body = body[: self.chance.randrange(len(body))] if body else body
        return Answer(status, media_type, body)

    def _carry_blob(self, phone: Any, exchange: Exchange, fault: str) -> Answer | None:
        content = exchange.content
        if content and fault == "partial":
            # A broken box on the way: it says that it is whole, and is not what was sent.
            at = self.chance.randrange(len(content))
            content = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        if content and fault == "cut":
            content = content[: self.chance.randrange(len(content))]

        def ask() -> Told:
            headers = {name: str(value) for name, value in exchange.headers.items()}
            return self.server.blobs.answer(phone.town, exchange.method, exchange.path, headers, content)

        self.server.now = self.now
        if fault == "twice later":
            self.late.append(ask)
        told = ask()
        if fault == "twice":
            told = ask()
        if fault in ("answer lost", "crash", "cut"):
            return None
        return Answer(told[0], "", b"", told[1])

    def ask(self, phone: Any, path: str, message: dict[str, Any], **options: int) -> tuple[int, str, bytes]:
        """Ask the server, and look into the bytes that leave it."""
        stream = self.server.towns[phone.town].streams.get(message["device"])
        phone.is_told = phone.is_told or (stream is not None and stream.state != "active")
        if stream is not None and stream.state == "wipe":
            body = b'{"code": "device_revoked", "wipe": "now"}'
            return 403, "application/problem+json", body
        self.server.now = self.now
        status, media_type, body = self.server.answer(path, phone.town, phone.staff, message, **options)
        check_sent(self, phone, path, media_type, body)
        other = TOWNS[1 - TOWNS.index(phone.town)]
        if f"mark-{other}".encode() in body:
            raise Violation(f"I5: {phone.name} was sent a row of {other}")
        return status, media_type, body

    def repeat_late(self) -> None:
        """A request that the network kept back arrives once more; its answer reaches nobody."""
        if self.late:
            late: Callable[[], Any] = self.late.pop(self.chance.randrange(len(self.late)))
            late()

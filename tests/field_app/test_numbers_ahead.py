"""Record numbers are on the phone before it leaves: they come with syncing, not first when a visit is begun."""

import json

import httpx

from field_app.numbers import NumberBook
from mobile.wire import codec
from tests.field_app.inspection_world import numbers
from tests.field_app.world import make_phone, opened, profile


class Server:
    """Answers every pull with nothing new, and gives numbers."""

    def __init__(self):
        self.asked = []

    def client(self):
        return httpx.Client(base_url="http://town.invalid", transport=httpx.MockTransport(self._answer))

    def _answer(self, request):
        self.asked.append(request.url.path)
        if request.url.path == "/v1/inspections/numbers":
            return httpx.Response(200, json=numbers())
        device = {"state": "active", "horizon": "0"}
        message = {"epoch": "e", "now": 1_795_000_000_000, "device": device, "scopes": [], "pages": [], "checks": []}
        return httpx.Response(200, content=codec.encode(message), headers={"content-type": codec.DEFLATED})


def synced(tmp_path, clock, permissions):
    server = Server()
    phone = make_phone(tmp_path / "phone", clock, server.client())
    held = json.loads(phone.around.key_store.read("account"))
    held["profile"] = {**profile(), "permissions": permissions}
    phone.around.key_store.write("account", json.dumps(held).encode())
    phone.account._facts = held
    unlocked = opened(phone)
    for _ in range(3):
        clock.pass_(minutes=2)
        unlocked.sync.sync_once(unlocked.engine)
    left = NumberBook(unlocked.engine.store).left(2026)
    unlocked.close()
    return server.asked.count("/v1/inspections/numbers"), left


def test_an_inspectors_phone_has_numbers_after_its_first_sync_and_asks_once(tmp_path, clock):
    assert synced(tmp_path, clock, ["field.sync", "inspection.submit"]) == (1, 20)


def test_a_phone_whose_person_inspects_nothing_asks_for_none(tmp_path, clock):
    assert synced(tmp_path, clock, ["field.sync"]) == (0, 0)

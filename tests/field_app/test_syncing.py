"""What the loop says of the line is what it last saw of it."""

import httpx

from tests.field_app.world import make_phone, opened, uid


def test_a_pause_after_a_failure_does_not_count_as_being_heard(tmp_path, clock):
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)

    client = httpx.Client(base_url="http://town.invalid", transport=httpx.MockTransport(refuse))
    unlocked = opened(make_phone(tmp_path / "phone", clock, client))
    unlocked.acts.take(uid(101))
    assert unlocked.sync.sync_once(unlocked.engine).ending == "offline"
    # Too early to try again.
    state = unlocked.sync.sync_once(unlocked.engine)
    assert (state.exchanges, state.ending) == (0, "offline")
    unlocked.close()

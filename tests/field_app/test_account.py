"""The account over a network that answers well, badly, or not at all."""

import json

import httpx
import pytest

from field_app.account import Account, Offline, Refused, SignedOut
from tests.field_app.world import ME, MemoryKeyStore, Time, profile

TOKENS = {"access_token": "first", "refresh_token": "r1", "expires_in": 900, "device_id": "d", "token_type": "Bearer"}
PORTAL = httpx.Response(200, text="<html>Otele hoş geldiniz</html>", headers={"content-type": "text/html"})


class Network:
    """Answers by path; None is no answer."""

    def __init__(self):
        self.answers, self.asked = {}, []

    def client(self):
        return httpx.Client(base_url="http://town.invalid", transport=httpx.MockTransport(self._answer))

    def _answer(self, request):
        self.asked.append((request.url.path, request.headers.get("authorization")))
        answer = self.answers.get(request.url.path)
        if answer is None:
            raise httpx.ConnectError("no network", request=request)
        return answer


def problem(status, code):
    body = json.dumps({"code": code, "title": "Olmaz", "status": status})
    return httpx.Response(status, text=body, headers={"content-type": "application/problem+json"})


@pytest.fixture
def network():
    made = Network()
    made.answers = {
        "/v1/auth/staff": httpx.Response(200, json={"state": "signed_in", "tokens": TOKENS}),
        "/v1/sync/profile": httpx.Response(200, json=profile()),
    }
    return made


@pytest.fixture
def keys():
    return MemoryKeyStore()


@pytest.fixture
def account(network, keys, clock: Time):
    return Account(network.client(), keys, clock)


def test_signing_in_keeps_tokens_and_profile_for_the_next_start(account, network, keys, clock):
    account.sign_in("kadikoy", "zabita", "parola", "123456", "Telefon")
    again = Account(network.client(), keys, clock)
    assert again.profile.staff_id == ME
    assert again.token() == "first"


def test_half_an_account_is_none(account, network, keys):
    network.answers["/v1/sync/profile"] = None
    with pytest.raises(Offline):
        account.sign_in("kadikoy", "zabita", "parola", "123456", "Telefon")
    assert not account.is_known
    assert keys.held == {}


@pytest.mark.parametrize(
    "answer", [None, PORTAL, httpx.Response(502, text="bad gateway"), httpx.Response(200, text="{")]
)
def test_what_is_not_ours_is_no_answer(account, network, answer):
    network.answers["/v1/auth/staff"] = answer
    with pytest.raises(Offline):
        account.sign_in("kadikoy", "zabita", "parola", None, "Telefon")


def test_a_refusal_is_told_in_the_servers_words(account, network):
    network.answers["/v1/auth/staff"] = problem(401, "bad_credentials")
    with pytest.raises(Refused) as refused:
        account.sign_in("kadikoy", "zabita", "parola", None, "Telefon")
    assert (refused.value.code, refused.value.title) == ("bad_credentials", "Olmaz")


def test_a_token_is_renewed_before_it_ends_and_kept_before_it_is_used(account, network, keys, clock):
    account.sign_in("kadikoy", "zabita", "parola", "123456", "Telefon")
    clock.pass_(minutes=14, seconds=30)
    network.answers["/v1/auth/refresh"] = httpx.Response(
        200, json={**TOKENS, "access_token": "second", "refresh_token": "r2"}
    )
    assert account.token() == "second"
    assert json.loads(keys.held["account"])["tokens"]["refresh_token"] == "r2"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, Offline),
        (PORTAL, Offline),
        (problem(429, "too_many_requests"), Offline),
        (problem(401, "unauthenticated"), SignedOut),
    ],
)
def test_only_a_plain_no_of_the_server_ends_the_session(account, network, keys, clock, answer, outcome):
    account.sign_in("kadikoy", "zabita", "parola", "123456", "Telefon")
    clock.pass_(hours=1)
    network.answers["/v1/auth/refresh"] = answer
    with pytest.raises(outcome):
        account.token()
    assert account.is_known


def test_after_the_session_ended_the_person_is_still_known(account, network, keys, clock):
    account.sign_in("kadikoy", "zabita", "parola", "123456", "Telefon")
    account.end_session()
    assert account.profile.staff_id == ME
    with pytest.raises(SignedOut):
        account.token()
    account.forget()
    assert not Account(network.client(), keys, clock).is_known

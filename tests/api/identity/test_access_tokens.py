"""A forged, altered, foreign or stale access token opens nothing, and is told nothing about why."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.core import clock
from api.core.errors import Unauthenticated
from api.identity import signing_keys
from api.identity.tokens import verify_access_token
from tests.api.identity import harness

pytestmark = pytest.mark.anyio


def encode(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.fixture
async def signed_in(phone):
    return await phone.sign_in()


@pytest.fixture
async def signing(pool):
    """The true current key, as a thief of the whole installation would have it."""
    held = await signing_keys._keys(pool, 60)
    return held.kid, held.signing


async def status(phone, token: str) -> int:
    answer = await phone.http.get("/v1/me", headers={"authorization": f"Bearer {token}"})
    if answer.status_code == 401:
        assert answer.json()["code"] == "unauthenticated"
        assert answer.headers["www-authenticate"] == "Bearer"
    return answer.status_code


def signed(signing, payload: dict, **header) -> str:
    kid, key = signing
    return jwt.encode(payload, key, algorithm="EdDSA", headers={"typ": "at+jwt", "kid": kid, **header})


async def test_the_token_has_every_claim_and_ten_minutes(signed_in, town):
    token = signed_in.tokens["access_token"]
    header, payload = harness.part_of_token(token, 0), harness.part_of_token(token, 1)
    assert (header["typ"], header["alg"]) == ("at+jwt", "EdDSA")
    assert set(payload) == {"iss", "aud", "sub", "mun", "dev", "iat", "nbf", "exp", "jti"}
    assert (payload["iss"], payload["aud"], payload["mun"]) == ("belediye", "citizen", town.municipality_id)
    assert payload["exp"] - payload["iat"] == 600 == signed_in.tokens["expires_in"]
    assert await status(signed_in, token) == 200


async def test_without_a_token_or_with_another_scheme_nobody_comes_in(app, signed_in):
    assert (await harness.client(app).get("/v1/me")).status_code == 401
    basic = {"authorization": "Basic " + base64.b64encode(b"citizen:1").decode()}
    assert (await harness.client(app).get("/v1/me", headers=basic)).status_code == 401


async def test_alg_none_is_refused(signed_in):
    header, payload, _ = signed_in.tokens["access_token"].split(".")
    for alg in ("none", "None", "NONE", ""):
        forged = encode({**harness.part_of_token(f"{header}.", 0), "alg": alg})
        assert await status(signed_in, f"{forged}.{payload}.") == 401


async def test_a_token_hashed_with_the_public_key_is_refused(signed_in, signing):
    kid, key = signing
    public = key.public_key()
    forms = [
        public.public_bytes_raw(),
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ]
    payload = signed_in.tokens["access_token"].split(".")[1]
    for secret in forms:
        begin = f"{encode({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid})}.{payload}"
        digest = hmac.digest(secret, begin.encode(), hashlib.sha256)
        assert await status(signed_in, f"{begin}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}") == 401


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "evil"},
        {"aud": "admin"},
        {"aud": ["citizen", "staff"]},
        {"aud": "platform"},
        {"mun": "1"},
        {"mun": [1, 2]},
        {"mun": True},
        {"mun": 0},
        {"mun": 1.0},
        {"sub": "nobody"},
        {"dev": None},
        {"sub": None},
        {"jti": 7},
        {"exp": "9999999999"},
        {"exp": 10**40},
        {"iat": -(10**30)},
    ],
    ids=str,
)
async def test_a_wrong_claim_is_refused_even_under_the_true_key(signed_in, signing, change):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    assert await status(signed_in, signed(signing, payload)) == 200
    kid, key = signing
    # jwt.encode itself refuses some of these; the signature has to be right all the same.
    begin = f"{encode({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': kid})}.{encode({**payload, **change})}"
    signature = base64.urlsafe_b64encode(key.sign(begin.encode())).rstrip(b"=").decode()
    assert await status(signed_in, f"{begin}.{signature}") == 401


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "mun", "dev", "iat", "nbf", "exp", "jti"])
async def test_a_missing_claim_is_refused(signed_in, signing, claim):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    del payload[claim]
    assert await status(signed_in, signed(signing, payload)) == 401


async def test_a_token_ends_ten_minutes_after_its_making_and_half_a_minute_of_grace(signed_in):
    with clock.frozen() as time:
        time.advance(minutes=10, seconds=25)
        assert await status(signed_in, signed_in.tokens["access_token"]) == 200
        time.advance(seconds=36)
        assert await status(signed_in, signed_in.tokens["access_token"]) == 401


async def test_a_token_of_the_future_is_refused(signed_in, signing):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    assert await status(signed_in, signed(signing, {**payload, "nbf": payload["nbf"] + 120})) == 401
    later = {name: payload[name] + 120 for name in ("iat", "nbf", "exp")}
    assert await status(signed_in, signed(signing, {**payload, **later})) == 401


async def test_a_token_that_claims_a_longer_life_than_we_give_is_refused(signed_in, signing):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    assert await status(signed_in, signed(signing, {**payload, "exp": payload["exp"] + 3_600})) == 401


async def test_an_edited_municipality_breaks_the_signature(signed_in, other_town):
    header, _, signature = signed_in.tokens["access_token"].split(".")
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    edited = encode({**payload, "mun": other_town.municipality_id})
    assert await status(signed_in, f"{header}.{edited}.{signature}") == 401


async def test_even_truly_signed_a_person_exists_only_in_the_own_municipality(signed_in, signing, other_town):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    assert await status(signed_in, signed(signing, {**payload, "mun": other_town.municipality_id})) == 401


@pytest.mark.parametrize(
    "kid", ["../../../dev/null", "' OR '1'='1", "x' UNION SELECT 'key'--", "", "k" * 5_000, "\x00"], ids=repr
)
async def test_a_key_id_is_only_looked_up(signed_in, kid):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    forged = signed((kid, Ed25519PrivateKey.generate()), payload)
    assert await status(signed_in, forged) == 401


@pytest.mark.parametrize("kid", [7, None, ["x"], {"a": 1}])
async def test_a_key_id_that_is_no_text_is_refused(signed_in, kid):
    payload = signed_in.tokens["access_token"].split(".")[1]
    header = encode({"alg": "EdDSA", "typ": "at+jwt", "kid": kid})
    assert await status(signed_in, f"{header}.{payload}.AAAA") == 401


async def test_a_key_that_the_token_brings_along_or_points_to_is_not_used(signed_in, signing):
    thief = Ed25519PrivateKey.generate()
    own = jwt.algorithms.OKPAlgorithm.to_jwk(thief.public_key(), as_dict=True)
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    for header in (
        {"jwk": own},
        {"jku": "http://127.0.0.1:9/jwks.json"},
        {"x5u": "http://127.0.0.1:9/cert.pem"},
        {"x5c": ["AAAA"]},
    ):
        assert await status(signed_in, signed((signing[0], thief), payload, **header)) == 401
        assert await status(signed_in, signed(("own", thief), payload, **header)) == 401


async def test_a_critical_extension_that_we_do_not_know_is_refused_though_the_signature_holds(signed_in, signing):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    kid, key = signing
    for extra in ({"crit": ["exp"]}, {"crit": ["x"], "x": 1}, {"crit": []}, {"b64": False, "crit": ["b64"]}):
        begin = f"{encode({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': kid, **extra})}.{encode(payload)}"
        signature = base64.urlsafe_b64encode(key.sign(begin.encode())).rstrip(b"=").decode()
        assert await status(signed_in, f"{begin}.{signature}") == 401


async def test_another_type_of_token_under_the_true_key_is_no_access_token(signed_in, signing):
    payload = harness.part_of_token(signed_in.tokens["access_token"], 1)
    for kind in ("JWT", "id+jwt", "AT+JWT", ""):
        assert await status(signed_in, signed(signing, payload, typ=kind)) == 401


async def test_a_refresh_token_is_no_access_token(signed_in):
    assert await status(signed_in, signed_in.tokens["refresh_token"]) == 401


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.text(max_size=200))
def test_no_text_gets_through_or_breaks_the_reader(noise):
    key = Ed25519PrivateKey.generate().public_key()
    for text in (
        noise,
        f"{noise}.{noise}.{noise}",
        f"{encode({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': 'k'})}.{noise}.",
    ):
        with pytest.raises(Unauthenticated):
            verify_access_token(text, {"k": key})


async def test_a_rotated_key_still_verifies_what_it_signed_and_the_next_was_published_before(signed_in, pool, app):
    published = (await harness.client(app).get("/.well-known/jwks.json")).json()["keys"]
    old = harness.part_of_token(signed_in.tokens["access_token"], 0)["kid"]
    assert len(published) >= 2
    current = await signing_keys.rotate_signing_key(pool)
    assert current != old
    assert current in {key["kid"] for key in published}
    assert await status(signed_in, signed_in.tokens["access_token"]) == 200
    fresh = (await signed_in.refresh()).json()
    assert harness.part_of_token(fresh["access_token"], 0)["kid"] == current
    now_published = {key["kid"] for key in (await harness.client(app).get("/.well-known/jwks.json")).json()["keys"]}
    assert {old, current} < now_published


async def test_a_retired_key_is_gone_when_its_last_token_is(signed_in, pool, app):
    old = harness.part_of_token(signed_in.tokens["access_token"], 0)["kid"]
    await signing_keys.rotate_signing_key(pool)
    with clock.frozen() as time:
        time.advance(minutes=12)
        signing_keys._held.clear()
        jwks = (await harness.client(app).get("/.well-known/jwks.json")).json()
        assert old not in {key["kid"] for key in jwks["keys"]}
        async with pool.transaction() as session:
            assert await signing_keys.clean_signing_keys(session) >= 1


async def test_a_distrusted_key_verifies_nothing_from_then_on(signed_in, pool):
    await signing_keys.rotate_signing_key(pool, distrust_previous=True)
    assert await status(signed_in, signed_in.tokens["access_token"]) == 401
    assert await status(signed_in, signed_in.hold((await signed_in.refresh()).json()).tokens["access_token"]) == 200


async def test_another_process_learns_a_new_key_from_its_first_token(signed_in, pool, module_db):
    other = harness.Database(module_db.app, pool_size=2)
    await signing_keys.jwks(other)
    await signing_keys.rotate_signing_key(pool, distrust_previous=True)
    token = (await signed_in.refresh()).json()["access_token"]
    signing_keys._held[other] = signing_keys._Held(
        **{**vars(signing_keys._held[other]), "loaded": signing_keys._held[other].loaded - 2}
    )
    claims = await signing_keys.verify(other, token)
    await other.close()
    assert claims.audience == "citizen"


async def test_published_keys_hold_no_private_part_and_the_stored_private_part_is_sealed(signing, app, module_db):
    kid, key = signing
    jwks = (await harness.client(app).get("/.well-known/jwks.json")).json()["keys"]
    assert all(set(entry) == {"kty", "crv", "alg", "use", "kid", "x"} for entry in jwks)
    found = next(entry for entry in jwks if entry["kid"] == kid)
    read = jwt.algorithms.OKPAlgorithm.from_jwk(found)
    assert read.public_bytes_raw() == key.public_key().public_bytes_raw()
    stored = harness.rows(module_db, "SELECT private_sealed FROM signing_key WHERE kid = %s", kid)[0]
    assert key.private_bytes_raw() not in bytes(stored["private_sealed"])


async def test_verifying_a_token_reads_no_database_while_the_keys_are_fresh(signed_in, pool):
    await signing_keys.verify(pool, signed_in.tokens["access_token"])
    with harness.counted() as count:
        await signing_keys.verify(pool, signed_in.tokens["access_token"])
    assert count.value == 0
    assert timedelta(seconds=signing_keys.FRESH_SECONDS) <= timedelta(minutes=1)

"""Sending through the NetGSM gateway: the official client against the simulator process."""

import asyncio
import ssl
import time
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.notices.gateway import Accepted, DeliveryStatus, Rejected, Unknown
from api.notices.netgsm_wire import PROVIDER_CODES
from tests.api.notices.netgsm_setup import OTHER_PHONE, PHONE, make_gateway, send_one, sms, window
from tests.simulators.netgsm import HEADER
from tests.simulators.process import start_simulator

pytest_plugins = ("tests.simulators.netgsm_fixtures",)
pytestmark = pytest.mark.anyio


async def test_an_accepted_message_reaches_the_phone_with_its_turkish_letters(sms_gateway, sms_control):
    text = "Doğrulama kodunuz: 482913. Şifrenizi çöpe atmayın, Iğdır'dan İzmir'e."
    result = await send_one(sms_gateway, text=text)
    assert isinstance(result, Accepted)
    assert sms_control.wait_for_message(PHONE)["text"] == text
    assert sms_control.messages(PHONE)[0]["header"] == HEADER


async def test_messages_go_as_informational_turkish_sms(sms_gateway, sms_control):
    await send_one(sms_gateway)
    request = sms_control.log()[0]["request"]
    assert (request["encoding"], request["iysfilter"], request["msgheader"]) == ("TR", "0", HEADER)


async def test_nothing_to_send_makes_no_request(sms_gateway, sms_control):
    assert await sms_gateway.send([]) == []
    assert sms_control.log() == []


async def test_results_keep_the_order_of_the_messages_and_one_bad_message_does_not_stop_the_others(sms_gateway):
    results = await sms_gateway.send(
        [
            sms(to=PHONE),
            sms(to="+442071234567"),
            sms(text="  "),
            sms(to=OTHER_PHONE),
            sms(text="a\x00b"),
            sms("x" * 884),
        ]
    )
    assert [type(result) for result in results] == [Accepted, Rejected, Rejected, Accepted, Rejected, Rejected]
    assert [result.code for result in results if isinstance(result, Rejected)] == [
        "number",
        "text",
        "text",
        "text_too_long",
    ]
    assert not any(result.retryable for result in results if isinstance(result, Rejected))


async def test_a_number_stands_once_per_request_so_that_job_and_number_name_one_message(sms_gateway, sms_control):
    results = await sms_gateway.send([sms("bir"), sms("iki"), sms("bir", OTHER_PHONE), sms("üç")])
    jobs_of_the_phone = [results[position].provider_id for position in (0, 1, 3)]
    assert len(set(jobs_of_the_phone)) == 3
    assert [entry["request"]["message_count"] for entry in sms_control.log()] == [2, 1, 1]
    await asyncio.sleep(0.3)
    assert [message["text"] for message in sms_control.messages(PHONE)] == ["bir", "iki", "üç"]


async def test_more_than_a_thousand_messages_go_in_several_requests(sms_gateway, sms_control):
    results = await sms_gateway.send([sms("Duyuru", f"+905{number:09d}") for number in range(2_500)])
    assert len(results) == 2_500
    assert all(isinstance(result, Accepted) for result in results)
    assert [entry["request"]["message_count"] for entry in sms_control.log()] == [1000, 1000, 500]


@pytest.mark.parametrize("code", sorted(PROVIDER_CODES))
async def test_each_provider_code_has_its_outcome(sms_gateway, sms_control, code):
    sms_control.script({"kind": "code", "code": code})
    assert await send_one(sms_gateway) == PROVIDER_CODES[code]


@pytest.mark.parametrize("code", sorted(PROVIDER_CODES))
async def test_a_code_in_a_successful_http_answer_means_the_same(sms_gateway, sms_control, code):
    sms_control.script({"kind": "answer", "status": 200, "body": f'{{"code": "{code}", "jobid": "17000"}}'})
    assert await send_one(sms_gateway) == PROVIDER_CODES[code]


async def test_limits_and_faults_of_the_account_are_worth_a_retry_faults_of_the_message_are_not(sms_gateway):
    refusals = [outcome for outcome in PROVIDER_CODES.values() if isinstance(outcome, Rejected)]
    assert {refusal.code for refusal in refusals if refusal.retryable} == {"30", "40", "50", "51", "80", "85"}


@pytest.mark.parametrize(
    ("changes", "code"), [({"password": "wrong"}, "30"), ({"username": "850"}, "30"), ({"header": "BASKASI"}, "40")]
)
async def test_a_wrong_account_or_header_is_refused_by_the_provider(sms_control, changes, code):
    result = await send_one(make_gateway(sms_control.base_url, **changes))
    assert result == PROVIDER_CODES[code]


async def test_the_twenty_first_message_within_a_minute_to_one_number_is_refused(sms_gateway):
    results = await sms_gateway.send([sms(f"{number}. mesaj") for number in range(21)])
    assert all(isinstance(result, Accepted) for result in results[:20])
    assert results[20] == PROVIDER_CODES["85"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Rejected("http_400", retryable=False, reason="refused with HTTP 400")),
        (404, Rejected("http_404", retryable=False, reason="refused with HTTP 404")),
        (429, Rejected("http_429", retryable=True, reason="refused with HTTP 429")),
        (408, Unknown("the provider failed with HTTP 408")),
        (500, Unknown("the provider failed with HTTP 500")),
        (503, Unknown("the provider failed with HTTP 503")),
    ],
)
async def test_http_errors_without_a_code_are_refusals_below_500_and_unknown_above(
    sms_gateway, sms_control, status, outcome
):
    sms_control.script({"kind": "status", "status": status})
    assert await send_one(sms_gateway) == outcome


async def test_a_refused_connection_certainly_sent_nothing_and_may_be_retried():
    with start_simulator("netgsm") as gone:
        base_url = gone.base_url
    result = await send_one(make_gateway(base_url))
    assert isinstance(result, Rejected)
    assert (result.code, result.retryable) == ("unreachable", True)


async def test_an_untrusted_certificate_certainly_sent_nothing(tmp_path):
    async with asyncio.timeout(20):
        server, port, received = await start_untrusted_tls_server(tmp_path)
        async with server:
            result = await send_one(make_gateway(f"https://127.0.0.1:{port}", deadline=10))
    assert isinstance(result, Rejected)
    assert result.code == "unreachable"
    assert received == []


async def test_a_hanging_provider_frees_the_caller_at_the_deadline_with_unknown(impatient_sms_gateway, sms_control):
    sms_control.script({"kind": "hang", "seconds": 30})
    started = time.monotonic()
    assert isinstance(await send_one(impatient_sms_gateway), Unknown)
    assert time.monotonic() - started < 2.0


async def test_an_answer_that_drips_frees_the_caller_at_the_deadline_with_unknown(impatient_sms_gateway, sms_control):
    sms_control.script({"kind": "drip", "seconds": 0.2})
    started = time.monotonic()
    assert isinstance(await send_one(impatient_sms_gateway), Unknown)
    assert time.monotonic() - started < 2.0
    await asyncio.sleep(0.5)
    assert impatient_sms_gateway._slots.borrowed_tokens == 0


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_cut_connection_is_unknown_and_the_search_by_number_tells_what_happened(
    sms_gateway, sms_control, accepted
):
    known = await send_one(sms_gateway, text="Önceki mesaj")
    since, _ = window()
    sms_control.script({"kind": "drop", "accepted": accepted})
    assert isinstance(await send_one(sms_gateway, text="Kodunuz: 4711"), Unknown)
    await asyncio.sleep(0.3)
    found = await sms_gateway.find_by_number(PHONE, since, window()[1])
    unclaimed = [report for report in found if report.provider_id != known.provider_id]
    assert [report.status for report in unclaimed] == [DeliveryStatus.DELIVERED] * accepted
    assert await sms_gateway.find_by_number(OTHER_PHONE, since, window()[1]) == []


async def test_a_message_taken_before_the_silence_is_unknown_and_found_later(impatient_sms_gateway, sms_control):
    sms_control.script({"kind": "hang", "seconds": 5, "accepted": True})
    assert isinstance(await send_one(impatient_sms_gateway), Unknown)
    assert len(await impatient_sms_gateway.find_by_number(PHONE, *window())) == 1


async def test_a_server_error_after_acceptance_is_unknown_and_found_later(sms_gateway, sms_control):
    sms_control.script({"kind": "status", "status": 500, "accepted": True})
    assert isinstance(await send_one(sms_gateway), Unknown)
    assert len(await sms_gateway.find_by_number(PHONE, *window())) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"00"',
        "{",
        "<html>bakımdayız</html>",
        '{"code": "00"}',
        '{"code": "00", "jobid": null}',
        '{"code": "00", "jobid": ["1"]}',
        '{"code": "00", "jobid": "../../etc"}',
        '{"jobid": "17000"}',
        '{"code": ["00"], "jobid": "17000"}',
        '{"code": "77", "jobid": "17000"}',
        '{"code": 1e999, "jobid": 1}',
        '{"code": ' + "9" * 5000 + "}",
        "[" * 50_000,
        "\x00\x01\x02",
    ],
)
async def test_an_unreadable_success_is_unknown(sms_gateway, sms_control, body):
    sms_control.script({"kind": "answer", "status": 200, "body": body})
    assert isinstance(await send_one(sms_gateway), Unknown)


@pytest.mark.parametrize("body", ["", "[]", '{"code": []}', '{"code": {}}', '{"code": "abc"}', "[" * 50_000])
async def test_an_unreadable_refusal_is_never_taken_for_success(sms_gateway, sms_control, body):
    sms_control.script({"kind": "answer", "status": 406, "body": body})
    assert isinstance(await send_one(sms_gateway), Unknown | Rejected)


async def test_an_answer_of_more_than_a_mebibyte_is_not_read(sms_gateway, sms_control):
    body = '{"code": "00", "jobid": "17000"}'
    sms_control.script({"kind": "answer", "status": 200, "body": body + " " * 1_000_000})
    assert isinstance(await send_one(sms_gateway), Accepted)
    sms_control.script({"kind": "answer", "status": 200, "body": body + " " * 1_100_000})
    assert isinstance(await send_one(sms_gateway), Unknown)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(sms_gateway, sms_control, status):
    sms_control.script({"kind": "answer", "status": status, "location": f"{sms_control.base_url}/sms/rest/v2/send"})
    assert isinstance(await send_one(sms_gateway), Unknown)
    assert len(sms_control.log()) == 1


async def test_a_netrc_file_does_not_replace_the_accounts_credentials(sms_gateway, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert isinstance(await send_one(sms_gateway), Accepted)


async def start_untrusted_tls_server(directory):

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start, end = window()[0] - timedelta(days=1), window()[1] + timedelta(days=1)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), start, end).sign(
        key, hashes.SHA256()
    )
    pem = directory / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    received = []

    async def keep(reader, writer):
        received.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(keep, "127.0.0.1", 0, ssl=context)
    return server, server.sockets[0].getsockname()[1], received

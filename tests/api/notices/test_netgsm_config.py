"""NetGSM configurations that may and may not be."""

import pytest
from netgsm import Netgsm
from pydantic import ValidationError

from api.notices.netgsm_config import SimulatorInProductionError, refuse_simulator_in_production
from tests.api.notices.netgsm_setup import PHONE, make_config, sms
from tests.simulators.netgsm import PASSWORD, USERNAME


def test_numbers_texts_and_passwords_stay_out_of_reprs():
    config = make_config("https://api.netgsm.com.tr")
    shown = repr(sms("Kodunuz: 482913")) + repr(config) + str(config)
    assert not any(secret in shown for secret in ("482913", PHONE, PASSWORD))


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": ""},
        {"base_url": "api.netgsm.com.tr"},
        {"base_url": "ftp://api.netgsm.com.tr"},
        {"base_url": "https://user:secret@api.netgsm.com.tr"},
        {"base_url": "https://api.netgsm.com.tr/?a=1"},
        {"username": ""},
        {"username": "850:1"},
        {"password": "şifre"},
        {"password": ""},
        {"header": "BELEDİYE"},
        {"header": "TWELVELETTER"},
        {"deadline_seconds": 0},
    ],
)
def test_configurations_the_client_would_misuse_are_refused_without_showing_the_password(changes):
    with pytest.raises(ValidationError) as caught:
        make_config(**({"base_url": "https://api.netgsm.com.tr"} | changes))
    assert "şifre" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_an_empty_address_would_send_to_the_real_provider():
    """The reason for the rule above: the client takes an empty address for "use the default"."""
    assert Netgsm(USERNAME, PASSWORD, api_url="").api_url == "https://api.netgsm.com.tr"


def test_a_trailing_slash_in_the_address_does_no_harm():
    assert make_config("https://api.netgsm.com.tr/").base_url == "https://api.netgsm.com.tr"


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.netgsm.com.tr",
        "https://localhost:8090",
        "https://sms.localhost",
        "https://localhost./",
        "https://127.0.0.1",
        "https://127.8.8.8:8090",
        "https://127.1",
        "https://2130706433",
        "https://[::1]:8090",
        "https://[::ffff:127.0.0.1]",
        "https://0.0.0.0",
    ],
)
def test_production_refuses_simulators(base_url):
    with pytest.raises(SimulatorInProductionError):
        refuse_simulator_in_production(make_config(base_url))


def test_production_takes_the_real_provider():
    refuse_simulator_in_production(make_config("https://api.netgsm.com.tr"))

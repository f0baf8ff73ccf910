"""A running NetGSM simulator for tests: `pytest_plugins = ("tests.simulators.netgsm_fixtures",)`."""

import pytest

from tests.api.notices.netgsm_setup import make_gateway
from tests.simulators.control import SimulatorControl
from tests.simulators.process import start_simulator


@pytest.fixture(scope="session")
def netgsm_simulator():
    with start_simulator("netgsm", arguments=["--delivery-seconds", "0.1"]) as running:
        yield running


@pytest.fixture
def sms_control(netgsm_simulator):
    control = SimulatorControl(netgsm_simulator.base_url)
    control.reset()
    return control


@pytest.fixture
def sms_gateway(sms_control):
    return make_gateway(sms_control.base_url)


@pytest.fixture
def impatient_sms_gateway(sms_control):
    """Waits a second at most."""
    return make_gateway(sms_control.base_url, deadline=1.0)

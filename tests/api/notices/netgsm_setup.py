"""Accounts, messages and windows for the NetGSM tests."""

from datetime import timedelta
from uuid import uuid4

from api.core import clock
from api.notices.breaker import CircuitBreaker
from api.notices.gateway import OutgoingSms
from api.notices.netgsm import NetgsmGateway
from api.notices.netgsm_config import NetgsmConfig
from tests.simulators.netgsm import HEADER, PASSWORD, USERNAME

PHONE = "+905321112233"
OTHER_PHONE = "+905059998877"
NEVER_OPENS = 1_000_000


def make_config(base_url, **changes):
    values = {"base_url": base_url, "username": USERNAME, "password": PASSWORD, "header": HEADER}
    return NetgsmConfig(**(values | changes))


def make_gateway(base_url, *, deadline=10.0, breaker=None, **changes):
    breaker = breaker or CircuitBreaker(failures=NEVER_OPENS)
    return NetgsmGateway(make_config(base_url, deadline_seconds=deadline, **changes), breaker=breaker)


def sms(text="Talebiniz alındı.", to=PHONE):
    return OutgoingSms(uuid4(), to, text)


async def send_one(gateway, **message):
    return (await gateway.send([sms(**message)]))[0]


def window():
    """The last minute."""
    now = clock.now()
    return now - timedelta(minutes=1), now

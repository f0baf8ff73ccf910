"""What stands at the SMS port while no provider account is configured: messages wait, nothing is lost silently."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NoReturn

from api.notices.gateway import DeliveryReport, OutgoingSms, Rejected, SendResult, SmsBalance, SmsGatewayError

NOT_CONFIGURED: Final = Rejected("not_configured", retryable=True, reason="no SMS provider account is configured")


class NoGateway:
    """Takes nothing and knows nothing; see `api.notices.gateway.SmsGateway`."""

    async def send(self, messages: Sequence[OutgoingSms]) -> list[SendResult]:
        """Refuse everything for now: it waits for an account until it expires."""
        return [NOT_CONFIGURED] * len(messages)

    async def report(self, provider_ids: Sequence[str], since: datetime, until: datetime) -> list[DeliveryReport]:
        """There is nobody to ask."""
        _nobody_answers(provider_ids, since, until)

    async def find_by_number(self, to: str, since: datetime, until: datetime) -> list[DeliveryReport]:
        """There is nobody to ask."""
        _nobody_answers(to, since, until)

    async def balance(self) -> SmsBalance:
        """There is nobody to ask."""
        _nobody_answers()


def _nobody_answers(*_question: object) -> NoReturn:
    raise SmsGatewayError(NOT_CONFIGURED.code, retryable=True, reason=NOT_CONFIGURED.reason)

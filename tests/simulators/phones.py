"""The pretend phones: every SMS that was taken, when it arrives, and the pages on which a person reads it."""

import html
import re
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from starlette.responses import HTMLResponse

from api.core import clock

MESSAGES_KEPT = 100_000
PENDING, DELIVERED = 0, 1
MOBILE = re.compile(r"(?:\+|00)?(?:90)?0?(5[0-9]{9})")

PAGE = """<!doctype html>
<html lang="tr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:1rem auto;padding:0 1rem;color:#1b1b1b}}
article{{background:#eef3f8;border-radius:.8rem;padding:.7rem 1rem;margin:.7rem 0;white-space:pre-wrap}}
small{{color:#4a4a4a;display:block}}</style></head>
<body><h1>{title}</h1>{content}
<p><small>Bu sayfa sınama içindir: buradaki telefonlar gerçek değildir, hiçbir SMS dışarı çıkmaz.</small></p>
</body></html>"""


def ten_digits(number: str) -> str | None:
    """5xxxxxxxxx for any usual way of writing a Turkish mobile number."""
    found = MOBILE.fullmatch(re.sub(r"[ ()\-]", "", number))
    return found.group(1) if found else None


@dataclass
class Sms:
    """One message to one phone; times are seconds since the epoch."""

    job_id: str
    header: str
    number: str  # 5xxxxxxxxx
    text: str
    taken_at: float
    arrives_at: float
    final_status: int = DELIVERED
    copies: int = 1

    def status_at(self, now: float) -> int:
        return self.final_status if now >= self.arrives_at else PENDING


class Phones:
    """Every message taken, oldest first."""

    def __init__(self) -> None:
        self.messages: deque[Sms] = deque(maxlen=MESSAGES_KEPT)
        self._jobs = count(1)

    def new_job_id(self) -> str:
        return f"{time.time_ns() // 1000}{next(self._jobs):08d}"

    def received(self, number: str | None = None) -> list[Sms]:
        """What has arrived (at one phone), newest last; a duplicated message stands there as often as it came."""
        now = clock.now().timestamp()
        arrived = [
            message
            for message in self.messages
            if message.status_at(now) == DELIVERED and number in (None, message.number)
            for _ in range(message.copies)
        ]
        return sorted(arrived, key=lambda message: message.arrives_at)

    def inbox_page(self, number: str) -> HTMLResponse:
        """The inbox of one phone, newest first."""
        digits = ten_digits(number)
        if digits is None:
            return _page("Telefon bulunamadı", "<p>Numara 05xx xxx xx xx biçiminde olmalıdır.</p>", status=404)
        inbox = [
            f"<article><small>{html.escape(message.header)} · {_clock_time(message.arrives_at)}</small>"
            f"{html.escape(message.text)}</article>"
            for message in reversed(self.received(digits))
        ]
        content = "".join(inbox) or "<p>Henüz mesaj yok. Sayfa kendiliğinden yenilenir.</p>"
        return _page(f"Telefon 0{digits[:3]} {digits[3:6]} {digits[6:8]} {digits[8:]}", content)

    def overview_page(self) -> HTMLResponse:
        """All phones that have received something, the latest first."""
        numbers = dict.fromkeys(message.number for message in reversed(self.received()))
        links = "".join(f'<p><a href="/phone/{number}">0{number}</a></p>' for number in numbers)
        return _page("Telefonlar", links or "<p>Henüz mesaj alan telefon yok.</p>")


def _page(title: str, content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        PAGE.format(title=title, content=content),
        status_code=status,
        headers={
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )


def _clock_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(clock.ISTANBUL).strftime("%d.%m.%Y %H.%M.%S")

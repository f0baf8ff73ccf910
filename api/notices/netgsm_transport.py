"""The HTTP below the official NetGSM client, with the bounds that the client itself does not offer.

The client calls `requests.post(..., timeout=30)` with no way to say otherwise, and what that lets through is:
- the 30 seconds hold per read, so a server that drips bytes keeps the thread for ever;
- redirects are followed, and a 307 repeats the whole message list to another address;
- the answer is read whole, however long;
- a matching entry in ~/.netrc silently replaces the Authorization header;
- "connection refused" and "connection lost after sending" become one exception, yet only the first may be resent.
`bind_client` therefore puts `BoundedRequests` in the place of the `requests` name in the client's one module.
Everything else of the client (addresses, bodies, authentication, error classes) runs as released.
"""

import io
import ssl
import time
from contextlib import closing
from typing import Any

import requests
import urllib3.exceptions
from netgsm.sms import sms_service

from api.notices.deadline import seconds_left

MAX_ANSWER_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 16
_REDIRECTS = range(300, 400)


class NotSentError(Exception):
    """No connection came about, so the request has certainly not reached the provider."""


class BoundedRequests:
    """What the client uses of `requests`: two verbs and the exceptions."""

    exceptions = requests.exceptions

    @staticmethod
    def get(url: str, *, timeout: float, **arguments: Any) -> requests.Response:
        """As `requests.get`, within the caller's deadline."""
        return exchange("GET", url, timeout=timeout, **arguments)

    @staticmethod
    def post(url: str, *, timeout: float, **arguments: Any) -> requests.Response:
        """As `requests.post`, within the caller's deadline."""
        return exchange("POST", url, timeout=timeout, **arguments)


def bind_client() -> None:
    """Make the NetGSM client of this process speak through `BoundedRequests`; harmless to repeat."""
    sms_service.requests = BoundedRequests


def exchange(method: str, url: str, *, timeout: float, **arguments: Any) -> requests.Response:
    """Make one request and read its whole answer within the deadline of `call_within` (else within `timeout` seconds).

    Raises:
        NotSentError: nothing was sent.
        requests.RequestException: anything else that went wrong.
    """
    ends_at = time.monotonic() + seconds_left(otherwise=timeout)
    with requests.Session() as session:
        session.auth = _keep_headers
        try:
            response = session.request(
                method, url, timeout=seconds_left(otherwise=timeout), allow_redirects=False, stream=True, **arguments
            )
            with closing(response.raw):
                if response.status_code in _REDIRECTS:
                    raise requests.TooManyRedirects("the provider answered with a redirect")
                # An in-memory file in place of the socket lets `response.json()` and the rest work as ever.
                response.raw = io.BytesIO(_read_answer(response, ends_at))
        except requests.RequestException as error:
            if _never_connected(error):
                raise NotSentError(type(error).__name__) from error
            raise
        except urllib3.exceptions.ReadTimeoutError as error:
            raise requests.ReadTimeout("the answer stopped coming") from error
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError("the answer broke off") from error
        return response


def _read_answer(response: requests.Response, ends_at: float) -> bytes:
    answer = bytearray()
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
        answer += chunk
        if len(answer) > MAX_ANSWER_BYTES:
            raise requests.exceptions.ContentDecodingError("the answer is too long")
        if time.monotonic() > ends_at:
            raise requests.ReadTimeout("the answer came too slowly")
    return bytes(answer)


def _keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand where `requests` would otherwise look into ~/.netrc."""
    return request


def _never_connected(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, urllib3.exceptions.SSLError):
        # Other TLS errors can also strike while the answer is read; a bad certificate only before anything is sent.
        return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in reason.args)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)

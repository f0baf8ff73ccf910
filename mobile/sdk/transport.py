"""Carries exchanges over HTTPS; everything that goes wrong on the way is "no answer"."""

from collections.abc import Callable

import httpx

from mobile.sdk.exchange import Answer, Exchange
from mobile.wire import codec

CONNECT_SECONDS, ANSWER_SECONDS = 15.0, 60.0
MOST_ANSWER_BYTES = 4 * 1024 * 1024
TOLD = ("tus-resumable", "upload-offset", "upload-length", "location")
"""The headers of an answer that the engine reads."""


class HttpTransport:
    """One kept-alive connection to the municipality's server."""

    def __init__(self, client: httpx.Client, token: Callable[[], str]) -> None:
        """Take a client with the server's address, and how the present access token is got."""
        self._client, self._token = client, token

    def send(self, exchange: Exchange) -> Answer | None:
        """Send a request once; None: nothing came, or not all of it, or too much. Whether it arrived is not known."""
        headers = {"Authorization": f"Bearer {self._token()}"}
        if exchange.upload is not None:
            headers |= {"Accept": "application/problem+json", **exchange.headers}
            content = exchange.content
        else:
            headers |= {"Content-Type": codec.DEFLATED, "Accept": f"{codec.DEFLATED}, application/problem+json"}
            content = codec.encode(exchange.message)
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        try:
            with self._client.stream(
                exchange.method, exchange.path, content=content, headers=headers, timeout=timeout
            ) as response:
                body = bytearray()
                for block in response.iter_bytes():
                    body += block
                    if len(body) > MOST_ANSWER_BYTES:
                        return None
        except httpx.HTTPError:
            return None
        # The dictionary's number is part of the coding, other parameters (charset) are not.
        media_type = response.headers.get("content-type", "")
        if media_type not in (codec.PLAIN, codec.DEFLATED):
            media_type = media_type.split(";")[0].strip()
        told = {name: response.headers[name] for name in TOLD if name in response.headers}
        return Answer(response.status_code, media_type, bytes(body), told)

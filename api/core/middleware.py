"""The outermost layer of the server: request id, security headers, body limit, client address, metrics."""

import time
import uuid
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.core.errors import TooLarge
from api.core.metrics import REQUEST_SECONDS, REQUEST_STATEMENTS
from api.core.problem import problem_response
from api.core.sql import StatementCount, statement_count

log = structlog.get_logger("belediye.http")

BODY_LIMIT = 256 * 1024
UPLOAD_LIMIT = 21 * 1024 * 1024
# Addresses that end in `files` take photos; by the beginning of the address: a piece of an upload, a whole bundle.
PIECE_LIMIT, BUNDLE_LIMIT = 4 * 1024 * 1024, 513 * 1024 * 1024

SECURITY_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"geolocation=(self), camera=(self), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"strict-transport-security": b"max-age=31536000; includeSubDomains",
    b"x-frame-options": b"DENY",
}
CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    b"connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)


def client_address(scope: Scope, trusted_proxies: list[str]) -> str:
    """Give the caller's address; `X-Forwarded-For` counts only when a configured proxy says it."""
    peer = scope["client"][0] if scope.get("client") else "unix"
    try:
        trusted = any(ip_address(peer) in ip_network(network) for network in trusted_proxies)
    except ValueError:
        return peer
    if not trusted:
        return peer
    forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    if not forwarded:
        return peer
    return forwarded[-1].decode("latin-1").rsplit(",", 1)[-1].strip() or peer


def body_limit(path: str) -> int:
    """Give how large a request's body may be."""
    if path == "/console/field/bundles":
        return BUNDLE_LIMIT
    if path.startswith("/v1/sync/blobs/"):
        return PIECE_LIMIT
    return UPLOAD_LIMIT if path.endswith("/files") else BODY_LIMIT


class Edge:
    """Wraps the application; every answer passes here."""

    def __init__(self, app: ASGIApp, *, trusted_proxies: list[str], https: bool) -> None:
        """Take the application and the networks of the proxies in front of it."""
        self.app = app
        self.trusted_proxies = trusted_proxies
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, cpu_started = time.perf_counter(), time.process_time()
        # With its dashes: the redaction of logs leaves UUIDs alone, but takes other runs of digits for numbers.
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["client_address"] = client_address(scope, self.trusted_proxies)
        counter = StatementCount()
        token = statement_count.set(counter)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        limit = body_limit(scope["path"])
        status = 500
        received = 0

        async def limited_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # Of starlette's own kind: FastAPI turns any other error while it reads a body into 400.
                raise HTTPException(TooLarge.status)
            return message

        async def dressed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, request_id, counter)
            await send(message)

        try:
            if _declared_length(scope) > limit:
                await problem_response(TooLarge(limit_bytes=limit))(scope, receive, dressed_send)
            else:
                await self.app(scope, limited_receive, dressed_send)
        finally:
            statement_count.reset(token)
            template = getattr(scope.get("route"), "path", "unmatched")
            seconds = time.perf_counter() - started
            REQUEST_SECONDS.labels(scope["method"], template, str(status)).observe(seconds)
            REQUEST_STATEMENTS.labels(scope["method"], template).observe(counter.value)
            log.info(
                "request", method=scope["method"], route=template, status=status, ms=round(seconds * 1000, 1),
                cpu_ms=round((time.process_time() - cpu_started) * 1000, 1), statements=counter.value,
            )  # fmt: skip

    def _dress(self, message: Message, request_id: str, counter: StatementCount) -> None:
        headers: list[tuple[bytes, bytes]] = [
            (name, value) for name, value in message.get("headers", []) if name.lower() != b"server"
        ]
        present = {name.lower(): value for name, value in headers}
        extra: dict[bytes, Any] = {**SECURITY_HEADERS, b"content-security-policy": CONTENT_SECURITY_POLICY}
        if not self.https:
            extra.pop(b"strict-transport-security")
        if b"cache-control" not in present:
            extra[b"cache-control"] = b"no-store"
        elif b"private" in present[b"cache-control"]:
            # A browser that two people use must ask again who is asking.
            extra[b"vary"] = b"Authorization, Cookie, Accept-Language"
        headers += [(name, value) for name, value in extra.items() if name not in present]
        headers += [(b"x-request-id", request_id.encode()), (b"x-statements", str(counter.value).encode())]
        message["headers"] = headers


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0

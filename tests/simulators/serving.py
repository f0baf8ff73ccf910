"""Serving a simulator as a process of its own: bind, announce the address on one line, stop cleanly."""

import argparse
import os
import signal
import socket
import sys
import threading
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

LONGEST_BACKLOG = 256


def simulator_arguments(description: str) -> argparse.ArgumentParser:
    """The command line every simulator understands; `start_simulator` relies on it."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when standard input closes")
    return parser


def serve(app: ASGIApp, arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; writes `http://host:port` as the only line of standard output."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((arguments.host, arguments.port))
    listener.listen(LONGEST_BACKLOG)
    sys.stdout.write(f"http://{arguments.host}:{listener.getsockname()[1]}\n")
    sys.stdout.flush()

    # uvicorn raises the signal again after its own shutdown; without these the exit code would say "killed".
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if arguments.stop_with_parent:
        threading.Thread(target=_watch_parent, daemon=True).start()
    config = uvicorn.Config(
        _expose_transport(app), log_level="error", access_log=False, timeout_graceful_shutdown=1, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listener])


def _leave(signum: int, frame: object) -> NoReturn:
    raise SystemExit(0)


def _watch_parent() -> None:
    # Not sys.stdin: its lock, held by this thread, would break the interpreter's shutdown.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _expose_transport(app: ASGIApp) -> ASGIApp:
    """Let responses reach the TCP connection, for the one that cuts it."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        scope["simulator.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await app(scope, receive, send)

    return application

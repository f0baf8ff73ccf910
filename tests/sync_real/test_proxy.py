"""The line breaks what it is told to, and nothing else: a fault that does not happen would prove nothing."""

import random
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.sync_real.proxy import CALM, PORTAL, Lines, Weather

BODY = b"y" * 3_000


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.server.heard.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        return


@pytest.fixture
def world():
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Lines(lambda: server.server_address).running() as lines:
            line = lines.open(random.Random(1))
            with httpx.Client(base_url=f"http://127.0.0.1:{line.port}", trust_env=False, timeout=10) as client:
                yield server, line, client
        server.shutdown()


def broken(fate):
    return Weather(faults=1.0, fates=(fate,))


def test_a_calm_line_carries_everything_and_keeps_what_was_answered(world):
    server, line, client = world
    for _ in range(3):
        assert client.post("/", content=b"x" * 2_000).content == BODY
    assert server.heard == [b"x" * 2_000] * 3
    assert all(answer.endswith(BODY) for answer in line.answers)
    assert line.met == {"pass": 3}


@pytest.mark.parametrize(("fate", "heard"), [("cut_answer", 1), ("cut_request", 0), ("refuse", 0)])
def test_cut_lines_give_no_answer_and_the_server_may_have_heard_or_not(world, fate, heard):
    server, line, client = world
    line.weather = broken(fate)
    with pytest.raises(httpx.TransportError):
        client.post("/", content=b"x" * 5_000)
    assert len([body for body in server.heard if len(body) == 5_000]) == heard
    line.weather = CALM
    assert client.post("/", content=b"again").content == BODY


def test_a_request_is_sent_twice_and_answered_once(world):
    server, line, client = world
    line.weather = broken("twice")
    assert client.post("/", content=b"once").content == BODY
    assert server.heard == [b"once", b"once"]


def test_an_earlier_request_comes_again_later(world):
    server, line, client = world
    client.post("/", content=b"first")
    line.weather = broken("late")
    assert client.post("/", content=b"second").content == BODY
    assert sorted(server.heard) == [b"first", b"first", b"second"]


def test_a_portal_says_200_and_the_server_hears_nothing(world):
    server, line, client = world
    line.weather = broken("portal")
    answer = client.post("/", content=b"x")
    assert (answer.status_code, answer.content) == (200, PORTAL)
    assert client.patch("/", content=b"x").status_code == 204
    assert server.heard == []


def test_a_slow_line_takes_its_time_in_both_directions(world):
    _, line, client = world
    line.weather = Weather(round_trip_s=0.2, bytes_per_s=20_000)
    started = time.monotonic()
    client.post("/", content=b"x" * 4_000)
    # 0.2 s there and back, 4,000 bytes up and 3,000 down.
    assert 0.55 <= time.monotonic() - started < 3


def test_a_server_that_is_away_is_a_closed_line(world):
    with socket.create_server(("127.0.0.1", 0)) as door:
        nowhere = door.getsockname()
    with Lines(lambda: nowhere).running() as lines, pytest.raises(httpx.TransportError):
        httpx.post(f"http://127.0.0.1:{lines.open(random.Random(2)).port}/", content=b"x", trust_env=False)

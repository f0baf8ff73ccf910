"""A bad line on loopback: everything between a phone and the server goes through it, and it breaks what it is told to.

It reads whole HTTP requests, so that it can send one twice. What the server answered is kept: no word of another
municipality may be among it. Pace and latency are those of one line in both directions.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

MOST_BYTES = 16 * 1024 * 1024
SLICE = 512
PORTAL = b"<html><body>Misafir agi: kabul etmek icin dokunun</body></html>"
FATES = ("cut_request", "cut_answer", "twice", "late", "portal", "refuse")


@dataclass(frozen=True)
class Weather:
    """What the line is like: `faults` is the share of requests that meet one of the `fates`."""

    faults: float = 0.0
    fates: tuple[str, ...] = FATES
    round_trip_s: float = 0.0
    bytes_per_s: float | None = None


CALM = Weather()


class Line:
    """One phone's line to the server."""

    def __init__(self, target: Callable[[], tuple[str, int]], chance: Random) -> None:
        """Take where the server listens now, and chance."""
        self._target, self._chance = target, chance
        self.weather = CALM
        self.port = 0
        self.answers: list[bytes] = []
        self.met: dict[str, int] = {}
        self._earlier: list[bytes] = []
        # The event loop itself holds tasks only weakly.
        self._held: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry the requests of one connection until one side closes it or a fault does."""
        self._held.add(task := asyncio.current_task())
        try:
            while request := await _read_request(reader):
                if not await self._carry(request, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the line is cut, or the test is over
        finally:
            writer.close()
            self._held.discard(task)

    async def _carry(self, request: bytes, writer: asyncio.StreamWriter) -> bool:
        """Carry one request; gives whether the connection stays."""
        weather, chance = self.weather, self._chance
        fate = chance.choice(weather.fates) if chance.random() < weather.faults else "pass"
        self.met[fate] = self.met.get(fate, 0) + 1
        if fate == "refuse":
            return False
        if fate == "portal":
            await self._send(writer, _portal(request))
            return True
        await self._travel(len(request))
        if fate == "cut_request":
            await self._ask(request[: chance.randrange(len(request))], waits=False)
            return False
        asked = [self._ask(request)]
        if fate == "twice":
            asked.append(self._ask(request))
        if fate == "late" and self._earlier:
            asked.append(self._ask(chance.choice(self._earlier)))
        answer = (await asyncio.gather(*asked))[0]
        # A sign-in's token that comes again later is theft, and ends the session as it must.
        if not request.startswith(b"POST /v1/auth/"):
            self._earlier = [*self._earlier[-20:], request]
        if not answer:
            return False
        is_cut = fate == "cut_answer"
        await self._send(writer, answer[: chance.randrange(len(answer))] if is_cut else answer)
        return not is_cut

    async def _ask(self, request: bytes, *, waits: bool = True) -> bytes:
        """Send bytes to the server; gives its whole answer, nothing where none came."""
        try:
            reader, writer = await asyncio.open_connection(*self._target())
        except OSError:
            return b""
        try:
            writer.write(request.replace(b"onnection: keep-alive\r\n", b"onnection: close\r\n", 1))
            await writer.drain()
            answer = await reader.read(-1) if waits else b""
        except OSError:
            return b""
        finally:
            writer.close()
        if answer:
            self.answers.append(answer)
        # The phone's own connection stays open.
        return answer.replace(b"\r\nconnection: close\r\n", b"\r\n", 1)

    async def _travel(self, size: int) -> None:
        weather = self.weather
        await asyncio.sleep(weather.round_trip_s / 2 + (size / weather.bytes_per_s if weather.bytes_per_s else 0))

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        await asyncio.sleep(self.weather.round_trip_s / 2)
        for at in range(0, len(data), SLICE):
            piece = data[at : at + SLICE]
            if self.weather.bytes_per_s:
                await asyncio.sleep(len(piece) / self.weather.bytes_per_s)
            writer.write(piece)
            await writer.drain()


class Lines:
    """All lines of a test, in one thread of their own."""

    def __init__(self, target: Callable[[], tuple[str, int]]) -> None:
        """Take where the server listens now."""
        self._target, self._loop = target, asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._doors: list[asyncio.Server] = []

    def open(self, chance: Random) -> Line:
        """Open one more line."""
        line = Line(self._target, chance)
        asyncio.run_coroutine_threadsafe(self._listen(line), self._loop).result(10)
        return line

    async def _listen(self, line: Line) -> None:
        door = await asyncio.start_server(line.serve, "127.0.0.1", 0, limit=MOST_BYTES)
        line.port = door.sockets[0].getsockname()[1]
        self._doors.append(door)

    async def _shut(self) -> None:
        for door in self._doors:
            door.close()
        while rest := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)

    @contextmanager
    def running(self) -> Iterator["Lines"]:
        """Carry until the end of the block."""
        self._thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = min(int(value), MOST_BYTES)
    return head + await reader.readexactly(length)


def _portal(request: bytes) -> bytes:
    if request.startswith((b"PATCH", b"HEAD")):
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PORTAL) + PORTAL

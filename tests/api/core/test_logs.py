import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import structlog

from api.core import clock
from api.core.logs import configure_logging, log_context

CANARY = "10000000146"
REQUEST = UUID("019a0000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], _ = before
    root.setLevel(before[1])
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


class Lines(io.StringIO):
    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def event(self) -> dict:
        (event,) = self.events()
        return event


@pytest.fixture
def lines() -> Lines:
    stream = Lines()
    configure_logging(json=True, level="INFO", stream=stream)
    return stream


def test_a_line_is_one_json_object_with_time_level_logger_and_context(lines: Lines) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with clock.frozen(at), log_context(request_id=REQUEST, municipality_id=34, actor_id="a-1"):
        structlog.get_logger("complaints").info("complaint filed", count=2)
    assert lines.event() == {
        "event": "complaint filed",
        "count": 2,
        "level": "info",
        "logger": "complaints",
        "request_id": str(REQUEST),
        "municipality_id": 34,
        "actor_id": "a-1",
        "timestamp": "2026-03-01T12:00:00.000+00:00",
    }


def test_the_context_ends_with_its_block_and_nests(lines: Lines) -> None:
    log = structlog.get_logger("x")
    with log_context(municipality_id=34):
        with log_context(municipality_id=35):
            log.info("inner")
        log.info("outer")
    log.info("after")
    assert [event.get("municipality_id") for event in lines.events()] == [35, 34, None]


def test_concurrent_tasks_keep_their_contexts_apart(lines: Lines) -> None:
    async def serve(municipality_id: int) -> None:
        with log_context(municipality_id=municipality_id):
            await asyncio.sleep(0)
            structlog.get_logger("x").info("served", expected=municipality_id)

    async def serve_all() -> None:
        await asyncio.gather(*(serve(number) for number in range(1, 20)))

    asyncio.run(serve_all())
    assert all(event["municipality_id"] == event["expected"] for event in lines.events())
    assert len(lines.events()) == 19


@pytest.mark.parametrize("name", ["uvicorn.error", "uvicorn.access", "procrastinate.worker", "any.library"])
def test_lines_of_libraries_take_the_same_way(lines: Lines, name: str) -> None:
    with log_context(request_id=REQUEST):
        logging.getLogger(name).info("call %s", f"tel 0532 123 45 67 {CANARY}", extra={"job": {"phone": "x", "id": 7}})
    event = lines.event()
    assert event["event"] == "call tel <phone> <tckn>"
    assert event["job"] == {"phone": "***", "id": 7}
    assert (event["logger"], event["level"], event["request_id"]) == (name, "info", str(REQUEST))


def test_the_access_line_of_uvicorn_is_redacted_in_its_query(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", f"/v1/x?tckn={CANARY}&phone=%2B905321234567", "1.1", 200
    )
    assert lines.event()["event"] == '127.0.0.1:5 - "GET /v1/x?tckn=***&phone=*** HTTP/1.1" 200'


def fail(message: str) -> None:
    raise ValueError(message)


def fail_twice() -> None:
    try:
        {}[CANARY]
    except KeyError as cause:
        raise ValueError(f"password=hunter2 {CANARY}") from cause


@pytest.mark.parametrize("as_json", [True, False])
def test_exceptions_of_both_kinds_are_told_redacted(as_json: bool) -> None:
    stream = Lines()
    configure_logging(json=as_json, level="INFO", stream=stream)
    for log in (structlog.get_logger("x"), logging.getLogger("y")):
        try:
            fail_twice()
        except ValueError:
            log.exception("failed for " + CANARY)  # noqa: G003 (what careless callers do)
    told = stream.getvalue()
    assert CANARY not in told
    assert "hunter2" not in told
    assert told.count("ValueError: password=*** <tckn>") == 2
    assert told.count("Traceback (most recent call last)") == 4


@pytest.mark.parametrize("as_json", [True, False])
def test_nobody_can_forge_a_line(as_json: bool) -> None:
    stream = Lines()
    configure_logging(json=as_json, level="INFO", stream=stream)
    forged = "x\r\n2026-03-01T12:00:00 INFO     [auth] login ok\x1b[2J\u2028"
    structlog.get_logger("x").info(forged, field=forged, **{forged: 1})
    logging.getLogger("y").info("%s", forged)
    try:
        fail(forged)
    except ValueError:
        structlog.get_logger("x").exception("failed")
    told = stream.getvalue().splitlines()
    starts = [line for line in told if not line.startswith("  | ")]
    assert len(starts) == 3
    assert not any("\x1b" in line for line in told)
    assert not [line for line in told if line.startswith("2026-03-01T12:00:00 INFO")]


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    structlog.get_logger("x").debug("quiet")
    logging.getLogger("y").debug("quiet")
    logging.getLogger("httpx").info("HTTP Request: GET https://example.test/?token=x")
    assert lines.getvalue() == ""


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging(json=True, level="loud")


def test_configuring_twice_writes_each_line_once(lines: Lines) -> None:
    configure_logging(json=True, level="INFO", stream=lines)
    logging.getLogger("uvicorn").info("once")
    assert len(lines.events()) == 1


def test_a_line_that_cannot_be_written_does_not_print_its_arguments(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(json=True, level="INFO", stream=lines)  # pytest's own handler would raise first
    logging.getLogger("x").info("%d", CANARY)
    assert CANARY not in lines.getvalue() + capsys.readouterr().err
    assert lines.getvalue().startswith("log line lost: logger=x")


def test_warnings_are_log_lines_without_personal_data(lines: Lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"odd value {CANARY}", stacklevel=1)
    assert "<tckn>" in lines.event()["event"]
    logging.captureWarnings(capture=False)


def test_a_handler_of_somebody_else_sees_our_events_redacted(lines: Lines) -> None:
    seen: list[str] = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(str(record.msg) + str(record.args))

    logging.getLogger().addHandler(Other())
    structlog.get_logger("x").info("call", phone="+905321234567", note=CANARY)
    assert seen
    assert CANARY not in seen[0] + lines.getvalue()
    assert "5321234567" not in seen[0] + lines.getvalue()


def test_crashes_of_a_process_and_its_threads_are_told_redacted() -> None:
    program = f"""if True:
        import threading
        from api.core.logs import configure_logging, log_crashes
        configure_logging(json=True, level="INFO")
        log_crashes()
        thread = threading.Thread(target=lambda: int("thread {CANARY}"))
        thread.start()
        thread.join()
        raise SystemError("main {CANARY}")
    """
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3]
    )
    events = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert [event["event"] for event in events] == ["uncaught exception"] * 2
    assert CANARY not in ended.stderr
    assert "thread <tckn>" in events[0]["exception"]
    assert "main <tckn>" in events[1]["exception"]


def test_threads_write_whole_lines(lines: Lines) -> None:
    log = structlog.get_logger("x")
    threads = [threading.Thread(target=lambda: [log.info("line") for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines.events()) == 200

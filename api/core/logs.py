"""Log lines, ours and those of libraries: one format, one clock, redacted, with the request's context."""

import logging
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID

import structlog

from api.core import clock
from api.core.redaction import redact_event

# These configure handlers of their own, or would speak below the level of the rest.
_LIBRARY_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "procrastinate", "sqlalchemy", "alembic", "httpx")


def configure_logging(*, json: bool, level: str, stream: TextIO | None = None) -> None:
    """Send every log line of this process through the redaction to `stream` (default stderr), as JSON or for reading.

    Call it once at the start of a process; start uvicorn with `log_config=None`. An unknown level raises ValueError.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact_event,
        _stamp,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if json else _ConsoleLine()
    handler = _QuietHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _without_colours, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _LIBRARY_LOGGERS:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    # One line for each outgoing request, with its URL, is the callers' business.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


@contextmanager
def log_context(
    *, request_id: UUID | str | None = None, municipality_id: int | None = None, actor_id: UUID | str | None = None
) -> Iterator[None]:
    """Put who, where and which request on every log line of the block, in this task and those it starts."""
    named = {"request_id": request_id, "municipality_id": municipality_id, "actor_id": actor_id}
    known = {key: str(value) if isinstance(value, UUID) else value for key, value in named.items() if value is not None}
    with structlog.contextvars.bound_contextvars(**known):
        yield


def log_crashes() -> None:
    """Send exceptions that nobody caught through the log instead of printing them unredacted; for server processes."""

    def on_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        structlog.get_logger("crash").critical("uncaught exception", exc_info=(kind, error, trace))

    def on_thread_crash(crash: threading.ExceptHookArgs) -> None:
        if crash.exc_value is not None:
            on_crash(crash.exc_type, crash.exc_value, crash.exc_traceback)

    sys.excepthook = on_crash
    threading.excepthook = on_thread_crash


class _QuietHandler(logging.StreamHandler[TextIO]):
    """The standard handler answers a failed line by printing its arguments; ours says only that one was lost."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name of the base class)
        kind = sys.exc_info()[0]
        self.stream.write(f"log line lost: logger={record.name} line={record.lineno} error={kind and kind.__name__}\n")


class _ConsoleLine:
    """One readable line for each event; a stack trace follows indented, so that it cannot pose as further events."""

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        timestamp, level, name = (str(event.pop(key, "")) for key in ("timestamp", "level", "logger"))
        traces = [str(event.pop(key)) for key in ("exception", "stack") if key in event]
        told = str(event.pop("event", ""))
        pairs = [f"{key}={value!r}" if isinstance(value, str) else f"{key}={value}" for key, value in event.items()]
        lines = [f"  | {line}" for trace in traces for line in trace.split("\n")]
        return "\n".join([" ".join([timestamp, level.upper().ljust(8), f"[{name}]", told, *pairs]), *lines])


def _stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["timestamp"] = clock.now().isoformat(timespec="milliseconds")
    return event


def _without_colours(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # uvicorn repeats its message with terminal colours.
    event.pop("color_message", None)
    return event

"""Copies lines into the database beside the making of the next ones: server and generator work at the same time."""

import threading
from collections.abc import Iterable
from queue import Full, Queue
from types import TracebackType
from typing import Any, Self

import psycopg

_WAITING = 2
_LOOK_SECONDS = 0.2


class Writer:
    """Owns a connection while the context lasts; leaving it waits until everything is written, or gives up at once."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pieces: Queue[tuple[str, str] | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._is_given_up = False
        self._thread = threading.Thread(target=self._work, name="demo copy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_given_up = kind is not None
        self._put(None)
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def copy(self, target: str, lines: Iterable[str]) -> None:
        """Hand over the lines (with their line feeds) for `target`, a table with its columns.

        Raises:
            psycopg.Error: an earlier piece could not be written.
        """
        self._put((target, "".join(lines)))

    def _put(self, piece: tuple[str, str] | None) -> None:
        while self._thread.is_alive():
            try:
                self._pieces.put(piece, timeout=_LOOK_SECONDS)
            except Full:
                continue
            break
        if self._error is not None and piece is not None:
            raise self._error

    def _work(self) -> None:
        try:
            while (piece := self._pieces.get()) is not None:
                if self._is_given_up:
                    continue
                target, text = piece
                with self._connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    copy.write(text)
        except psycopg.Error as error:
            self._error = error

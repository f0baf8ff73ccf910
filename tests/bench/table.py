"""The benchmark's output: a table for people, one JSON object a line for machines."""

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Column, Table

from tests.bench.result import Result


def write_json(results: Iterable[Result]) -> None:
    """Write one object a line to standard output."""
    for result in results:
        sys.stdout.write(json.dumps(result.as_json()) + "\n")
    sys.stdout.flush()


def write_table(results: Sequence[Result], console: Console) -> None:
    """Write the table; what misses its limit is marked and nothing more: the benchmark is no gate."""
    table = Table(
        Column("İş", no_wrap=True),
        "Oran",
        "Sınır",
        "CPU ms",
        "sunucu",
        "veritabanı",
        "Çıplak SQL",
        "süre",
        "Sorgu",
        "Bayt",
        "n",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for result in results:
        table.add_row(
            result.name,
            f"{result.ratio:.2f}",
            "—" if result.limit is None else f"≤ {result.limit:g}",
            f"{result.cpu_ms:.2f}",
            f"{result.server_ms:.2f}",
            f"{result.database_ms:.2f}",
            f"{result.bare_cpu_ms:.2f}",
            f"{result.wall_ms:.2f}",
            "—" if result.statements is None else str(result.statements),
            "—" if result.bytes is None else f"{result.bytes:,}",
            str(result.n),
            style=None if result.is_ok else "red",
        )
    console.print(table)
    for result in results:
        if result.note:
            console.print(f"{result.name}: {result.note}")

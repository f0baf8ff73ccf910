"""One line of the benchmark's table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.blocks import Cost


@dataclass(frozen=True)
class Result:
    """What one operation costs, against the same SQL alone; `limit` None: told for information."""

    name: str
    n: int
    cpu_ms: float
    bare_cpu_ms: float
    wall_ms: float
    server_ms: float
    database_ms: float
    limit: float | None = None
    statements: int | None = None
    statement_limit: int | None = None
    bytes: int | None = None
    byte_limit: int | None = None
    wall_limit_ms: float | None = None
    note: str | None = None

    @classmethod
    def of(cls, name: str, n: int, real: Cost, bare: Cost, **more: Any) -> "Result":
        """Take both sides' costs."""
        return cls(name, n, real.cpu_ms, bare.cpu_ms, real.wall_ms, real.program_ms, real.database_ms, **more)

    @classmethod
    def sum_of(cls, name: str, parts: Sequence["Result"], **more: Any) -> "Result":
        """Take one operation of each part."""
        sums = {
            cost: sum(getattr(part, cost) for part in parts)
            for cost in ("cpu_ms", "bare_cpu_ms", "wall_ms", "server_ms", "database_ms")
        }
        return cls(name, sum(part.n for part in parts), **sums, **more)

    @property
    def ratio(self) -> float:
        """How many times the CPU of the bare SQL."""
        return self.cpu_ms / self.bare_cpu_ms

    @property
    def is_ok(self) -> bool:
        """Whether everything that has a limit keeps it."""
        return (
            (self.limit is None or self.ratio <= self.limit)
            and (self.statement_limit is None or (self.statements or 0) <= self.statement_limit)
            and (self.byte_limit is None or (self.bytes or 0) <= self.byte_limit)
            and (self.wall_limit_ms is None or self.wall_ms <= self.wall_limit_ms)
        )

    def as_json(self) -> dict[str, Any]:
        """Give the line for machines."""
        told = {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(self).items()}
        return {"name": told.pop("name"), "ratio": round(self.ratio, 3), **told, "ok": self.is_ok}

"""CPU time that processes have used so far, in seconds, as the kernel counts it."""

import os
from pathlib import Path

import psycopg

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Give the CPU seconds of all threads of a process; 0 for a process that is gone.

    The scheduler's own figure counts in nanoseconds; kernels built without it leave the clock ticks (10 ms) of `stat`.
    """
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        nanoseconds = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
        if nanoseconds:
            return nanoseconds / 1e9
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


class BackendCpu:
    """CPU of the PostgreSQL processes that serve one application on one database."""

    def __init__(self, admin_url: str, database: str, application: str) -> None:
        """Take where to ask, and whose connections count."""
        self._connection = psycopg.connect(admin_url, autocommit=True)
        self._whose = (database, application)

    def seconds(self) -> float:
        """Give the CPU seconds that the connections open now have used since they were opened."""
        rows = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = %s", self._whose
        ).fetchall()
        return sum(cpu_seconds(pid) for (pid,) in rows)

    def close(self) -> None:
        """Close the connection that asks."""
        self._connection.close()

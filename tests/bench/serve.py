"""The measured server: `python -m tests.bench.serve DATABASE FOLDER`, one process as `belediye serve` runs it.

It writes the port it took to standard output. With BENCH_PROFILE=<file> it runs under cProfile (CPU time), which makes
it slower: read such a run for where the time goes, not for how much.
"""

import cProfile
import os
import sys
import time
from pathlib import Path

from api.cli.serving import listen, serve_one
from tests.bench.places import Urls
from tests.factories.serving import settings_for


def main(database: str, folder: Path) -> None:
    """Serve until told to leave, or until the benchmark is gone."""
    settings = settings_for(Urls(database), folder / "files", log_level="INFO", statement_timeout_ms=60_000)
    listener = listen("127.0.0.1", 0)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    profile = os.environ.get("BENCH_PROFILE")
    if profile is None:
        serve_one(listener, settings, 0.0, os.getppid())
        return
    profiler = cProfile.Profile(time.process_time)
    try:
        profiler.runcall(serve_one, listener, settings, 0.0, os.getppid())
    finally:
        profiler.dump_stats(f"{profile}.{database}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

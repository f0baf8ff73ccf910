"""`python -m tests.sync_real --sessions N [--seed S]`: real phones, server and database under real faults.

Ends with exit 1 and the seed at the first violation. A seed fixes acts, lines and kills; when two processes meet is the
machine's chance, so a seed played again is a like day and not the same.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.sync_real.handset import maker_of_phones
from tests.sync_real.playing import play
from tests.sync_real.product import product_of_its_own
from tests.sync_real.proxy import Lines

AT_ONCE = 4


def main() -> int:
    """Play until the sessions are done or something breaks."""
    parser = argparse.ArgumentParser(prog="python -m tests.sync_real", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=86_400.0, help="begin no more sessions after so long")
    arguments = parser.parse_args()
    counted: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="cb-sync-real-") as folder,
        product_of_its_own(Path(folder)) as product,
        maker_of_phones() as maker,
        Lines(lambda: product.address).running() as lines,
    ):
        started = time.monotonic()
        last = arguments.seed + arguments.sessions
        seed = arguments.seed
        while seed < last and time.monotonic() - started < arguments.seconds:
            seeds = list(range(seed, min(seed + AT_ONCE, last)))
            try:
                told = play(product, maker, lines, seeds, Path(folder))
            except AssertionError as violation:
                traceback.print_exc()
                sys.stdout.write(f"{violation}\n")
                return 1
            seed = seeds[-1] + 1
            most = max(counted.pop("rounds to rest at most", 0), told.pop("rounds to rest at most"))
            counted.update(told)
            counted["rounds to rest at most"] = most
            sys.stdout.write(f"{time.monotonic() - started:5.0f} s  {_words(counted + product.faults)}\n")
            sys.stdout.flush()
    sys.stdout.write(f"seeds {arguments.seed}-{seed - 1}, 0 violations, {time.monotonic() - started:.0f} s\n")
    return 0


def _words(counted: Counter[str]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in counted.items())


if __name__ == "__main__":
    sys.exit(main())

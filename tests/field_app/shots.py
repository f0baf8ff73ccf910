"""Takes the pictures of docs/screenshots/field: `python -m tests.field_app.shots`. Needs neither server nor network."""

import os
import subprocess
import sys

PHONE, TABLET = "412x870", "800x1280"


def main() -> None:
    """Take the pictures of every size; one process has one window."""
    for size in (PHONE, TABLET):
        command = [sys.executable, "-m", "tests.field_app.shots_camera", size]
        subprocess.run(command, check=True, env={**os.environ, "APP_SIZE": size, "SAMPLES": "4"})


if __name__ == "__main__":
    main()

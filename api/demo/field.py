"""The inspector's part of the demonstration: the real phone app in a process of its own, its window offscreen."""

import json
import subprocess
import sys
from pathlib import Path

from api.demo.processes import environment_of
from api.demo.staff import PASSWORD
from api.demo.stage import Stage
from api.demo.story import Spot, Step
from api.demo.towns import KADIKOY
from api.demo.visitor import Unexpected, code_at

INSPECTOR = "fen.saha"
CLOSING_TEXT = "Çukur sıcak asfaltla dolduruldu, yol trafiğe açıldı."
_ENDS_SECONDS = 20.0


def play_on_phone(server: str, checkout: Path, stage: Stage, spot: Spot, case_id: str, step: Step) -> None:
    """Let the app sign in, sync, close the case without a network, inspect a business, and sync again.

    Args:
        server: the running server.
        checkout: where the rehearsal lies; it is part of the tests, as the simulators are.
        stage: keeps its log.
        spot: where the phone is.
        case_id: the report that is closed.
        step: opens a step of the story.

    Raises:
        Unexpected: the app did not get on.
    """
    command = (
        sys.executable, "-m", "tests.field_app.rehearsal", "--server", server, "--town", KADIKOY.slug,
        "--username", INSPECTOR, "--password", PASSWORD, "--code", code_at(0), "--case", case_id,
        "--text", CLOSING_TEXT, "--lon", str(spot.lon), "--lat", str(spot.lat),
    )  # fmt: skip
    with (
        (stage.logs / "phone.log").open("w") as log,
        subprocess.Popen(  # noqa: S603 (our own program)
            command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, cwd=checkout, text=True,
            env=environment_of({}),
        ) as app,
    ):  # fmt: skip
        try:
            _follow(app, step)
        finally:
            app.terminate()
            app.wait(_ENDS_SECONDS)


def _follow(app: subprocess.Popen[str], step: Step) -> None:
    while (line := _next(app)) is not None:
        with step(line.get("begin", "Telefondaki uygulama açılır")) as tell:
            while "done" not in line:
                if "failed" in line:
                    raise Unexpected("telefondaki uygulama işini bitirir", line["failed"])
                if "told" in line:
                    tell(line["told"])
                line = _next(app) or {"failed": "uygulama beklenmedik biçimde bitti"}


def _next(app: subprocess.Popen[str]) -> dict[str, str] | None:
    text = app.stdout.readline() if app.stdout else ""
    return json.loads(text) if text else None

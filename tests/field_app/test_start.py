"""The lock is there at once: what only the work needs is read while the PIN is typed."""

import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import sys
from tests.kit.robot import Robot
from field_app.app import FieldApp
from tests.field_app.world import Time, make_phone, opened
from mobile.device.desktop import device
from pathlib import Path

def is_loaded():
    return "field_app.screens.today.screen" in sys.modules

folder = Path(sys.argv[1])
phone = make_phone(folder / "phone", Time())
opened(phone).close()
app = FieldApp(phone, device(folder / "device"))
build = app.build
assert not is_loaded()
app.build = lambda: (build(), print("loaded before the lock was built:", is_loaded()))[0]
person = Robot(app)
assert person.has("pin")
print("loaded behind the lock:", is_loaded())
person.close()
"""


def test_the_screens_of_the_work_are_read_behind_the_lock(tmp_path):
    environment = {**os.environ, "SHOTS": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path)], env=environment, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["loaded before the lock was built: False", "loaded behind the lock: True"]

"""Figures of several processes are added up where they share a folder for them."""

import subprocess
import sys
from pathlib import Path

from api.core.exposition import SHARED_FOLDER, figures
from api.core.metrics import SMS_SENT

CHECKOUT = Path(__file__).parents[3]
COUNT = "from api.core.metrics import SMS_SENT; SMS_SENT.labels('exposition').inc({})"
TELL = "from api.core.exposition import figures; print(figures().decode())"


def run(code, folder):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT, env={SHARED_FOLDER: str(folder)}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def test_processes_that_share_a_folder_are_added_up(tmp_path):
    run(COUNT.format(2), tmp_path)
    run(COUNT.format(3), tmp_path)
    assert 'belediye_sms_total{outcome="exposition"} 5.0' in run(TELL, tmp_path)


def test_one_process_tells_its_own_figures(monkeypatch):
    monkeypatch.delenv(SHARED_FOLDER, raising=False)
    SMS_SENT.labels("own").inc()
    assert b'belediye_sms_total{outcome="own"} 1.0' in figures()

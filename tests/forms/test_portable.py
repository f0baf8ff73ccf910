"""What both sides hold runs on the phones' Python as on the server's, with nothing but the standard library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
FOLDERS = ("mobile/forms", "mobile/wire")


@pytest.mark.parametrize("version", ["py311", "py314"])
def test_the_syntax_is_that_of_both_versions(version):
    ruff = Path(sys.executable).with_name("ruff")
    command = [
        ruff,
        "check",
        "--isolated",
        "--no-cache",
        "--target-version",
        version,
        "--select",
        "E9,F,B012",
        *FOLDERS,
    ]
    told = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_forms_need_only_the_standard_library():
    imported = set()
    for file in (CHECKOUT / "mobile/forms").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    foreign = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert all(name.startswith("mobile.forms") for name in foreign)
    assert len(foreign) > 3

"""What runs on a phone: only packages that a build for Android can bring, in the syntax of both Pythons.

This is all of an Android build that can be shown without an Android SDK (field_app/buildozer.spec says what is not).
"""

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOMS = ("mobile", "field_app", "citizen_app")
# Pure Python, or with a recipe in python-for-android 2026.05; `jnius` and `android` are there on a phone alone.
ALLOWED = {"httpx", "PIL", "kivy", "cryptography", "sqlcipher3", "jnius", "android"}
ONLY_IN = {
    "cryptography": ("mobile/sdk/sealing.py",),
    "sqlcipher3": ("mobile/sdk/open_db.py",),
    "jnius": ("mobile/device/android/",),
    "android": ("mobile/device/android/",),
    "kivy": ("mobile/kit/", "mobile/device/android/", "field_app/app.py", "field_app/screens/"),
}
OWN = {*ROOMS, "geo"}


def phone_files():
    for room in (*ROOMS, "geo/grid.py", "geo/mercator.py", "geo/types.py", "geo/visit_order.py", "geo/errors.py"):
        path = CHECKOUT / room
        yield from [path] if path.suffix else sorted(path.rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_phones_import_only_what_a_build_for_android_can_bring():
    foreign = {
        (str(path.relative_to(CHECKOUT)), name)
        for path in phone_files()
        for name in imports(path)
        if (root := name.split(".")[0]) not in OWN | ALLOWED and root not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_what_is_hard_to_bring_is_imported_in_one_place():
    astray = {
        (name, package)
        for path in phone_files()
        for imported in imports(path)
        if (package := imported.split(".")[0]) in ONLY_IN
        and not (name := str(path.relative_to(CHECKOUT))).startswith(ONLY_IN[package])
    }
    assert astray == set()


def test_what_phones_take_of_geo_is_packed_with_the_app():
    spec = configparser.ConfigParser(comment_prefixes=("#",), inline_comment_prefixes=None, interpolation=None)
    spec.read(CHECKOUT / "field_app/buildozer.spec", encoding="utf-8")
    packed = set(spec["app"]["source.include_patterns"].split(","))
    taken = {
        imported.replace(".", "/") + ".py"
        for path in phone_files()
        for imported in imports(path)
        if imported.startswith("geo.")
    }
    assert taken
    assert taken <= packed
    assert {"field_app/*", "mobile/*"} <= packed


def test_what_the_build_asks_for_is_what_is_imported():
    spec = configparser.ConfigParser(comment_prefixes=("#",), inline_comment_prefixes=None, interpolation=None)
    spec.read(CHECKOUT / "field_app/buildozer.spec", encoding="utf-8")
    asked = {requirement.split("==")[0].lower() for requirement in spec["app"]["requirements"].split(",")}
    named = {"PIL": "pillow", "jnius": "pyjnius", "sqlcipher3": "sqlite3"}
    wanted = {named.get(package, package) for package in ALLOWED - {"android"}}
    assert wanted <= asked


@pytest.mark.parametrize("version", ["py311", "py314"])
def test_the_syntax_is_that_of_both_pythons(version):
    ruff = Path(sys.executable).with_name("ruff")
    command = [ruff, "check", "--isolated", "--no-cache", "--target-version", version, "--select", "E9,F", *ROOMS]
    told = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout

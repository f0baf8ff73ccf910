"""One command sets a machine up: it says what it needs, does nothing twice, and takes only what the lock files name."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[2]
MAKEFILE = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()
STAMPED = {
    "python": ["requirements.lock"],
    "command": ["pyproject.toml"],
    "web": ["package-lock.json", "api/console/build_static.mjs", "mobile/kit/build_fonts.mjs"],
    "reference": [".ci/reference.txt"],
}
SCRIPTS = ["clean", "run", "setup", "uv"]


def run(*command, **options):
    # A make that runs these tests must not speak into the makes that they run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, capture_output=True, text=True, check=False, **{"env": environment, **options})


# --- the commands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", sorted(set(TARGETS) - {"help", "clean"}))
def test_every_command_first_sets_the_machine_up(target):
    steps = run("make", "--dry-run", target, "NAME=x", cwd=CHECKOUT).stdout.splitlines()
    assert steps[0].startswith(".ci/setup")


def test_help_explains_every_command():
    explained = re.findall(r"^  make (\S+) +\S", run("make", cwd=CHECKOUT).stdout, re.MULTILINE)
    assert sorted(explained) == sorted(set(TARGETS) - {"ready"})


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_run_and_stop_at_the_first_error(script):
    path = CHECKOUT / ".ci" / script
    assert os.access(path, os.X_OK)
    assert run("bash", "-n", path).returncode == 0
    assert "\nset -euo pipefail\n" in path.read_text(encoding="utf-8")


def test_ci_runs_what_a_developer_runs():
    assert (CHECKOUT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "exec make check"


# --- the lock files -----------------------------------------------------------------------------------------------


def locked() -> dict[str, str]:
    """Version of every locked package."""
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.\[\],-]+?)==([^ ;\\]+)", lock, re.MULTILINE)
    }


def test_the_lock_holds_every_declared_package_in_an_allowed_version():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [
        *project["project"]["dependencies"],
        *(line for lines in project["project"]["optional-dependencies"].values() for line in lines),
        *(line for lines in project["dependency-groups"].values() for line in lines),
    ]
    versions = locked()
    stale = [
        line
        for line in declared
        if (requirement := Requirement(line))
        and versions.get(canonicalize_name(requirement.name), "") not in requirement.specifier
    ]
    assert stale == []


@pytest.mark.parametrize("name", ["requirements.lock", ".ci/uv.txt", ".ci/node.txt", ".ci/reference.txt"])
def test_every_locked_python_package_has_its_checksum(name):
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[\w-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_browser_libraries_are_locked_by_checksum_and_name_no_host():
    wanted = json.loads((CHECKOUT / "package.json").read_text(encoding="utf-8"))
    packages = json.loads((CHECKOUT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    root = packages.pop("")
    assert {key: root[key] for key in ("dependencies", "devDependencies")} == {
        key: wanted[key] for key in ("dependencies", "devDependencies")
    }
    assert [name for name, package in packages.items() if "integrity" not in package or "resolved" in package] == []


# --- the setup itself ---------------------------------------------------------------------------------------------


@pytest.fixture
def checkout():
    """A checkout with what the setup reads; in a folder that an ordinary user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="cep-setup-"))
    for name in {name for names in STAMPED.values() for name in names}:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, folder / name)
    for script in ("setup", "machine.sh"):
        shutil.copy(CHECKOUT / ".ci" / script, folder / ".ci" / script)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tools(checkout):
    """A folder with the plain tools of every machine, to be used as the whole PATH."""
    folder = checkout / "tools"
    folder.mkdir()
    for tool in ("apt-cache", "apt-get", "basename", "bash", "cat", "cut", "dirname", "flock", "grep", "id", "mkdir",
                 "sha256sum", "sort", "tail", "tr"):  # fmt: skip
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return folder


def set_up(checkout, tools, *, user=None):
    """Run the setup with nothing but the tools, as an ordinary user if root runs the tests."""
    command = ["bash", str(checkout / ".ci/setup")]
    if user and os.geteuid() == 0:
        run("chown", "-R", user, checkout)
        checkout.chmod(0o755)
        command = ["setpriv", f"--reuid={user}", "--clear-groups", *command]
    environment = {"PATH": str(tools), "HOME": str(checkout), "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
    return run(*command, cwd="/", env=environment, executable=shutil.which(command[0]))


@pytest.mark.slow
def test_a_user_without_rights_is_told_what_root_must_install(checkout, tools):
    answer = set_up(checkout, tools, user="nobody")
    assert answer.returncode == 1
    assert "root olarak" in answer.stderr
    assert re.search(r"apt-get install --no-install-recommends .*\bpython3-venv\b", answer.stderr)
    assert not (checkout / ".venv").exists()


def test_a_machine_that_is_set_up_is_left_alone(checkout, tools):
    for name in ("apt-get", "apt-cache", "sudo", "uv", "npm", "node"):
        (tools / name).unlink(missing_ok=True)
        (tools / name).write_text(f"#!/bin/sh\necho {name} was called >&2; exit 1\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    for name in (".venv/bin", ".local/setup", ".local/reference", "api/console/static/vendor", "mobile/kit/fonts"):
        (checkout / name).mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    (checkout / ".venv/bin/belediye").touch(mode=0o755)
    (checkout / "api/console/static/vendor/manifest.json").touch()
    (checkout / "mobile/kit/fonts/icons.ttf").touch()
    for step, names in STAMPED.items():
        content = b"".join((checkout / name).read_bytes() for name in names)
        digest = hashlib.sha256(f"{checkout.resolve()}\n".encode() + content).hexdigest()
        (checkout / ".local/setup" / step).write_text(digest, encoding="utf-8")
    answer = set_up(checkout, tools)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")

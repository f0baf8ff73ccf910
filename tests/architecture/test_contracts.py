"""The import contracts of pyproject.toml name every domain, and each of them breaks when it is violated."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in SETTINGS["contracts"]}
NOT_DOMAINS = {"cli", "console", "core", "demo", "migrations", "platform", "portal"}
DOMAINS = sorted(
    folder.name
    for folder in (CHECKOUT / "api").iterdir()
    if (folder / "__init__.py").exists() and folder.name not in NOT_DOMAINS
)

# Contract, module that gets the forbidden line, module it imports.
PLANTED = [
    ("The house: phones over api over libraries", "geo.types", "api.complaints.service"),
    ("Phones see only mobile and geo", "citizen_app", "api.complaints.schemas"),
    ("Of what phones share, the server knows only what both must agree on", "api.files.schemas", "mobile.sdk.ids"),
    ("Inside the phones' shared room", "mobile.wire.limits", "mobile.sdk.exchange"),
    ("Libraries know no web, no ORM, no driver", "payments", "fastapi"),
    ("Phones run without the compiled geometry libraries", "geo.mercator", "shapely"),
    ("Only the phone apps and their widgets know Kivy", "mobile.device.ports", "kivy"),
    ("The product runs without its tests", "api.settings", "tests"),
    ("Core under domains under the edges", "api.core.clock", "api.complaints.models"),
    ("Order inside every domain", "api.complaints.workflow", "api.complaints.models"),
    ("No cycles between domains", "api.notices.schemas", "api.complaints.schemas"),
    ("No cycles between domains", "api.complaints.schemas", "api.notices.schemas"),
    *((f"{domain}: others come in by the front door", "api.platform", f"api.{domain}.models") for domain in DOMAINS),
]


def test_every_domain_has_its_front_door():
    doors = {
        name.removesuffix(": others come in by the front door"): contract["protected_modules"]
        for name, contract in CONTRACTS.items()
        if contract["type"] == "protected"
    }
    assert doors == {domain: [f"api.{domain}.*"] for domain in DOMAINS}


def test_every_domain_keeps_the_order_inside():
    assert sorted(CONTRACTS["Order inside every domain"]["containers"]) == [f"api.{domain}" for domain in DOMAINS]


def test_every_contract_has_a_planted_violation():
    assert {name for name, _, _ in PLANTED} == set(CONTRACTS)


@pytest.mark.slow
def test_every_contract_breaks_when_it_is_violated(tmp_path):
    for package in SETTINGS["root_packages"]:
        shutil.copytree(CHECKOUT / package, tmp_path / package, ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for _, importer, imported in PLANTED:
        path = tmp_path.joinpath(*importer.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        file.write_text(f"{file.read_text(encoding='utf-8')}\nimport {imported}\n", encoding="utf-8")
    report = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path), "PATH": "", "COLUMNS": "200"},
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    broken = report[report.index("Broken contracts") :]
    for name, importer, imported in PLANTED:
        section = broken[broken.index(f"\n{name}\n") :].split("\n----")[1]
        assert f"{name} BROKEN" in report
        shown = (importer, imported)
        if CONTRACTS[name]["type"] == "acyclic_siblings":
            shown = tuple(f".{module.split('.')[1]}" for module in shown)  # this report names packages only
        assert all(module in section for module in shown), f"{name}: {importer} -> {imported}\n{section}"

"""A few provinces of the official list in its own file format, and the role that crosses municipalities."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.core import keys
from api.core.db import Database
from api.platform.reference import load_official_list
from tests.factories.towns import MASTER_KEY

PROVINCES = [
    (34, "İstanbul", True, 28.95, 41.01),
    (10, "Balıkesir", True, 27.89, 39.65),
    (65, "Van", True, 43.38, 38.49),
    (40, "Kırşehir", False, 34.16, 39.15),
]
DISTRICTS = [
    (1421, 34, "Kadıköy", 25, ("Caferağa", "Osmanağa", "Suadiye")),
    (1103, 34, "Adalar", 11, ("Burgazada", "Kınalıada")),
    (1266, 10, "Edremit", 682, ("Camivasat", "Gazicelal")),
    (1981, 65, "Edremit", 497, ("Cumhuriyet", "Erdemkent")),
    (1488, 40, "Merkez", 1600, ("Ahievran", "Bağbaşı", "Kayabaşı")),
    (1869, 40, "Akpınar", 480, ("Aşağı", "Yeni")),
]


@pytest.fixture(scope="module", autouse=True)
def master_key():
    keys.install_master_key(MASTER_KEY)


@pytest.fixture(scope="session")
def official_folder(tmp_path_factory) -> Path:
    """Files as an operator unpacks them."""
    folder = tmp_path_factory.mktemp("reference")
    provinces = [
        {"id": code, "name": name, "population": 1000, "isMetropolitan": is_metropolitan, "area": 5000,
         "coordinates": {"latitude": lat, "longitude": lon}, "region": {"tr": "Marmara"}}
        for code, name, is_metropolitan, lon, lat in PROVINCES
    ]  # fmt: skip
    districts = [
        {"id": code, "provinceId": province, "name": name, "population": 9000 * len(names), "area": area}
        for code, province, name, area, names in DISTRICTS
    ]
    neighbourhoods = [
        {"id": code * 100 + number, "districtId": code, "provinceId": province, "name": name, "population": 9000}
        for code, province, _, _, names in DISTRICTS
        for number, name in enumerate(names)
    ]
    for name, rows in (("provinces", provinces), ("districts", districts), ("neighborhoods", neighbourhoods)):
        (folder / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
async def listed(module_db, official_folder) -> AsyncIterator[Database]:
    """The platform role on the module's clone, which knows the official list."""
    pool = Database(module_db.platform, pool_size=3)
    await load_official_list(pool, official_folder)
    yield pool
    await pool.close()


@pytest.fixture
async def platform(real_db, official_folder) -> AsyncIterator[Database]:
    """The platform role on a clone of the test's own, which knows the official list."""
    pool = Database(real_db.platform, pool_size=3)
    await load_official_list(pool, official_folder)
    yield pool
    await pool.close()

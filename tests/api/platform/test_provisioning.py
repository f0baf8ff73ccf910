"""One call makes a municipality that can be used at once, behind its wall, and only once."""

import asyncio

import psycopg
import pytest
from psycopg.rows import dict_row
from shapely.geometry import box

from api.core import audit, crypto, keys
from api.core.db import Database
from api.core.sql import fetch_all
from api.identity.passwords import verify_password
from api.municipalities import service as municipalities
from api.platform.errors import BadSlug, ParentUnknown, TenantExists, TerritoryImpossible
from api.platform.provisioning import STEPS, NewTenant, create_tenant, list_tenants
from tests.factories.serving import served

pytestmark = pytest.mark.anyio

TENANT_TABLES = (
    "department", "neighbourhood", "base_map_feature", "module", "appearance", "consent_text", "complaint_category",
    "staff_user", "role_assignment", "municipality_key", "audit_head", "audit_record",
)  # fmt: skip
# Small enough to be drawn in a moment; the test towns lie elsewhere.
ADALAR = NewTenant("district", "Adalar")


def everything(urls) -> dict[str, list]:
    with psycopg.connect(urls.admin) as connection:
        return {
            table: connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall()
            for table in (*TENANT_TABLES, "municipality")
        }


@pytest.fixture(scope="module")
async def made(listed):
    """Adalar, on the module's clone: to be read only."""
    return await create_tenant(listed, ADALAR)


async def test_a_new_municipality_has_all_it_needs(listed, module_db, made):
    assert (made.municipality_id, made.slug, made.name) == (3, "adalar", "Adalar Belediyesi")
    assert made.kind == "metropolitan_district"
    with psycopg.connect(module_db.admin, row_factory=dict_row) as connection:
        for table in TENANT_TABLES:
            row = connection.execute(f"SELECT count(*) AS n FROM {table} WHERE municipality_id = 3").fetchone()
            assert row["n"] > 0, table
        names = connection.execute(
            "SELECT name, source, ST_IsValid(geom) AS ok FROM neighbourhood WHERE municipality_id = 3 ORDER BY name"
        ).fetchall()
        texts = connection.execute(
            "SELECT code, version, body FROM consent_text WHERE municipality_id = 3 ORDER BY code"
        ).fetchall()
        sources = connection.execute(
            "SELECT DISTINCT source FROM base_map_feature WHERE municipality_id = 3"
        ).fetchall()
    assert [(row["name"], row["ok"]) for row in names] == [("Burgazada", True), ("Kınalıada", True)]
    assert {row["source"] for row in (*names, *sources)} == {"synthetic"}
    assert [(row["code"], row["version"]) for row in texts] == [
        ("marketing_sms", 1), ("photo_publication", 1), ("privacy_notice", 1),
    ]  # fmt: skip
    assert all("{name}" not in row["body"]["tr"] for row in texts)
    assert "Adalar Belediyesi" in texts[2]["body"]["tr"]


async def test_the_new_municipality_answers_the_app_role_and_its_keys_open(module_db, made):
    keys.forget()
    app = Database(module_db.app, pool_size=1)
    async with app.transaction(made.municipality_id) as session:
        config = await municipalities.town_config(session, made.municipality_id, 1)
        ring = await keys.keyring(session, made.municipality_id)
        sealed = ring.encrypt("citizen", "name", 1, "Ayşe Yılmaz")
        faults = [fault async for fault in audit.verify_chain(session, made.municipality_id)]
    await app.close()
    assert config.neighbourhood_at(*config.center) is not None
    assert config.calendar(config.department_by_code("enforcement").id).round_the_clock
    assert ring.decrypt("citizen", "name", 1, sealed) == "Ayşe Yılmaz"
    assert faults == []


async def test_the_wall_stands_round_the_new_municipality(module_db, made):
    app = Database(module_db.app, pool_size=1)
    async with app.transaction(1) as session:
        for table in TENANT_TABLES:
            rows = await fetch_all(session, f"SELECT DISTINCT municipality_id FROM {table}")
            assert {row["municipality_id"] for row in rows} <= {1}, table
    async with app.transaction() as session:
        for table in TENANT_TABLES:
            assert await fetch_all(session, f"SELECT * FROM {table}") == [], table
    await app.close()


async def test_one_municipalitys_keys_do_not_open_anothers_values(module_db, made):
    app = Database(module_db.app, pool_size=1)
    rings = {}
    for number in (1, made.municipality_id):
        async with app.transaction(number) as session:
            rings[number] = await keys.keyring(session, number)
    await app.close()
    sealed = rings[1].encrypt("citizen", "name", 1, "Ayşe")
    with pytest.raises(crypto.DecryptError):
        rings[made.municipality_id].decrypt("citizen", "name", 1, sealed)


async def test_the_administrator_signs_in_once_with_the_told_password_and_must_change_it(module_db, made, tmp_path):
    with psycopg.connect(module_db.admin, row_factory=dict_row) as connection:
        row = connection.execute(
            """SELECT s.password_hash, s.must_change_password, r.role FROM staff_user s
                 JOIN role_assignment r ON r.municipality_id = s.municipality_id AND r.staff_user_id = s.id
                WHERE s.municipality_id = 3""",
        ).fetchone()
    assert (await verify_password(made.one_time_password, row["password_hash"]))[0]
    assert (row["must_change_password"], row["role"]) == (True, "municipal_administrator")
    async with served(module_db, tmp_path) as server:
        body = {"municipality": made.slug, "username": made.administrator, "password": made.one_time_password}
        answer = await server.client.post("/v1/auth/staff", json=body)
    assert (answer.status_code, answer.json()["state"]) == (200, "enrol_totp")


async def test_citizens_see_the_new_municipality_at_once(module_db, made, tmp_path):
    async with served(module_db, tmp_path) as server:
        config = await server.client.get("/v1/public/adalar/config")
        categories = await server.client.get("/v1/public/adalar/categories")
    assert config.json()["name"] == "Adalar Belediyesi"
    assert len(categories.json()) == made.categories


@pytest.mark.parametrize(
    "again", [ADALAR, NewTenant("district", "Adalar", slug="baska-ad"), NewTenant("district", "Kadıköy")]
)
async def test_a_municipality_that_exists_is_refused_and_nothing_changes(listed, module_db, made, again):
    before = everything(module_db)
    with pytest.raises(TenantExists):
        await create_tenant(listed, again)
    assert everything(module_db) == before


async def test_a_failure_half_way_leaves_nothing_behind(platform, real_db):
    before = everything(real_db)
    # The last step, the administrator's role, cannot be written.
    with psycopg.connect(real_db.admin, autocommit=True) as connection:
        connection.execute("ALTER TABLE role_assignment ADD CONSTRAINT broken CHECK (municipality_id < 3)")
    with pytest.raises(Exception, match="broken"):
        await create_tenant(platform, ADALAR)
    assert everything(real_db) == before


async def test_two_at_once_get_different_numbers(platform):
    kirsehir = NewTenant("town", "Köşektaş", province="Kırşehir")
    made = await asyncio.gather(create_tenant(platform, ADALAR), create_tenant(platform, kirsehir))
    assert {one.municipality_id for one in made} == {3, 4}


async def test_the_same_twice_at_once_is_made_once(platform):
    results = await asyncio.gather(
        create_tenant(platform, ADALAR), create_tenant(platform, ADALAR), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Provisioned", "TenantExists"]
    assert len(await list_tenants(platform)) == 3


async def test_a_real_outline_is_kept_and_only_its_inside_is_made_up(platform, real_db):
    outline = box(33.0, 39.0, 33.05, 39.04)
    made = await create_tenant(platform, NewTenant("town", "Köşektaş", province="Kırşehir", outline=outline))
    with psycopg.connect(real_db.admin, row_factory=dict_row) as connection:
        row = connection.execute(
            """SELECT ST_Area(ST_SymDifference(ST_Union(geom), ST_GeomFromText(%s, 4326))) / %s AS off
                 FROM neighbourhood WHERE municipality_id = %s""",
            (outline.wkt, outline.area, made.municipality_id),
        ).fetchone()
        held = connection.execute(
            "SELECT ST_Covers(outline, ST_Point(center_lon, center_lat, 4326)) AS ok FROM municipality WHERE id = %s",
            (made.municipality_id,),
        ).fetchone()
    assert row["off"] < 1e-4
    assert held["ok"]


async def test_a_sample_map_is_drawn_where_the_operator_says(platform):
    made = await create_tenant(platform, NewTenant("town", "Köşektaş", province="Kırşehir", center=(34.5, 39.4)))
    async with platform.transaction() as session:
        rows = await fetch_all(
            session, "SELECT center_lon, center_lat FROM municipality WHERE id = %s", (made.municipality_id,)
        )
    assert (rows[0]["center_lon"], rows[0]["center_lat"]) == (
        pytest.approx(34.5, abs=0.1),
        pytest.approx(39.4, abs=0.1),
    )


async def test_an_outline_without_room_is_refused(platform):
    splinter = box(33.0, 39.0, 33.0000001, 39.0000001)
    with pytest.raises(TerritoryImpossible):
        await create_tenant(platform, NewTenant("town", "Köşektaş", province="Kırşehir", outline=splinter))


async def test_a_metropolitan_adopts_its_districts_and_stands_above_later_ones(platform, real_db):
    made = await create_tenant(platform, ADALAR)
    metropolitan = await create_tenant(platform, NewTenant("metropolitan", "İstanbul"))
    await create_tenant(platform, NewTenant("district", "Kadıköy", slug="kadikoy-yeni"))
    await create_tenant(platform, NewTenant("town", "Köşektaş", province="Kırşehir"))
    tenants = {row["slug"]: row for row in await list_tenants(platform)}
    assert (metropolitan.kind, metropolitan.neighbourhoods, metropolitan.map_features) == ("metropolitan", 2, 0)
    assert tenants["adalar"]["parent"] == "istanbul"
    assert tenants["kadikoy-yeni"]["parent"] == "istanbul"
    assert tenants["kosektas-kirsehir"]["parent"] is None
    app = Database(real_db.app, pool_size=1)
    async with app.transaction(made.municipality_id) as session:
        version = await municipalities.current_version(session, made.municipality_id)
        config = await municipalities.town_config(session, made.municipality_id, version)
    await app.close()
    assert version > 1
    assert config.parent_name == "İstanbul Büyükşehir Belediyesi"


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewTenant("district", "Adalar", slug="Adalar!"), BadSlug),
        (NewTenant("district", "Adalar", parent="yok"), ParentUnknown),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_drawn(platform, new, error):
    steps = []
    with pytest.raises(error):
        await create_tenant(platform, new, steps.append)
    assert steps == ["place"]


async def test_progress_is_told_step_by_step(platform):
    steps = []
    await create_tenant(platform, ADALAR, steps.append)
    assert steps == list(STEPS)

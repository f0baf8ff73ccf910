"""Checks of the database: reachable, walled, indexed, migrated, with room for the coming months."""

from datetime import timedelta

from api.cli.checks.finding import Finding, Patient, Text, fault, notice, well
from api.core import clock
from api.core.db import Database
from api.core.health import SCHEMA_HEAD, is_schema_too_old
from api.core.sql import Row, fetch_all, fetch_one
from api.core.startup import missing_leakproof

MONTHS_AHEAD = 3
MOST_SKEW = timedelta(seconds=5)
PARTITIONS_AHEAD = 31 * MONTHS_AHEAD

PREPARE = Text("Süper kullanıcıyla çalıştırın: belediye db prepare", "Run as superuser: belediye db prepare")
MIGRATE = Text("Çalıştırın: belediye db migrate", "Run: belediye db migrate")

ROLE_SQL = """
    SELECT rolname, rolsuper, rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class WHERE relname = 'complaint' AND relowner = pg_roles.oid) AS is_owner
      FROM pg_roles WHERE rolname = current_user"""
OPEN_TABLES_SQL = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'municipality_id' AND NOT a.attisdropped
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
     ORDER BY c.relname"""
PARTITIONS_SQL = """
    SELECT parent.relname AS name,
           max((regexp_match(pg_get_expr(part.relpartbound, part.oid), 'TO \\(''([0-9-]{10})'))[1])::date AS reaches_to
      FROM pg_partitioned_table
      JOIN pg_class parent ON parent.oid = partrelid
      JOIN pg_inherits ON inhparent = parent.oid
      JOIN pg_class part ON part.oid = inhrelid
     GROUP BY 1 ORDER BY 2"""
EXTENSIONS_SQL = """
    SELECT name, installed_version, default_version FROM pg_available_extensions
     WHERE name IN ('postgis', 'btree_gist', 'pg_trgm')"""
SAFETY_SQL = """
    SELECT name FROM pg_settings
     WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name"""


async def reachable(patient: Patient) -> Finding:
    """Do both roles get in?"""
    for database in (patient.app, patient.platform):
        async with database.transaction() as session:
            row = await fetch_one(session, "SELECT current_setting('server_version') AS version")
    version = row["version"] if row else "?"
    return well(f"PostgreSQL {version} yanıt veriyor", f"PostgreSQL {version} answers")


async def walls(patient: Patient) -> Finding:
    """Can the server's role see one municipality only, and is every table walled?"""
    app, platform = await _role(patient.app), await _role(patient.platform)
    if app["rolsuper"] or app["rolbypassrls"] or app["is_owner"]:
        return fault(
            Text(
                f"{app['rolname']} rolü belediyeler arasındaki duvarları aşabiliyor",
                f"The role {app['rolname']} passes the walls between municipalities",
            ),
            Text(
                "BELEDIYE_DATABASE_URL içinde belediye_app rolünü kullanın; süper kullanıcıyla: belediye db prepare",
                "Use the role belediye_app in BELEDIYE_DATABASE_URL; as superuser: belediye db prepare",
            ),
        )
    if platform["rolsuper"] or not platform["rolbypassrls"]:
        return fault(
            Text(f"{platform['rolname']} rolünün yetkileri yanlış", f"The role {platform['rolname']} has wrong rights"),
            PREPARE,
        )
    async with patient.platform.transaction() as session:
        open_tables = ", ".join(row["relname"] for row in await fetch_all(session, OPEN_TABLES_SQL))
    if open_tables:
        return fault(Text(f"Duvarı olmayan tablolar: {open_tables}", f"Tables without a wall: {open_tables}"), MIGRATE)
    return well("Roller ve satır duvarları yerinde", "Roles and row walls are in place")


async def leakproof(patient: Patient) -> Finding:
    """Does the map index work behind the walls?"""
    async with patient.platform.transaction() as session:
        lost = ", ".join(await missing_leakproof(session))
    if lost:
        return fault(
            Text(f"LEAKPROOF işareti kayıp, harita çok yavaşlar: {lost}", f"LEAKPROOF marks are lost: {lost}"), PREPARE
        )
    return well("LEAKPROOF işaretleri yerinde", "LEAKPROOF marks are in place")


async def migrations(patient: Patient) -> Finding:
    """Is the schema that of this version?"""
    async with patient.platform.transaction() as session:
        row = await fetch_one(session, "SELECT version_num FROM alembic_version")
    revision = row["version_num"] if row else "—"
    if is_schema_too_old(revision):
        return fault(
            Text(
                f"Şema {revision} sürümünde, bu program {SCHEMA_HEAD} bekliyor",
                f"The schema is at {revision}, this program needs {SCHEMA_HEAD}",
            ),
            MIGRATE,
        )
    if revision != SCHEMA_HEAD:
        return notice(
            Text(
                f"Şema {revision} sürümünde, bu program daha eski ({SCHEMA_HEAD})",
                f"The schema is at {revision}, this program is older ({SCHEMA_HEAD})",
            ),
            Text("Yeni paketi kurup hizmetleri yeniden başlatın", "Install the new package and restart the services"),
        )
    return well(f"Şema güncel ({revision})", f"The schema is at its newest revision ({revision})")


async def partitions(patient: Patient) -> Finding:
    """Is there a month partition for the coming months in every table that grows?"""
    async with patient.platform.transaction() as session:
        rows = await fetch_all(session, PARTITIONS_SQL)
    needed = clock.today() + timedelta(days=PARTITIONS_AHEAD)
    short = [row["name"] for row in rows if row["reaches_to"] is None or row["reaches_to"] < needed]
    if short or not rows:
        names = ", ".join(short)
        return fault(
            Text(f"Aylık bölümleri üç aydan önce biten tablolar: {names}", f"Month partitions end too soon: {names}"),
            MIGRATE,
        )
    last = min(row["reaches_to"] for row in rows)
    return well(f"Aylık bölümler {last:%d.%m.%Y} gününe kadar hazır", f"Month partitions reach to {last:%Y-%m-%d}")


async def extensions(patient: Patient) -> Finding:
    """Are the extensions there, in the version of the installed packages?"""
    async with patient.platform.transaction() as session:
        rows = await fetch_all(session, EXTENSIONS_SQL)
    missing = [row["name"] for row in rows if row["installed_version"] is None]
    old = [row["name"] for row in rows if row["installed_version"] not in (None, row["default_version"])]
    if missing:
        names = ", ".join(missing)
        return fault(Text(f"Eksik eklentiler: {names}", f"Extensions are missing: {names}"), PREPARE)
    if old:
        names = ", ".join(old)
        return notice(
            Text(f"Eklentilerin veritabanındaki sürümü eski: {names}", f"Extensions are older than installed: {names}"),
            Text(
                "Süper kullanıcıyla: ALTER EXTENSION … UPDATE, ardından belediye db prepare",
                "As superuser: ALTER EXTENSION … UPDATE, then belediye db prepare",
            ),
        )
    told = ", ".join(f"{row['name']} {row['installed_version']}" for row in rows)
    return well(told, told)


async def crash_safety(patient: Patient) -> Finding:
    """Does a committed change survive a power cut?"""
    async with patient.platform.transaction() as session:
        off = ", ".join(row["name"] for row in await fetch_all(session, SAFETY_SQL))
    if not off:
        return well("Onaylanan kayıt elektrik kesintisine dayanır", "A committed change survives a power cut")
    told = Text(f"PostgreSQL ayarı kapalı: {off}", f"PostgreSQL settings are off: {off}")
    todo = Text(
        "postgresql.conf içinde açın ve sunucuyu yeniden başlatın", "Switch them on in postgresql.conf and restart it"
    )
    return fault(told, todo) if patient.settings.is_production else notice(told, todo)


async def same_clock(patient: Patient) -> Finding:
    """Do this machine and the database agree on the time?"""
    async with patient.platform.transaction() as session:
        row = await fetch_one(session, "SELECT clock_timestamp() AS at")
    skew = abs(clock.now() - row["at"]) if row else timedelta(0)
    seconds = f"{skew.total_seconds():.1f}"
    if skew > MOST_SKEW:
        return fault(
            Text(f"Saatler arasında {seconds} sn fark var", f"The clocks differ by {seconds} s"),
            Text(
                "İki makinede de saat eşitlemesini (chrony, systemd-timesyncd) açın; "
                "BELEDIYE_CLOCK_OFFSET_SECONDS tanımlıysa kaldırın",
                "Switch on time synchronisation on both machines; unset BELEDIYE_CLOCK_OFFSET_SECONDS",
            ),
        )
    return well(f"Saatler uyumlu (fark {seconds} sn)", f"The clocks agree ({seconds} s apart)")


async def backups(patient: Patient) -> Finding:
    """Is the database's write-ahead log kept anywhere?"""
    async with patient.platform.transaction() as session:
        row = await fetch_one(session, "SELECT current_setting('archive_mode') <> 'off' AS archives")
    if row and row["archives"]:
        return well("WAL arşivi açık", "WAL archiving is on")
    return notice(
        Text("Sürekli yedek (WAL arşivi) kurulmamış", "No continuous backup (WAL archive) is configured"),
        Text(
            "pgBackRest ya da archive_command kurun; ana anahtarın ve dosya klasörünün yedeğini ayrı yerde saklayın",
            "Set up pgBackRest or archive_command; keep copies of the master key and the files elsewhere",
        ),
    )


async def _role(database: Database) -> Row:
    async with database.transaction() as session:
        row = await fetch_one(session, ROLE_SQL)
    if row is None:
        raise LookupError("the current role is not in pg_roles")
    return row

"""Lists written into the register: good rows in, bad rows told, the same list again adds nothing."""

import csv
import io
import time
from dataclasses import replace
from itertools import pairwise

import psycopg
import pytest

from api.businesses import jobs, service
from api.businesses.errors import ImportNotWaiting
from api.core.actor import system_actor
from api.core.errors import Forbidden, NotFound
from api.core.jobs import JobContext
from tests.api.businesses.conftest import registered

pytestmark = pytest.mark.anyio

VKN, TCKN = "4540536920", "17291716060"
HEADER = "Ruhsat No;İşyeri Adı;Sınıf;Mahalle;Sokak;Kapı No;Telefon;Vergi No;Sahibi;Enlem;Boylam;Alan"


def listing(*rows: str) -> bytes:
    return "\r\n".join((HEADER, *rows)).encode("cp1254")


def importer(server, slug="kadikoy"):
    return replace(system_actor(server.town(slug).municipality_id), grants={"business.import": None})


async def imported(server, data, **options):
    return await service.import_businesses(server.database, importer(server), io.BytesIO(data), **options)


def faults(report):
    return [(fault.row, fault.column, fault.code) for fault in report.faults]


def titles(server):
    return {row["title"] for row in server.rows("SELECT title FROM business WHERE source = 'import'")}


async def test_good_rows_come_in_sealed_placed_and_told_to_phones(server):
    lon, lat = server.town().place(2)
    report = await imported(
        server,
        listing(
            f"R-10;Koordinatlı Kasap;sihhi;;;;0212 293 11 22;{VKN};Ali Can;{lat:.5f};{lon:.5f};45".replace(".", ",", 1),
            "R-11;Mahalleli Manav;SIHHI;Çınarlı Mah.;;7;;;;;;",
            "R-12;Sokaklı Terzi;sihhi;Çınarlı;IHLAMUR SK.;3;;;;;;",
        ),
    )
    assert (report.rows, report.added, report.known, faults(report)) == (3, 3, 0, [])
    assert (report.by_coordinates, report.by_street, report.by_neighbourhood) == (1, 1, 1)
    row = server.rows("SELECT * FROM business WHERE licence_no = 'R-10'")[0]
    assert row["neighbourhood_id"] == server.town().neighbourhoods[2]
    assert (row["phone"], row["floor_area_m2"], row["source"]) == ("+902122931122", 45, "import")
    assert b"Ali" not in bytes(row["owner"])
    assert VKN.encode() not in bytes(row["tax_no"])
    manav = server.rows("SELECT * FROM business WHERE licence_no = 'R-11'")[0]
    assert manav["address_text"] == "Çınarlı Mah. No: 7"
    pointer = "SELECT scope FROM sync_pointer WHERE row_id = %s"
    assert server.rows(pointer, row["id"]) == [{"scope": f"area:{row['neighbourhood_id']}"}]


async def test_the_same_list_again_adds_nothing_by_licence_by_tax_number_or_by_words(server):
    data = listing(
        "R-20;Ruhsatlı Büfe;sihhi;İstasyon;;;;;;;;",
        f";Vergili Büfe;sihhi;İstasyon;;;;{TCKN};;;;",
        ";Yalın Büfe;sihhi;İstasyon;Uzun Sokak;4;;;;;;",
    )
    first, again = await imported(server, data), await imported(server, data)
    assert (first.added, first.known) == (3, 0)
    assert (again.added, again.known) == (0, 3)
    renamed = await imported(server, listing("R-20;Adı Değişen Büfe;sihhi;İstasyon;;;;;;;;"))
    assert (renamed.added, renamed.known) == (0, 1)


async def test_bad_rows_are_told_by_row_and_column_and_never_keep_good_ones_out(server):
    lon, lat = server.town().place(0)
    report = await imported(
        server,
        listing(
            "R-30;;sihhi;İstasyon;;;;;;;;",
            "R-31;=HYPERLINK(1);sihhi;İstasyon;;;;;;;;",
            "R-32;Sınıfsız;uzay;İstasyon;;;;;;;;",
            "R-33;Telefonu Yanlış;sihhi;İstasyon;;;12;;;;;",
            "R-34;Vergisi Yanlış;sihhi;İstasyon;;;;4540536921;;;;",
            "R-35;Mahallesi Yok;sihhi;Ay Mahallesi;;;;;;;;",
            f"R-36;Ters;sihhi;;;;;;;{lon};{lat};",
            "R-37;Uzak;sihhi;;;;;;;10;10;",
            "R-38;Yarım;sihhi;;;;;;;41;;",
            "R-39;Yersiz;sihhi;;;;;;;;;",
            "R-40;Alanı Yok;sihhi;İstasyon;;;;;;;;çok",
            "R-41;NUL\x00lu;sihhi;İstasyon;;;;;;;;",
            "R-42;Sağlam Fırın;sihhi;İstasyon;;;;;;;;-",
            "R-42;Sağlam Fırın İki;sihhi;İstasyon;;;;;;;;",
        ),
    )
    assert faults(report) == [
        (2, "title", "missing"), (3, "title", "formula"), (4, "class_code", "class_unknown"), (5, "phone", "phone"),
        (6, "tax_no", "tax_no"), (7, "neighbourhood", "neighbourhood_unknown"), (8, "lat", "swapped"),
        (9, "lat", "outside"), (10, "lon", "half_place"), (11, "neighbourhood", "no_place"),
        (12, "floor_area_m2", "number"), (13, "title", "nul"), (15, "title", "twice_in_file"),
    ]  # fmt: skip
    assert (report.rows, report.added, report.refused) == (14, 1, 13)
    assert "Sağlam Fırın" in titles(server)


async def test_refused_rows_come_back_as_they_were_to_be_corrected_and_run_nothing_in_a_spreadsheet(server):
    out = io.StringIO(newline="")
    await imported(
        server, listing("R-50;=1+1;sihhi;İstasyon;;;;;;;;", "R-51;İyi;sihhi;İstasyon;;;;;;;;"), faults_to=out
    )
    rows = list(csv.DictReader(io.StringIO(out.getvalue()), delimiter=";"))
    assert [(row["Ruhsat No"], row["İşyeri Adı"], row["Satır"]) for row in rows] == [("R-50", "'=1+1", "2")]
    assert "formül" in rows[0]["Sorun"]
    corrected = out.getvalue().replace("'=1+1", "Düzeltilen Büfe").encode()
    again = await imported(server, corrected)
    assert (again.added, again.unused) == (1, ["Satır", "Sorun"])


async def test_a_dry_run_writes_nothing(server):
    before = titles(server)
    report = await imported(server, listing("R-60;Denenen;sihhi;İstasyon;;;;;;;;"), write=False)
    assert (report.good, report.added) == (1, 0)
    assert titles(server) == before


async def test_the_same_tax_number_under_another_title_is_for_a_person_to_decide(server):
    known = await registered(server, title="Önceki Ad", tax_no="1234567890")
    await imported(server, listing("R-70;Sonraki Ad;sihhi;İstasyon;;;;1234567890;;;;"))
    rows = server.rows("SELECT reason FROM business_match WHERE other_id = %s", known)
    assert rows == [{"reason": "tax_no"}]


async def test_only_who_may_import_imports_and_only_into_the_own_town(server):
    actor = system_actor(server.town().municipality_id)
    with pytest.raises(Forbidden):
        await service.import_businesses(server.database, actor, io.BytesIO(listing()))
    await service.import_businesses(
        server.database, importer(server, "akpinar"), io.BytesIO(listing("R-80;Başka Belde;sihhi;Çınarlı;;;;;;;;"))
    )
    mine = server.rows("SELECT municipality_id FROM business WHERE title = 'Başka Belde'")
    assert mine == [{"municipality_id": server.town("akpinar").municipality_id}]


async def test_thousands_of_rows_of_one_taxpayer_come_in_short_transactions(server):
    rows = [f"S-{number};Sıra Büfe {number};sihhi;İstasyon;;{number};;{VKN};;;;" for number in range(2_000)]
    told, began = [], time.perf_counter()

    async def progress(count):
        told.append((count, time.perf_counter()))

    report = await imported(server, listing(*rows), progress=progress)
    assert report.added == 2_000
    assert [count for count, _ in told] == [500, 1_000, 1_500, 2_000]
    moments = [began, *(at for _, at in told)]
    assert max(after - before for before, after in pairwise(moments)) < 2


@pytest.fixture
def context(server):
    """The jobs' surroundings on this server."""
    return JobContext(server.town().municipality_id, server.database, {"store": server.app.state.store})


def keeper(server):
    town = server.town()
    person = town.staff["municipal_administrator"].id
    return replace(system_actor(town.municipality_id), kind="staff", id=person, grants={"business.import": None})


async def sent(server, data, default_class=None):
    actor = keeper(server)
    async with server.database.transaction(actor.municipality_id) as session:
        return await service.start_import(session, server.app.state.store, actor, "liste.csv", data, default_class)


async def view(server, import_id):
    actor = keeper(server)
    async with server.database.transaction(actor.municipality_id) as session:
        return await service.read_import(session, actor, import_id)


async def confirm(server, import_id):
    actor = keeper(server)
    async with server.database.transaction(actor.municipality_id) as session:
        await service.confirm_import(session, actor, import_id)


async def test_a_list_that_was_sent_in_is_looked_through_and_written_only_on_a_word(server, context):
    data = listing("R-90;Konsoldan Büfe;sihhi;İstasyon;;;;;Gizli Sahip;;;", "R-91;;sihhi;İstasyon;;;;;;;;")
    import_id = await sent(server, data)
    with pytest.raises(ImportNotWaiting):
        await confirm(server, import_id)
    await jobs.check_import(context, import_id=str(import_id))
    checked = await view(server, import_id)
    assert (checked.state, checked.report.good, checked.report.refused) == ("checked", 1, 1)
    assert "Konsoldan Büfe" not in titles(server)
    await confirm(server, import_id)
    with pytest.raises(ImportNotWaiting):
        await confirm(server, import_id)
    for _ in range(2):
        await jobs.write_import(context, import_id=str(import_id))
    done = await view(server, import_id)
    assert (done.state, done.report.added) == ("done", 1)
    assert "Konsoldan Büfe" in titles(server)
    actor = keeper(server)
    async with server.database.transaction(actor.municipality_id) as session:
        told = await service.faults_file(session, server.app.state.store, actor, import_id)
    assert "R-91" in told.decode("utf-8-sig")


async def test_what_is_kept_of_a_list_is_sealed_and_goes_after_a_week(server, context):
    import_id = await sent(server, listing("R-95;Saklanan;sihhi;İstasyon;;;;;Gizli Sahip;;;"))
    store, place = server.app.state.store, f"m{context.municipality_id}/imports/{import_id}/file"
    assert "Gizli".encode("cp1254") not in await store.get(place)
    await jobs.forget_imports(context)
    assert (await view(server, import_id)).state == "checking"
    server.execute("UPDATE business_import SET created_at = now() - interval '8 days' WHERE id = %s", import_id)
    await jobs.forget_imports(context)
    with pytest.raises(NotFound):
        await view(server, import_id)
    with pytest.raises(FileNotFoundError):
        await store.get(place)


async def test_a_file_that_is_no_list_fails_with_a_reason_people_understand(server, context):
    import_id = await sent(server, b"PK\x03\x04 excel")
    await jobs.check_import(context, import_id=str(import_id))
    failed = await view(server, import_id)
    assert failed.state == "failed"
    assert "Excel" in failed.failure[0]


async def test_nobody_of_another_town_sees_a_list(server):
    import_id = await sent(server, listing())
    other = replace(importer(server, "akpinar"), kind="staff")
    async with server.database.transaction(other.municipality_id) as session:
        with pytest.raises(NotFound):
            await service.read_import(session, other, import_id)
    with psycopg.connect(server.urls.app) as connection:
        assert connection.execute("SELECT count(*) FROM business_import").fetchone() == (0,)

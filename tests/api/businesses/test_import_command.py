"""`belediye import businesses`: an operator sees what came in, what did not, and why."""

import base64

import psycopg
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.settings import get_settings
from tests.factories.towns import MASTER_KEY

LIST = "Tabela,Mahalle,Telefon\nBirinci Büfe,Çınarlı,0212 293 11 22\nİkinci Büfe,Çınarlı,12\n"


@pytest.fixture
def belediye(real_db, monkeypatch, tmp_path):
    """Run `belediye import businesses` on a list; gives exit code, everything printed, and the refused rows."""
    for name, value in {
        "ENVIRONMENT": "test",
        "DATABASE_URL": real_db.app,
        "PLATFORM_DATABASE_URL": real_db.platform,
        "MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
    }.items():
        monkeypatch.setenv(f"BELEDIYE_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")

    def run(text, *options, municipality="kadikoy"):
        get_settings.cache_clear()
        (tmp_path / "liste.csv").write_text(text, encoding="utf-8")
        arguments = ["import", "businesses", str(tmp_path / "liste.csv"), "--municipality", municipality, *options]
        result = CliRunner().invoke(app, [*arguments, "--errors", str(tmp_path / "hata.csv")])
        refused = tmp_path / "hata.csv"
        return result.exit_code, result.output, refused.read_text("utf-8-sig") if refused.exists() else ""

    yield run
    get_settings.cache_clear()


def count(real_db):
    with psycopg.connect(real_db.admin) as connection:
        return connection.execute("SELECT count(*) FROM business").fetchone()[0]


def test_a_dry_run_tells_everything_and_the_next_run_writes_the_good_rows_once(belediye, real_db):
    code, output, _ = belediye(LIST, "--class", "sanitary", "--dry-run")
    assert (code, count(real_db)) == (2, 0), output
    assert "Tabela → title" in output
    code, output, refused = belediye(LIST, "--class", "sanitary")
    assert code == 2
    assert "1 işyeri eklendi" in output
    assert "Telefon numarası geçerli değil" in output
    assert "İkinci Büfe" in refused
    assert "Birinci Büfe" not in refused
    code, output, _ = belediye(LIST, "--class", "sanitary")
    assert "0 işyeri eklendi, 1 işyeri zaten kayıtlıydı" in output
    assert count(real_db) == 1


@pytest.mark.parametrize(
    ("text", "options", "municipality", "told"),
    [
        (LIST, (), "kadikoy", "Sınıf sütunu yok"),
        ("", ("--class", "sanitary"), "kadikoy", "Dosya boş"),
        ("Renk;Boy\n", ("--class", "sanitary"), "kadikoy", "sütun bulunamadı"),
        (LIST, ("--class", "sanitary"), "yok-boyle", "Belediye bulunamadı"),
    ],
)
def test_what_cannot_be_taken_says_why_and_writes_nothing(belediye, real_db, text, options, municipality, told):
    code, output, _ = belediye(text, *options, municipality=municipality)
    assert (code, count(real_db)) == (1, 0)
    assert told in output

import pyotp
import pytest
from typer.testing import CliRunner

from api.cli.demo_database import urls_of
from api.cli.main import app
from api.core import clock
from api.demo.staff import ADMINISTRATOR, PASSWORD, POSTS, TOTP_SECRET
from api.demo.stage import Secrets, Stage
from api.identity.passwords import demand_strong
from api.identity.totp import accepted_step


def demo(*arguments, **environment):
    unset = dict.fromkeys(("ONCE", "DEMO_SIZE", "DEMO_GEODATA", "DATABASE_URL", "DEMO_STATE"))
    return CliRunner().invoke(app, ["demo", *arguments], env={**unset, **environment})


@pytest.mark.parametrize(
    ("variable", "value"), [("DEMO_SIZE", "viel"), ("DEMO_SIZE", "5"), ("DEMO_GEODATA", "nowhere-at-all")]
)
def test_a_wrong_option_is_told_before_anything_starts(tmp_path, variable, value):
    refused = demo(**{"DEMO_STATE": str(tmp_path / "state"), variable: value})
    assert refused.exit_code == 1
    assert variable in refused.output
    assert not (tmp_path / "state").exists()


def test_a_second_demonstration_in_the_same_folder_is_refused(tmp_path):
    stage = Stage(tmp_path)
    stage.prepare()
    with stage.alone():
        refused = demo(DEMO_STATE=str(tmp_path))
    assert refused.exit_code == 1
    assert "başka bir örnek çalışıyor" in refused.output


def test_codes_are_those_that_the_server_accepts_now():
    with clock.frozen():
        told = demo("codes")
        code = pyotp.TOTP(TOTP_SECRET).at(clock.now(), counter_offset=1)
        assert accepted_step(TOTP_SECRET, code, clock.now(), 0) is not None
    assert told.exit_code == 0
    assert code in told.output
    for username in (*(post.username for post in POSTS), ADMINISTRATOR):
        assert username in told.output
        demand_strong(PASSWORD, username)


@pytest.mark.parametrize(
    ("admin", "place"),
    [
        (
            "postgresql://postgres:p%40ss@db.example:5433/postgres?sslmode=require",
            "@db.example:5433/belediye_demo?sslmode=require",
        ),
        ("postgresql://postgres@/postgres?host=/tmp/socket", "@/belediye_demo?host=/tmp/socket"),
        ("postgresql://root@[::1]/x", "@[::1]/belediye_demo"),
    ],
)
def test_every_role_has_its_own_address_on_the_given_server(admin, place):
    passwords = {f"belediye_{name}": f"{name}/+ secret" for name in ("owner", "app", "platform")}
    urls = urls_of(admin, Secrets("", passwords, ""))
    for name, url in (("owner", urls.owner), ("app", urls.app), ("platform", urls.platform)):
        assert url == f"postgresql://belediye_{name}:{name}%2F%2B%20secret{place}"
    assert urls.admin.endswith(place.removeprefix("@"))

"""Files under /static/: an address that changes with the content may be kept for a year."""

import pytest

from api.console.assets import Assets
from api.console.icons import icon_name, icon_names
from api.console.pages import pages

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "console.css").write_text("a{}")
    (tmp_path / "app" / "map.js").write_text("1")
    return tmp_path


def test_the_address_changes_with_any_file_of_the_folder(folder):
    before = Assets(folder).url("app/console.css")
    (folder / "app" / "map.js").write_text("2")
    assert Assets(folder).url("app/console.css") != before


def test_moving_bytes_from_one_file_to_its_neighbour_changes_the_address(folder):
    before = Assets(folder).url("app/console.css")
    (folder / "app" / "console.css").write_text("a{}1")
    (folder / "app" / "map.js").write_text("")
    assert Assets(folder).url("app/console.css") != before


@pytest.mark.parametrize("path", ["app/none.css", "none/console.css", "app", "app/../app/console.css/.."])
def test_a_file_that_is_not_there_has_no_address(folder, path):
    with pytest.raises(LookupError):
        Assets(folder).url(path)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("app/base.css", "text/css"), ("app/console.js", "text/javascript"), ("app/icons.svg", "image/svg+xml")],
)
async def test_files_are_served_with_their_type_for_a_year(browser, path, kind):
    answer = await browser.open(pages().assets.url(path))
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == kind
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/static/000000000000/app/base.css",
        "/static/app/base.css",
        "/static/{hash}/app/../../pages.py",
        "/static/{hash}/app/%2e%2e/%2e%2e/pages.py",
        "/static/{hash}/app/none.css",
        "/static/",
    ],
)
async def test_other_addresses_are_not_found(browser, path):
    answer = await browser.open(path.format(hash=pages().assets.hashes["app"]))
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_a_category_without_a_drawing_of_its_own_gets_the_general_one():
    assert icon_name("road") == "road"
    assert icon_name("no-such-thing") == "other"
    assert icon_name('road"/><script>') == "other"


async def test_every_category_of_the_seed_has_a_drawing(server):
    categories = (await server.client.get("/v1/public/kadikoy/categories")).json()
    assert {category["icon"] for category in categories} - {""} <= icon_names()

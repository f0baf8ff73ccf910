import hashlib
import sqlite3

import pytest

from api.core import clock
from api.core.jobs import JobContext
from api.offline_maps import jobs, service
from api.offline_maps.drawing import DrawingFailed

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _nobody_asked_yet(server):
    server.execute("DELETE FROM map_package")


async def listed(server, slug="kadikoy"):
    answer = await server.client.get("/v1/map-packages", headers=await server.staff("field_inspector", slug))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def drawn(server, slug="kadikoy"):
    context = JobContext(server.town(slug).municipality_id, server.database, {"store": server.app.state.store})
    await jobs.draw_next(context)


async def fetched(server, package, **headers):
    who = await server.staff("field_inspector")
    return await server.client.get(f"/v1/map-packages/{package['id']}/file", headers={**who, **headers})


async def test_the_first_question_has_the_map_drawn_and_its_file_can_be_fetched_in_pieces(server, tmp_path):
    (package,) = await listed(server)
    assert (package["state"], package["version"], package["size"]) == ("waiting", 0, 0)
    assert (await fetched(server, package)).status_code == 404
    waiting = server.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'offline_maps.draw_next'")
    assert server.town().municipality_id in {row["args"]["municipality_id"] for row in waiting}

    await drawn(server)
    (package,) = await listed(server)
    assert (package["state"], package["version"]) == ("ready", 1)
    whole = await fetched(server, package)
    assert (whole.status_code, len(whole.content)) == (200, package["size"])
    assert hashlib.sha256(whole.content).hexdigest() == package["sha256"]
    etag = whole.headers["etag"]
    rest = await fetched(server, package, Range="bytes=1000-", **{"If-Range": etag})
    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert rest.headers["content-range"] == f"bytes 1000-{package['size'] - 1}/{package['size']}"
    other = await fetched(server, package, Range="bytes=1000-", **{"If-Range": '"an older file"'})
    assert (other.status_code, other.content) == (200, whole.content)
    beyond = await fetched(server, package, Range=f"bytes={package['size']}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{package['size']}")

    path = tmp_path / "town.mbtiles"
    path.write_bytes(whole.content)
    file = sqlite3.connect(path)
    assert file.execute("SELECT count(*) FROM tiles").fetchone() == (package["tile_count"],)
    west, south, east, north = map(float, dict(file.execute("SELECT * FROM metadata"))["bounds"].split(","))
    file.close()
    lon, lat = server.town().place(0)
    assert west < lon < east
    assert south < lat < north


async def test_a_map_is_drawn_anew_only_when_the_town_has_changed(server, monkeypatch):
    (package,) = await listed(server)
    town, real = server.town().municipality_id, clock.now

    async def looked_at(days):
        monkeypatch.setattr(clock, "now", lambda: real() + days * 2 * service.CHECKED_EVERY)
        await drawn(server)
        return server.rows("SELECT version, sha256 FROM map_package WHERE id = %s", package["id"])[0]

    first = await looked_at(1)
    assert await looked_at(2) == first
    server.execute("UPDATE base_map_feature SET name = 'Yeni Cadde' WHERE municipality_id = %s", town)
    after = await looked_at(3)
    assert after["version"] == first["version"] + 1
    assert after["sha256"] != first["sha256"]


async def test_a_drawing_process_that_dies_leaves_its_reason_and_the_next_attempt_succeeds(server, monkeypatch):
    await listed(server, "akpinar")
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(DrawingFailed, match="status 1"):
        await drawn(server, "akpinar")
    (failed,) = await listed(server, "akpinar")
    assert (failed["state"], failed["version"]) == ("failed", 0)
    monkeypatch.undo()
    # Not at every question of a phone: in an hour.
    await drawn(server, "akpinar")
    assert (await listed(server, "akpinar"))[0]["version"] == 0
    server.execute("UPDATE map_package SET checked_at = checked_at - %s", service.TRIED_AGAIN_AFTER)
    await drawn(server, "akpinar")
    (ready,) = await listed(server, "akpinar")
    assert (ready["state"], ready["version"]) == ("ready", 1)


async def test_districts_are_drawn_one_after_the_other(server):
    town = server.town().municipality_id
    (first,) = await listed(server)
    server.execute(
        """INSERT INTO map_package SELECT municipality_id, gen_random_uuid(), 7, name, state, failure, version,
                  source_hash, sha256, size, tile_count, west, south, east, north, first_zoom, last_zoom, drawn_at,
                  checked_at FROM map_package WHERE id = %s""",
        first["id"],
    )
    server.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'offline_maps.draw_next'")
    waiting = "SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = 'offline_maps.draw_next'"
    for ready, in_hand in ((1, 1), (2, 1)):
        await drawn(server)
        told = server.rows("SELECT count(*) AS n FROM map_package WHERE state = 'ready' AND municipality_id = %s", town)
        assert (told[0]["n"], server.rows(waiting)[0]["n"]) == (ready, in_hand)


async def test_a_town_does_not_see_the_maps_of_another(server):
    (mine,) = await listed(server)
    (theirs,) = await listed(server, "akpinar")
    await drawn(server, "akpinar")
    assert mine["id"] != theirs["id"]
    assert (await fetched(server, theirs)).status_code == 404

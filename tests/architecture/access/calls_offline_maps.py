"""How the routes of offline maps are called."""

from uuid import NAMESPACE_URL, uuid5

from api.offline_maps.service import file_key
from tests.architecture.access.making import Attempt, Call, maker, plain

plain("GET /v1/map-packages")


@maker("GET /v1/map-packages/{package_id}/file")
async def _read_file(at: Attempt) -> Call:
    town, data = at.town, b"SQLite format 3 of " + at.town.slug.encode()
    package_id = uuid5(NAMESPACE_URL, town.slug)
    at.world.admin.execute(
        """INSERT INTO map_package (municipality_id, id, area_code, name, state, failure, version, sha256, size,
                                    tile_count, west, south, east, north, first_zoom, last_zoom)
           VALUES (%s, %s, 1, %s, 'ready', '', 1, sha256(%s), %s, 1, 29, 40, 30, 41, 10, 16)
           ON CONFLICT DO NOTHING""",
        (town.municipality_id, package_id, town.slug, data, len(data)),
    )
    await at.world.server.app.state.store.put(file_key(town.municipality_id, package_id, 1), data)
    return Call({"package_id": package_id})

"""Where a business of a list is: by its coordinates, else on its street, else in the middle of its neighbourhood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import fetch_all
from api.core.text import fold
from api.municipalities import service as municipalities
from api.municipalities.service import TownConfig

Precision = Literal["coordinates", "street", "neighbourhood"]
_KINDS = frozenset(
    ("mah", "mahalle", "mahallesi", "mh", "sokak", "sokagi", "sok", "sk", "cadde", "caddesi", "cad", "cd", "bulvari",
     "bulvar", "blv", "bul")
)  # fmt: skip
_WORDS = re.compile(r"[a-z0-9]+")

# A street runs through several neighbourhoods: in each it is known by its point nearest to the middle.
STREETS_SQL = """
    SELECT s.name, n.id AS neighbourhood_id, ST_X(place.at) AS lon, ST_Y(place.at) AS lat
      FROM (SELECT name, id, ST_Transform(geom_3857, 4326) AS geom FROM base_map_feature
             WHERE municipality_id = %(municipality_id)s AND layer = 'street' AND name <> '') AS s
      JOIN (SELECT id, geom, ST_PointOnSurface(geom) AS middle FROM neighbourhood
             WHERE municipality_id = %(municipality_id)s) AS n ON ST_Intersects(n.geom, s.geom)
     CROSS JOIN LATERAL (SELECT ST_ClosestPoint(s.geom, n.middle) AS at) AS place
     ORDER BY s.id"""
CENTRES_SQL = """
    SELECT id, name, ST_X(place) AS lon, ST_Y(place) AS lat
      FROM (SELECT id, name, ST_PointOnSurface(geom) AS place FROM neighbourhood WHERE municipality_id = %s) AS area"""


@dataclass(frozen=True)
class Found:
    """A place in degrees, the neighbourhood it lies in, and how exactly it is known."""

    lon: float
    lat: float
    neighbourhood_id: UUID
    precision: Precision


@dataclass(frozen=True)
class Gazetteer:
    """The names of a town's neighbourhoods and streets."""

    town: TownConfig
    centres: Mapping[str, Found]
    streets: Mapping[tuple[UUID, str], Found]

    def at(self, lon: float, lat: float) -> Found | None:
        """The place of coordinates; None outside the town."""
        area = self.town.neighbourhood_at(lon, lat)
        return None if area is None else Found(lon, lat, area, "coordinates")

    def named(self, neighbourhood: str, street: str) -> Found | None:
        """The place of an address; None where there is no such neighbourhood."""
        centre = self.centres.get(name_key(neighbourhood))
        if centre is None:
            return None
        return self.streets.get((centre.neighbourhood_id, name_key(street)), centre)


def name_key(name: str) -> str:
    """Give the part of a name that tells it from others: `Çınar Sk.` and `ÇINAR SOKAK` are the same."""
    words = _WORDS.findall(fold(name))
    return " ".join(word for word in words if word not in _KINDS) or " ".join(words)


async def read_gazetteer(session: AsyncSession, municipality_id: int, config_version: int) -> Gazetteer:
    """Read the names of a town; two statements."""
    town = await municipalities.town_config(session, municipality_id, config_version)
    centres = {
        name_key(row["name"]): Found(row["lon"], row["lat"], row["id"], "neighbourhood")
        for row in await fetch_all(session, CENTRES_SQL, (municipality_id,))
    }
    streets: dict[tuple[UUID, str], Found] = {}
    for row in await fetch_all(session, STREETS_SQL, {"municipality_id": municipality_id}):
        area = row["neighbourhood_id"]
        streets.setdefault((area, name_key(row["name"])), Found(row["lon"], row["lat"], area, "street"))
    return Gazetteer(town, centres, streets)

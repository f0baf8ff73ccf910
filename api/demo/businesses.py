"""Pretend businesses along the town's streets: made-up names, numbers that belong to nobody, written by COPY."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
import psycopg
import shapely
from stdnum.tr import vkn

from api.businesses.service import sealed_owner
from api.core.crypto import Keyring
from api.core.text import fold
from api.demo.arrivals import Floats
from api.demo.copying import NULL, points_3857, points_4326, timestamps
from api.demo.identifiers import uuid7_texts
from api.demo.people import FIRST_NAMES, LAST_NAMES, PREFIX, dashed
from api.demo.setting import Setting
from api.demo.trades import TRADES
from geo.demo.features import Street
from geo.local_frame import LocalFrame
from geo.mercator import to_metres

# Of both towns together at the demonstration's usual size.
USUAL = 1_500
BUSINESS = """business (municipality_id, id, class_code, title, owner, tax_no, tax_no_index, licence_no, activity,
    address_text, neighbourhood_id, geom, geom_3857, phone, opening_hours, note, floor_area_m2, risk, search_text,
    status, source, registered_at, version)"""
_SYNTHETIC = "Örnek kayıt"
_LICENSED_SHARE, _OWNED_SHARE, _CLOSED_SHARE = 0.85, 0.9, 0.04
# On main streets shops stand door to door.
_ARTERY_WEIGHT = 4.0
_DOOR_M, _OLDEST_DAYS = 7.0, 3_600
_RISKS = {"sanitary": 30, "non_sanitary_2": 60, "non_sanitary_3": 45, "public_leisure": 60}
_TAX_NUMBERS = 1_000_000_000


def load_businesses(
    owner_url: str, setting: Setting, ring: Keyring, count: int, until: datetime, seed: Sequence[int]
) -> None:
    """Draw and write a town's businesses as the owner role, whom no row policy keeps from COPY.

    The same setting, count, moment and seed give the same businesses; all of them say that they are made up.
    """
    chance = np.random.default_rng([*seed, 77])
    with (
        psycopg.connect(owner_url) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {BUSINESS} FROM STDIN") as copy,
    ):
        copy.write("".join(_lines(setting, ring, count, until, chance)))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ANALYZE business")


def _lines(setting: Setting, ring: Keyring, count: int, until: datetime, chance: np.random.Generator) -> Iterator[str]:
    streets = [street for street in setting.map.streets if street.line.length > 0]
    lengths = np.array([street.line.length * (_ARTERY_WEIGHT if street.kind == "artery" else 1) for street in streets])
    chosen = chance.choice(len(streets), count, p=lengths / lengths.sum())
    weights = np.array([trade.weight for trade in TRADES])
    trades = chance.choice(len(TRADES), count, p=weights / weights.sum())
    lon, lat = _doors(setting, [streets[index] for index in chosen], chance)
    metres = np.array([to_metres(*place) for place in zip(lon.tolist(), lat.tolist(), strict=True)]).reshape(count, 2)
    days = chance.integers(1, _OLDEST_DAYS, count)
    at = np.array([int((until - timedelta(days=int(day))).timestamp() * 1000) for day in days], dtype=np.int64)
    ids, told_at = uuid7_texts(at, chance), timestamps(at)
    geom, geom_3857 = points_4326(lon, lat), points_3857(metres[:, 0], metres[:, 1])
    shares = chance.random((count, 4))
    for row in range(count):
        trade, street = TRADES[trades[row]], streets[chosen[row]]
        area = setting.town.neighbourhood_at(float(lon[row]), float(lat[row]))
        where = setting.town.neighbourhood_name(area) or ""
        last = str(chance.choice(LAST_NAMES))
        owner = f"{chance.choice(FIRST_NAMES)} {last}"
        title = str(chance.choice(trade.signs)).format(
            first=chance.choice(FIRST_NAMES), last=last, place=where.removesuffix(" Mahallesi")
        )
        address = f"{where}, {street.name} No: {int(chance.integers(1, 120))}"
        identifier = dashed(ids[row])
        sealed = sealed_owner(ring, identifier, owner, tax_number(chance)) if shares[row, 0] < _OWNED_SHARE else {}
        values = (
            str(setting.municipality_id), identifier, trade.class_code, title,
            *(_bytea(sealed.get(name)) for name in ("owner", "tax_no", "tax_no_index")),
            f"{told_at[row][:4]}/{row + 1:04d}" if shares[row, 1] < _LICENSED_SHARE else NULL,
            trade.activity, address, str(area) if area else NULL, geom[row], geom_3857[row],
            f"{PREFIX}{int(chance.integers(10_000_000)):07d}" if shares[row, 2] < _OWNED_SHARE else NULL,
            trade.hours, _SYNTHETIC,
            str(max(8, round(trade.area_m2 * (0.5 + shares[row, 3])))), str(_RISKS[trade.class_code]),
            fold(f"{title} {trade.activity} {address}"), "closed" if shares[row, 2] > 1 - _CLOSED_SHARE else "active",
            "import", told_at[row], "1",
        )  # fmt: skip
        yield "\t".join(values) + "\n"


def _doors(setting: Setting, streets: Sequence[Street], chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Give a door beside each street: somewhere along its line, some metres to one side."""
    frame = LocalFrame(*setting.town.center)
    lines = np.array([street.line for street in streets], dtype=object)
    along = chance.random(len(lines))
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, along, normalized=True))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.minimum(along + 0.02, 1), normalized=True))
    here_m, ahead_m = frame.to_metres(here), frame.to_metres(ahead)
    direction = ahead_m - here_m
    length = np.maximum(np.hypot(direction[:, 0], direction[:, 1]), 1e-6)
    side = np.where(chance.random(len(lines)) < 0.5, 1.0, -1.0) * _DOOR_M / length  # noqa: PLR2004 (either side)
    doors = here_m + np.column_stack([-direction[:, 1], direction[:, 0]]) * side[:, None]
    lonlat = frame.to_degrees(doors)
    return lonlat[:, 0], lonlat[:, 1]


def tax_number(chance: np.random.Generator) -> str:
    """Draw a tax number with a right check digit."""
    digits = f"{int(chance.integers(_TAX_NUMBERS)):09d}"
    return digits + str(vkn.calc_check_digit(digits))


def _bytea(value: bytes | None) -> str:
    return NULL if value is None else f"\\\\x{value.hex()}"

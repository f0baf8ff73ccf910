"""The two towns of the demonstration: a metropolitan district and a small town, founded as an operator would."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import shapely
from shapely.geometry import box, mapping
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core import clock
from api.core.actor import Actor
from api.core.db import Database
from api.core.ids import uuid7
from api.core.sql import fetch_all, fetch_one, run
from api.demo.setting import read_setting
from api.demo.staff import employ, open_administrator
from api.municipalities import service as municipalities
from api.municipalities.schemas import AppearanceIn, DepartmentIn, ParameterIn, ServiceAreaIn
from api.municipalities.service import Kind
from api.platform.provisioning import NewTenant, create_tenant
from geo.demo.features import Polygonal, Street
from geo.demo.outline import outline_from_file
from geo.local_frame import LocalFrame

_ARTERIES, _ARTERY_WIDTH_M = 6, 14.0
_MOST_DAYS = 800


@dataclass(frozen=True, slots=True)
class DemoTown:
    """A town to be founded; `share` is its part of all pretend reports, `center` where to draw it."""

    name: str
    kind: Kind
    province: str
    slug: str
    share: float
    center: tuple[float, float]


KADIKOY = DemoTown("Kadıköy", "metropolitan_district", "İstanbul", "kadikoy", 0.8, (29.065, 40.985))
SAFRANBOLU = DemoTown("Safranbolu", "district", "Karabük", "safranbolu", 0.2, (32.694, 41.249))
TOWNS = (KADIKOY, SAFRANBOLU)
STEPS_A_TOWN = 9


async def found_town(platform: Database, town: DemoTown, geodata: Path | None, on_step: Callable[[], None]) -> int:
    """Found a town with its map, staff and its own configuration; gives its id.

    Args:
        platform: pool of the role that crosses municipalities.
        town: which one.
        geodata: folder of GeoJSON files that may hold the town's real outline.
        on_step: told STEPS_A_TOWN times on the way.
    """
    new = NewTenant(
        town.kind, town.name, slug=town.slug, province=town.province, center=town.center,
        outline=find_outline(geodata, town.name),
    )  # fmt: skip
    made = await create_tenant(platform, new, lambda _: on_step())
    async with platform.transaction(made.municipality_id) as session:
        rows = await fetch_all(
            session, "SELECT code, id FROM department WHERE municipality_id = %s", (made.municipality_id,)
        )
        departments: dict[str, UUID] = {row["code"]: row["id"] for row in rows}
        await employ(session, made.municipality_id, town.kind, departments)
        await open_administrator(session, made.municipality_id)
        on_step()
    async with platform.transaction(made.municipality_id) as session:
        administrator = _administrator(made.municipality_id)
        if town is KADIKOY:
            await _arrange_kadikoy(session, administrator, departments)
        else:
            await _arrange_safranbolu(session, administrator)
        on_step()
    return made.municipality_id


def find_outline(geodata: Path | None, name: str) -> Polygonal | None:
    """Look for a real outline (`properties.name`) in the GeoJSON files of a folder; None if there is none.

    Raises:
        GeoError: it is there, but cannot be accepted.
    """
    for file in sorted(geodata.glob("*.*json")) if geodata else ():
        try:
            return outline_from_file(file, name)
        except LookupError:
            continue
    return None


def _administrator(municipality_id: int) -> Actor:
    rights = ("department.edit", "routing.edit", "parameter.edit", "appearance.edit")
    return Actor("system", municipality_id, grants=dict.fromkeys(rights))


async def _arrange_kadikoy(session: AsyncSession, actor: Actor, departments: dict[str, UUID]) -> None:
    """Two road teams with their own areas, main roads of the metropolitan, a shorter legal period of its own."""
    setting = await read_setting(session, actor.municipality_id)
    category = {item.code: item.id for item in setting.config.categories.values()}
    west, south, east, north = setting.map.outline.bounds
    middle = shapely.centroid(setting.map.outline).x
    position = 0
    for code, name, half in (
        ("roads_west", "Batı Bölgesi Yol Ekibi", box(west - 0.01, south - 0.01, middle, north + 0.01)),
        ("roads_east", "Doğu Bölgesi Yol Ekibi", box(middle, south - 0.01, east + 0.01, north + 0.01)),
    ):
        team = await municipalities.add_department(
            session, actor, DepartmentIn(code=code, name=name, parent_id=departments["technical_works"], grade="team")
        )
        area = ServiceAreaIn(
            name=name.removesuffix(" Yol Ekibi"), purpose="team", position=10 + position, outline=mapping(half)
        )
        area_id = await municipalities.draw_service_area(session, actor, area)
        for subject in ("FEN-01", "FEN-02"):
            position += 1
            await _add_rule(session, actor, position, category[subject], area_id, "own", team)
    corridor = ServiceAreaIn(
        name="Büyükşehir ana arterleri", purpose="authority", position=1,
        outline=mapping(_corridor([street for street in setting.map.streets if street.kind == "artery"])),
    )  # fmt: skip
    area_id = await municipalities.draw_service_area(session, actor, corridor)
    await _add_rule(session, actor, position + 1, category["FEN-09"], area_id, "metropolitan", None)
    await municipalities.set_parameter(
        session,
        actor,
        "petition_answer_days",
        ParameterIn(
            value=Decimal(15),
            valid_from=clock.today() - timedelta(days=_MOST_DAYS),
            legal_reference="Örnek belediye meclisi kararı",
        ),
    )
    await _dress(
        session, actor, primary="#0b4f8a", accent="#f2a900", phone="0216 000 00 00",
        opens=["08:30", "12:00", "13:00", "17:30"],
        welcome=("Kadıköy cebinizde: bildirin, izleyin.", "Kadıköy in your pocket: report and follow."),
    )  # fmt: skip


async def _arrange_safranbolu(session: AsyncSession, actor: Actor) -> None:
    """Earlier working hours, its own colours and words; its own water works round the clock come with its kind."""
    await _dress(
        session, actor, primary="#7a3b1d", accent="#5b2a86", phone="0370 000 00 00",
        opens=["08:00", "12:00", "13:00", "17:00"],
        welcome=("Safranbolu'da gördüğünüzü bize yazın.", "Tell us what you see in Safranbolu."),
    )  # fmt: skip


async def _dress(
    session: AsyncSession, actor: Actor, *, primary: str, accent: str, phone: str, opens: list[str],
    welcome: tuple[str, str],
) -> None:  # fmt: skip
    row = await fetch_one(session, "SELECT texts FROM appearance WHERE municipality_id = %s", (actor.municipality_id,))
    texts = {**(row["texts"] if row else {}), "welcome": {"tr": welcome[0], "en": welcome[1]}}
    look = {
        "theme": {"primary": primary, "accent": accent},
        "texts": texts,
        "contact": {"phone": phone},
        "working_hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), opens),
    }
    await municipalities.edit_appearance(session, actor, AppearanceIn.model_validate(look))


async def _add_rule(
    session: AsyncSession, actor: Actor, position: int, category_id: UUID, area_id: UUID, authority: str,
    department_id: UUID | None,
) -> None:  # fmt: skip
    await run(
        session,
        """INSERT INTO routing_rule (municipality_id, id, position, category_id, service_area_id, authority,
                                     department_id, is_active)
           VALUES (%s, %s, %s, %s, %s, %s, %s, true)""",
        (actor.municipality_id, uuid7(), position, category_id, area_id, authority, department_id),
    )
    await municipalities.bump_config(session, actor.municipality_id)


def _corridor(arteries: list[Street]) -> Polygonal:
    """The longest arteries as one broad band."""
    frame = LocalFrame.around(shapely.union_all([street.line for street in arteries]))
    length: dict[str, float] = {}
    for street in arteries:
        length[street.name] = length.get(street.name, 0.0) + frame.shape_to_metres(street.line).length
    longest = sorted(length, key=lambda name: -length[name])[:_ARTERIES]
    flat = shapely.union_all([frame.shape_to_metres(street.line) for street in arteries if street.name in longest])
    band: Polygonal = frame.shape_to_degrees(shapely.simplify(shapely.buffer(flat, _ARTERY_WIDTH_M), 1.0))
    return band

"""Everything that makes one town differ from another, in memory and ready to be asked: it is read once per version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from api.core import clock
from api.municipalities.calendar import HolidayLength, Hours, WorkingCalendar
from api.municipalities.parameters import PETITION_ANSWER_DAYS, PLACE_TOLERANCE_M, ParameterTable
from geo.area_routing import AreaIndex

Purpose = Literal["team", "authority"]


@dataclass(frozen=True, slots=True)
class DepartmentInfo:
    """A unit of the organisation tree; closed ones stay, because old cases name them."""

    id: UUID
    code: str
    name: str
    parent_id: UUID | None
    grade: str
    working_hours: Hours | None
    is_round_the_clock: bool
    phone: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class NeighbourhoodInfo:
    """A neighbourhood without its outline."""

    id: UUID
    official_id: int
    name: str
    population: int


@dataclass(frozen=True, slots=True)
class ServiceAreaInfo:
    """A service area that is in use, without its outline."""

    id: UUID
    name: str
    purpose: Purpose
    position: int


@dataclass(frozen=True, slots=True)
class AppearanceInfo:
    """What the town's citizens see; texts by language."""

    theme: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    contact: Mapping[str, str]
    working_hours: Hours

    @property
    def languages(self) -> list[str]:
        """Languages in which every text is written, Turkish first."""
        spoken = set.intersection(*(set(text) for text in self.texts.values())) if self.texts else set()
        return sorted(spoken | {"tr"}, key=lambda language: (language != "tr", language))


@dataclass(frozen=True)
class TownConfig:
    """The configuration of one municipality at one `config_version`; never changed once built."""

    municipality_id: int
    config_version: int
    slug: str
    name: str
    kind: str
    parent_name: str | None
    center: tuple[float, float]
    departments: Mapping[UUID, DepartmentInfo]
    neighbourhood_names: Mapping[UUID, NeighbourhoodInfo]
    neighbourhoods: AreaIndex[UUID]
    service_areas: Mapping[UUID, ServiceAreaInfo]
    service_area_outlines: tuple[AreaIndex[UUID], ...]
    modules: Mapping[str, bool]
    appearance: AppearanceInfo
    holidays: Mapping[date, HolidayLength]
    parameters: ParameterTable
    _calendars: dict[tuple[UUID | None, bool], WorkingCalendar] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def department_name(self, department_id: UUID | None) -> str | None:
        """Name of a department, also of a closed one; None for None or an unknown id."""
        department = self.departments.get(department_id) if department_id else None
        return department.name if department else None

    def department_by_code(self, code: str) -> DepartmentInfo | None:
        """Find a department by its code."""
        return next((department for department in self.departments.values() if department.code == code), None)

    def department_subtree(self, department_id: UUID) -> frozenset[UUID]:
        """A department with everything below it, closed ones included; empty for an unknown id."""
        if department_id not in self.departments:
            return frozenset()
        below = {department_id}
        while grown := {
            department.id
            for department in self.departments.values()
            if department.parent_id in below and department.id not in below
        }:
            below |= grown
        return frozenset(below)

    def neighbourhood_name(self, neighbourhood_id: UUID | None) -> str | None:
        """Name of a neighbourhood; None for None or an unknown id."""
        neighbourhood = self.neighbourhood_names.get(neighbourhood_id) if neighbourhood_id else None
        return neighbourhood.name if neighbourhood else None

    def neighbourhood_at(self, lon: float, lat: float) -> UUID | None:
        """Find the neighbourhood of a place in degrees; None outside the town.

        A place just outside still counts (quays, GPS error): up to the parameter `place_tolerance_m`.
        """
        inside = self.neighbourhoods.find(lon, lat)
        if inside is not None:
            return inside
        nearest = self.neighbourhoods.nearest(lon, lat)
        if nearest is None or nearest.metres == 0:
            return nearest.id if nearest else None
        tolerance = self.parameters.find(PLACE_TOLERANCE_M, clock.today())
        return nearest.id if nearest.metres <= (float(tolerance.value) if tolerance else 0.0) else None

    def service_areas_at(self, lon: float, lat: float) -> frozenset[UUID]:
        """All service areas in use that hold a place, border included; areas may overlap."""
        found = (outline.find(lon, lat) for outline in self.service_area_outlines)
        return frozenset(area_id for area_id in found if area_id is not None)

    def calendar(self, department_id: UUID | None = None, *, round_the_clock: bool = False) -> WorkingCalendar:
        """Working time of a department; of the town hall for None or an unknown id.

        `round_the_clock` asks for emergencies, which no department's hours hold up.
        """
        key = (department_id, round_the_clock)
        if key not in self._calendars:
            department = self.departments.get(department_id) if department_id else None
            hours = department.working_hours if department else None
            always = round_the_clock or (department is not None and department.is_round_the_clock)
            self._calendars[key] = WorkingCalendar(hours or self.appearance.working_hours, self.holidays, always)
        return self._calendars[key]

    def is_on(self, module: str) -> bool:
        """Say whether a module of the platform is switched on."""
        return self.modules.get(module, False)

    def petition_days(self, at: datetime) -> int:
        """Days within which a petition of that moment has to be answered (3071 m.7)."""
        return int(self.parameters.value(PETITION_ANSWER_DAYS, at.astimezone(clock.ISTANBUL).date()))

    def public(self) -> dict[str, Any]:
        """What anybody may read of it: name, look, texts, services and contact."""
        return {
            "slug": self.slug,
            "name": self.name,
            "kind": self.kind,
            "parent_name": self.parent_name,
            "center": {"lon": self.center[0], "lat": self.center[1]},
            "config_version": self.config_version,
            "languages": self.appearance.languages,
            "theme": dict(self.appearance.theme),
            "texts": {code: dict(text) for code, text in self.appearance.texts.items()},
            "contact": dict(self.appearance.contact),
            "working_hours": {day: list(times) for day, times in self.appearance.working_hours.items()},
            "modules": sorted(code for code, is_on in self.modules.items() if is_on),
        }

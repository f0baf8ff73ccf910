"""Tables of the municipalities themselves and of what makes one town differ from another."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Column, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.core.tables import TenantTable, json_column, tenant_key, timestamp


class Municipality(SQLModel, table=True):
    """A town hall, a metropolitan municipality or a union; the one reference table that all others hang on."""

    __tablename__ = "municipality"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('metropolitan', 'province', 'metropolitan_district', 'district', 'town', 'union')",
            name="ck_municipality_kind",
        ),
        Index("ix_municipality_outline", "outline", postgresql_using="gist"),
    )
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    slug: str = Field(unique=True)
    name: str
    kind: str
    parent_id: int | None = Field(default=None, foreign_key="municipality.id")
    province_code: int = Field(description="plate code 01–81")
    district_id: int | None = Field(default=None, description="official district id, where the town is one district")
    center_lon: float
    center_lat: float
    outline: Any = Field(
        sa_column=Column(Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=True),
        description="simplified; only says whose town a place is in",
    )
    is_active: bool = True
    config_version: int = Field(default=1, description="grows with every change of its configuration")
    created_at: datetime = timestamp()


class ReferenceProvince(SQLModel, table=True):
    """A province of the official list."""

    __tablename__ = "reference_province"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    population: int
    is_metropolitan: bool
    lon: float
    lat: float


class ReferenceDistrict(SQLModel, table=True):
    """A district of the official list."""

    __tablename__ = "reference_district"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    province_id: int = Field(foreign_key="reference_province.id", index=True)
    name: str
    population: int
    area_km2: float


class ReferenceNeighbourhood(SQLModel, table=True):
    """A neighbourhood (mahalle) of the official list, with its official id and population."""

    __tablename__ = "reference_neighbourhood"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    district_id: int = Field(foreign_key="reference_district.id", index=True)
    name: str
    population: int


class NationalParameter(SQLModel, table=True):
    """A rate, limit or period set by law for all municipalities, with the dates between which it holds."""

    __tablename__ = "national_parameter"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_national_parameter_dates"),
        CheckConstraint(
            "municipal_choice IN ('none', 'lower', 'higher', 'free')", name="ck_national_parameter_municipal_choice"
        ),
    )
    code: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = Field(default=None, description="first day on which it no longer holds")
    value: Any = Field(sa_column=Column(Numeric(18, 6), nullable=False))
    unit: str
    municipal_choice: str = Field(default="none", description="how a town may differ: none | lower | higher | free")
    legal_reference: str
    source_on: date | None = None
    is_verified: bool = False


class PublicHoliday(SQLModel, table=True):
    """A public or religious holiday; `half_day` closes the afternoon only."""

    __tablename__ = "public_holiday"
    day: date = Field(primary_key=True)
    name: str
    half_day: bool = False
    legal_reference: str
    is_verified: bool = Field(default=True, description="False: computed ahead, not yet announced")


class Parameter(SQLModel, table=True):
    """A municipality's own rate, limit or period; overrides the national one from `valid_from`."""

    __tablename__ = "parameter"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_parameter_dates"),)
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    code: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    value: Any = Field(sa_column=Column(Numeric(18, 6), nullable=False))
    unit: str
    legal_reference: str
    source_on: date | None = None
    is_verified: bool = False


class LocalHoliday(SQLModel, table=True):
    """A day on which this municipality does not work besides the national ones (for instance its liberation day)."""

    __tablename__ = "local_holiday"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    day: date = Field(primary_key=True)
    name: str
    half_day: bool = False


class Department(TenantTable, table=True):
    """A unit of the organisation tree (müdürlük, şeflik, ekip)."""

    __tablename__ = "department"
    __table_args__ = (
        tenant_key("parent_id", "department"),
        UniqueConstraint("municipality_id", "code", name="uq_department_code"),
    )
    code: str
    name: str
    parent_id: UUID | None = None
    grade: str = Field(default="department", description="presidency | department | section | team")
    working_hours: Any = json_column(nullable=True)  # as in Appearance; None = the municipality's
    is_round_the_clock: bool = False
    phone: str | None = None
    is_active: bool = True


class Neighbourhood(TenantTable, table=True):
    """A neighbourhood of the municipality with its outline."""

    __tablename__ = "neighbourhood"
    __table_args__ = (
        UniqueConstraint("municipality_id", "official_id", name="uq_neighbourhood_official"),
        Index("ix_neighbourhood_geom", "municipality_id", "geom", postgresql_using="gist"),
    )
    official_id: int
    name: str
    population: int
    geom: Any = Field(sa_column=Column(Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False))
    source: str = Field(description="synthetic, or where the outline came from")


class ServiceArea(TenantTable, table=True):
    """An area by which work is routed: a team's district, a main road corridor that belongs to the metropolitan."""

    __tablename__ = "service_area"
    __table_args__ = (Index("ix_service_area_geom", "municipality_id", "geom", postgresql_using="gist"),)
    name: str
    purpose: str = Field(description="team | authority")
    position: int = 0
    geom: Any = Field(sa_column=Column(Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False))
    is_active: bool = True


class BaseMapFeature(TenantTable, table=True):
    """A street, park or building of the town's own base map."""

    __tablename__ = "base_map_feature"
    __table_args__ = (Index("ix_base_map_feature_geom", "municipality_id", "geom_3857", postgresql_using="gist"),)
    layer: str = Field(description="street | park | building | water")
    kind: str = Field(description="for a street: main | street")
    name: str
    source: str
    geom_3857: Any = Field(sa_column=Column(Geometry("GEOMETRY", 3857, spatial_index=False), nullable=False))


class Module(SQLModel, table=True):
    """A service of the platform switched on or off in this municipality."""

    __tablename__ = "module"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    code: str = Field(primary_key=True, description="complaints | inspections | licences | debts | payments | …")
    is_on: bool = True


class Appearance(SQLModel, table=True):
    """Theme, texts, working hours and contact of a municipality: what its citizens see."""

    __tablename__ = "appearance"
    municipality_id: int = Field(primary_key=True, foreign_key="municipality.id")
    theme: Any = json_column()  # {"primary": "#…", "accent": "#…"}
    texts: Any = json_column()  # {"welcome": {"tr": …, "en": …}, …}
    contact: Any = json_column()  # {"phone": …, "address": …, "email": …}
    working_hours: Any = json_column()  # {"mon": ["08:30", "12:00", "13:00", "17:30"], …}

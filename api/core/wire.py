"""What requests of every domain are made of: a base that refuses unknown fields, and places on the map."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Wire(BaseModel):
    """Base of requests: unknown fields are refused, so nobody sets what is not theirs to set."""

    model_config = ConfigDict(extra="forbid")


class Place(Wire):
    """A point in WGS 84 degrees, as exact (in metres) as the receiver said."""

    lon: Lon
    lat: Lat
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None

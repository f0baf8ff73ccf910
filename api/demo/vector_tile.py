"""Reads the points of a Mapbox vector tile: enough to see whether a report stands on the map."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_FIXED = {_DOUBLE: 8, _FLOAT: 4}
# Field numbers of the format, version 2.
_LAYERS, _TAGS, _GEOMETRY = 3, 2, 4


@dataclass(frozen=True, slots=True)
class TilePoint:
    """A point in tile units (4,096 along a side, y to the south) with its properties: texts and whole numbers."""

    layer: str
    x: int
    y: int
    properties: dict[str, str | int]


def read_points(tile: bytes) -> list[TilePoint]:
    """Give every point of a tile. Raises ValueError or IndexError for bytes that are no vector tile."""
    return [point for number, layer in _fields(tile) if number == _LAYERS for point in _layer_points(layer)]


def _layer_points(layer: bytes) -> Iterator[TilePoint]:
    name, keys, values, features = "", [], [], []
    for number, value in _fields(layer):
        match number:
            case 1:
                name = value.decode()
            case 2:
                features.append(value)
            case 3:
                keys.append(value.decode())
            case 4:
                values.append(_value(value))
    for feature in features:
        parts = dict(_fields(feature))
        tags = list(_varints(parts.get(_TAGS, b"")))
        geometry = list(_varints(parts[_GEOMETRY]))
        properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
        yield TilePoint(name, _unzigzag(geometry[1]), _unzigzag(geometry[2]), properties)


def _value(message: bytes) -> str | int:
    number, value = next(iter(_fields(message)))
    match number:
        case 1:
            return str(value.decode())
        case 4:
            return int(value) - (1 << 64 if value >> 63 else 0)
        case 6:
            return _unzigzag(value)
    # Booleans and other whole numbers; fractions do not occur on this map.
    return int(value) if isinstance(value, int) else 0


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of every field of a protobuf message: a whole number, or the raw bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind in (_BYTES, *_FIXED):
            size, at = _varint(message, at) if kind == _BYTES else (_FIXED[kind], at)
            yield number, message[at : at + size]
            at += size
        else:
            raise ValueError("not a vector tile")


def _varints(message: bytes) -> Iterator[int]:
    at = 0
    while at < len(message):
        value, at = _varint(message, at)
        yield value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 (the highest bit says that more follows)
            return value, at


def _unzigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)

"""A list of businesses as municipalities keep it: a CSV file of unknown encoding, separator and column names."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from api.businesses.errors import ImportRefused
from api.businesses.import_faults import TEXTS, Fault
from api.core.text import fold

MOST_ROWS = 1_000_000
LONGEST_CELL = 20_000
_CHUNK = 1 << 20
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}
_DELIMITERS = ";,\t"

# Names of columns in Turkish and English, folded, letters and digits only.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("isyeriadi", "isyeriunvani", "unvan", "unvani", "tabela", "tabelaadi", "ticariunvan", "title", "name",
              "businessname", "isyeri"),
    "class_code": ("sinif", "sinifi", "isyerisinifi", "ruhsatsinifi", "ruhsatturu", "class", "classcode"),
    "activity": ("faaliyet", "faaliyeti", "faaliyetkonusu", "iskolu", "activity"),
    "address_text": ("adres", "adresi", "acikadres", "isyeriadresi", "address"),
    "street": ("sokak", "cadde", "caddesokak", "sokakcadde", "csbm", "street"),
    "door": ("kapino", "diskapino", "no", "door"),
    "neighbourhood": ("mahalle", "mahallesi", "mahalleadi", "neighbourhood", "neighborhood"),
    "phone": ("telefon", "tel", "telefonno", "isyeritelefonu", "phone"),
    "opening_hours": ("calismasaatleri", "acilissaatleri", "openinghours"),
    "note": ("not", "notlar", "aciklama", "note"),
    "licence_no": ("ruhsatno", "ruhsatnumarasi", "licenceno", "licenseno"),
    "floor_area_m2": ("alan", "alanm2", "m2", "kullanimalani", "kullanimalanim2", "metrekare", "floorarea",
                      "floorarea m2", "flooraream2"),
    "owner": ("sahibi", "sahip", "isyerisahibi", "adsoyad", "adisoyadi", "mukellef", "isletmeci", "owner"),
    "tax_no": ("vergino", "verginumarasi", "vergikimlikno", "vkn", "tckn", "vkntckn", "tckimlikno", "taxno"),
    "lon": ("boylam", "lon", "lng", "longitude", "x"),
    "lat": ("enlem", "lat", "latitude", "y"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}


@dataclass(frozen=True)
class Line:
    """A row as it stands in the file; `cells` by field hold what was mapped."""

    number: int
    raw: list[str]
    cells: dict[str, str]


@dataclass
class Sheet:
    """An opened list: which column is which field, which ones are of no use here, and how it was read."""

    header: list[str]
    fields: dict[int, str]
    encoding: str
    delimiter: str
    _rows: Iterator[list[str]]

    @property
    def unused(self) -> list[str]:
        """Names of columns that nothing is read from."""
        return [name for index, name in enumerate(self.header) if index not in self.fields and name.strip()]

    def lines(self) -> Iterator[Line | Fault]:
        """Give every row that can be read, and a fault in place of what cannot; ends at a fault that hides the rest."""
        number = 1
        while True:
            try:
                row = next(self._rows)
            except StopIteration:
                return
            except (csv.Error, UnicodeError):
                yield Fault(number + 1, "", "unreadable")
                return
            number += 1
            if number > MOST_ROWS + 1:
                yield Fault(number, "", "too_many_rows", f"{MOST_ROWS:,}".replace(",", "."))
                return
            if not any(cell.strip() for cell in row):
                continue
            if any(cell.strip() for cell in row[len(self.header) :]):
                yield Fault(number, "", "too_many_cells")
                continue
            cells = {field: row[index].strip() for index, field in self.fields.items() if index < len(row)}
            yield Line(number, row[: len(self.header)], cells)


def open_sheet(file: BinaryIO) -> Sheet:
    """Open a list: find its encoding and separator, and know its columns by their names.

    Args:
        file: seekable; it is read as the lines are asked for.

    Raises:
        ImportRefused: it is empty, no text, or has no column with names of businesses.
    """
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(_Kept(file), encoding=encoding, newline="")
    first = "".join(islice(text, 1)).strip("\r\n")
    if not first.strip():
        raise refused("empty")
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    header = next(csv.reader([first], delimiter=delimiter), [])
    fields: dict[int, str] = {}
    for index, name in enumerate(header):
        field = _FIELD_OF.get("".join(letter for letter in fold(name) if letter.isalnum()))
        if field is None:
            continue
        if field in fields.values():
            raise refused("column_twice", name[:60])
        fields[index] = field
    if "title" not in fields.values():
        raise refused("no_title")
    return Sheet(header, fields, encoding, delimiter, iter(csv.reader(text, delimiter=delimiter)))


def refused(code: str, value: str = "") -> ImportRefused:
    """Give the refusal of a whole file."""
    turkish, english = (text.format(value=value) for text in TEXTS[code])
    return ImportRefused(tr=turkish, en=english, reason=code)


class _Kept(io.BufferedReader):
    """A file that stays open when its text wrapper goes."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(_Raw(file))


class _Raw(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4)
    if not head:
        raise refused("empty")
    if head.startswith(_ARCHIVES):
        raise refused("spreadsheet")
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    for encoding in ("utf-8", "cp1254"):
        if _reads_as(file, encoding):
            return encoding
    raise refused("encoding")


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

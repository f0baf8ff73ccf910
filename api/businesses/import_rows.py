"""A row of a list becomes a business, or faults that say in which column something is wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from api.businesses.import_faults import Fault
from api.businesses.import_file import Line
from api.businesses.import_places import Found, Gazetteer
from api.businesses.schemas import business_phone, tax_number
from api.core.phones import NumberRefused
from api.core.text import TextRefused, fold, line

Say = Callable[[str, str], None]
"""Tells a fault: column and code."""

_LENGTHS = {
    "title": 200, "activity": 300, "address_text": 300, "opening_hours": 300, "note": 2000, "licence_no": 60,
    "owner": 200, "street": 200, "door": 40, "neighbourhood": 200,
}  # fmt: skip
USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "sanitary": ("sıhhi", "sıhhi müessese", "sıhhi işyeri"),
    "non_sanitary_1": ("gsm 1", "1. sınıf gsm", "1. sınıf gayrisıhhi", "gayrisıhhi 1. sınıf", "1. sınıf gayri sıhhi"),
    "non_sanitary_2": ("gsm 2", "2. sınıf gsm", "2. sınıf gayrisıhhi", "gayrisıhhi 2. sınıf", "2. sınıf gayri sıhhi"),
    "non_sanitary_3": ("gsm 3", "3. sınıf gsm", "3. sınıf gayrisıhhi", "gayrisıhhi 3. sınıf", "3. sınıf gayri sıhhi"),
    "public_leisure": ("umuma açık", "umuma açık istirahat ve eğlence", "umuma açık yer"),
}
_FORMULA = ("=", "+", "-", "@")
# What people write into a cell that has nothing to say.
_NOTHING = frozenset({"", "-", "--", ".", "yok", "n/a"})
_MOST_AREA = 1_000_000


@dataclass(frozen=True)
class ReadyRow:
    """A row that can be written: texts cleaned, numbers read, the place found."""

    number: int
    class_code: str
    texts: Mapping[str, str]
    phone: str | None
    tax_no: str | None
    floor_area_m2: int | None
    place: Found

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same business when the list comes again: licence, tax number and title, or all it says."""
        title = fold(self.texts["title"])
        if licence := self.texts.get("licence_no"):
            return ("licence", licence)
        if self.tax_no:
            return ("tax", self.tax_no, title)
        return ("words", title, fold(self.texts.get("address_text", "")), str(self.place.neighbourhood_id))


@dataclass(frozen=True)
class RowReader:
    """Reads the rows for one town; `classes` is of `class_codes`."""

    gazetteer: Gazetteer
    classes: Mapping[str, str]
    default_class: str | None

    def read(self, row: Line) -> ReadyRow | list[Fault]:
        """Give the business of a row, or everything that is wrong with it."""
        faults: list[Fault] = []
        cells = {field: cell for field, cell in row.cells.items() if fold(cell) not in _NOTHING}

        def fault(column: str, code: str) -> None:
            faults.append(Fault(row.number, column, code, cells.get(column, "")[:60]))

        texts = _texts(cells, fault)
        if "title" not in cells:
            fault("title", "missing")
        class_code = self._class(cells, fault)
        phone = self._number(cells, "phone", fault)
        tax_no = self._number(cells, "tax_no", fault)
        area = self._area(cells, fault)
        place = self._place(cells, fault)
        if faults or place is None or class_code is None:
            return faults
        return ReadyRow(row.number, class_code, _with_address(texts), phone, tax_no, area, place)

    def _class(self, cells: Mapping[str, str], fault: Say) -> str | None:
        if "class_code" not in cells:
            if self.default_class is None:
                fault("class_code", "missing")
            return self.default_class
        code = self.classes.get(class_key(cells["class_code"]))
        if code is None:
            fault("class_code", "class_unknown")
        return code

    @staticmethod
    def _number(cells: Mapping[str, str], field: str, fault: Say) -> str | None:
        if field not in cells:
            return None
        try:
            return business_phone(cells[field]) if field == "phone" else tax_number(cells[field])
        except NumberRefused:
            fault(field, field)
            return None

    @staticmethod
    def _area(cells: Mapping[str, str], fault: Say) -> int | None:
        if "floor_area_m2" not in cells:
            return None
        number = _decimal(cells["floor_area_m2"].lower().removesuffix("m2").removesuffix("m²"))
        if number is None:
            fault("floor_area_m2", "number")
        elif not 1 <= number <= _MOST_AREA:
            fault("floor_area_m2", "area")
        else:
            return round(number)
        return None

    def _place(self, cells: Mapping[str, str], fault: Say) -> Found | None:
        if "lon" in cells or "lat" in cells:
            return self._coordinates(cells, fault)
        if "neighbourhood" not in cells:
            fault("neighbourhood", "no_place")
            return None
        found = self.gazetteer.named(cells["neighbourhood"], cells.get("street", ""))
        if found is None:
            fault("neighbourhood", "neighbourhood_unknown")
        return found

    def _coordinates(self, cells: Mapping[str, str], fault: Say) -> Found | None:
        if "lon" not in cells or "lat" not in cells:
            fault("lon" if "lat" in cells else "lat", "half_place")
            return None
        lon, lat = _decimal(cells["lon"]), _decimal(cells["lat"])
        for field, number in (("lon", lon), ("lat", lat)):
            if number is None:
                fault(field, "number")
        if lon is None or lat is None:
            return None
        found = self.gazetteer.at(lon, lat) if _is_on_globe(lon, lat) else None
        if found is None:
            is_swapped = _is_on_globe(lat, lon) and self.gazetteer.at(lat, lon) is not None
            fault("lat", "swapped" if is_swapped else "outside")
        return found


def class_key(name: str) -> str:
    """Give the letters and digits by which a class is known: `2. Sınıf GSM` is `2sinifgsm`."""
    return "".join(letter for letter in fold(name) if letter.isalnum())


def class_codes(names: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Give the codes of classes by code, by name and by what lists usually call them; `names` are code and names."""
    own = [(code, tuple(called)) for code, called in names]
    codes = {class_key(name): code for code, _ in own for name in USUAL_NAMES.get(code, ())}
    # What a municipality calls its classes itself outweighs what others usually do.
    codes |= {class_key(name): code for code, called in own for name in called}
    return codes | {class_key(code): code for code, _ in own}


def _texts(cells: Mapping[str, str], fault: Say) -> dict[str, str]:
    texts = {}
    for field in _LENGTHS.keys() & cells.keys():
        if "\x00" in cells[field]:
            fault(field, "nul")
        elif cells[field].startswith(_FORMULA):
            fault(field, "formula")
        else:
            try:
                texts[field] = line(cells[field], _LENGTHS[field])
            except TextRefused as refusal:
                fault(field, "missing" if refusal.code == "text_empty" else "too_long")
    return texts


def _with_address(texts: dict[str, str]) -> dict[str, str]:
    """The texts of a record: where the list has no whole address, its parts are one."""
    door = [f"No: {texts['door']}"] if "door" in texts else []
    parts = [*(texts[name] for name in ("neighbourhood", "street") if name in texts), *door]
    kept = {name: text for name, text in texts.items() if name not in ("street", "door", "neighbourhood")}
    return {"address_text": " ".join(parts)[: _LENGTHS["address_text"]], **kept}


def _decimal(text: str) -> float | None:
    text = text.strip().replace(" ", "")
    # `1.250,5` is Turkish, `41,0082` too; `41.0082` is what maps write.
    text = text.replace(".", "").replace(",", ".") if "." in text and "," in text else text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None  # noqa: PLR2004 (no NaN, no infinity)


def _is_on_globe(lon: float, lat: float) -> bool:
    return abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 (degrees)

"""Opens an uploaded workbook (.xlsx) with care and gives its rows as text.

openpyxl reads XML through defusedxml, which is installed for that: no entities.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 2 * 1024 * 1024, 32 * 1024 * 1024, 200
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 2_000, 100, 5_000
SHEETS = ("survey", "choices", "settings")
_LANGUAGES = {
    "tr": "tr",
    "turkish": "tr",
    "türkçe": "tr",
    "turkce": "tr",
    "en": "en",
    "english": "en",
    "ingilizce": "en",
}
_TRANSLATED = re.compile(r"(?P<column>[a-z_:]+?)\s*::?\s*(?P<language>[^:()]+?)?\s*(?:\((?P<code>[a-z-]+)\))?")


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong in a sheet, where, and what to do about it; row 0 is the sheet as a whole."""

    sheet: str
    row: int
    column: str
    tr: str
    en: str

    def text(self, language: str) -> str:
        """Say it with its place."""
        is_english = language == "en"
        place = [f"“{self.sheet}” sheet" if is_english else f"“{self.sheet}” sayfası"] if self.sheet else []
        if self.row:
            place.append(f"row {self.row}" if is_english else f"{self.row}. satır")
        if self.column:
            place.append(f"column “{self.column}”" if is_english else f"“{self.column}” sütunu")
        return ": ".join(filter(None, (", ".join(place), self.en if is_english else self.tr)))


class XlsFormInvalid(ValueError):
    """The workbook is no form; `faults` says everything that was found wrong."""

    def __init__(self, faults: list[SheetFault]) -> None:
        super().__init__("; ".join(fault.text("en") for fault in faults[:20]))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is not empty: its number in the sheet, and its cells by column (translations as `label::tr`)."""

    number: int
    cells: dict[str, str]


def read_sheets(data: bytes) -> dict[str, list[Line]]:
    """Read the three sheets of an XLSForm; a missing `settings` or `choices` is empty.

    Raises:
        XlsFormInvalid: no .xlsx file, too large (packed or unpacked), or without a `survey` sheet.
    """
    _check_archive(data)
    try:
        workbook = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = {name.strip().lower(): name for name in workbook.sheetnames}
        found = {name: list(_lines(name, workbook[sheets[name]])) for name in SHEETS if name in sheets}
    except XlsFormInvalid:
        raise
    except Exception as error:  # a damaged file ends in any exception there is
        raise _refused("Dosya bozuk; Excel'de yeniden kaydedin.", "The file is damaged; save it again.") from error
    if not found.get("survey"):
        raise _refused(
            "“survey” sayfası yok veya boş; soruları o sayfaya yazın.",
            "There is no “survey” sheet or it is empty; write the questions there.",
        )
    return {name: found.get(name, []) for name in SHEETS}


def _refused(tr: str, en: str, sheet: str = "") -> XlsFormInvalid:
    return XlsFormInvalid([SheetFault(sheet, 0, "", tr, en)])


def _check_archive(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise _refused("Dosya 2 MB'tan büyük; resimleri silin.", "The file is larger than 2 MB; remove the pictures.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _refused(
            "Bu bir .xlsx dosyası değil; Excel'de “Excel Çalışma Kitabı (.xlsx)” olarak kaydedin.",
            "This is no .xlsx file; save it as “Excel workbook (.xlsx)”.",
        ) from error
    # The sizes that the archive tells are kept to: a part is never unpacked beyond its own.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _refused("Dosya açılınca çok büyük.", "The file is too large when unpacked.")


def _lines(name: str, sheet: Any) -> Iterator[Line]:
    header: list[str] = []
    rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in row]
        if not any(cells):
            continue
        if number > MOST_ROWS:
            raise _refused(f"En fazla {MOST_ROWS} satır olabilir.", f"At most {MOST_ROWS} rows are allowed.", name)
        if not header:
            header = [_column(cell) for cell in cells]
            continue
        named: dict[str, str] = {}
        for at, cell in enumerate(cells):
            column = header[at] if at < len(header) and header[at] else get_column_letter(at + 1)
            if cell and column not in named:
                named[column] = cell
        yield Line(number, named)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()[:MOST_CELL]


def _column(header: str) -> str:
    """Give `label::tr` for `label`, `label::Türkçe (tr)` and `label:Turkish`; other columns as they are."""
    plain = re.sub(r"\s+", "_", header.strip().lower()) if "::" not in header else header.strip().lower()
    if plain in ("label", "hint", "constraint_message", "form_title", "title"):
        return f"{plain}::tr"
    translated = _TRANSLATED.fullmatch(header.strip().lower())
    if translated is None or not (translated["language"] or translated["code"]):
        return plain
    language = _LANGUAGES.get(translated["code"] or "") or _LANGUAGES.get(translated["language"] or "")
    return f"{translated['column']}::{language}" if language else plain

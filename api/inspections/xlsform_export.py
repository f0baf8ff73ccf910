"""Writes a form as an XLSForm workbook, so that staff can change it in Excel and upload it as the next version."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mobile.forms import xpath

_TYPES = {
    "number": "decimal", "bool": "acknowledge", "photo": "image", "place": "geopoint", "calculation": "calculate",
    "choice": "select_one", "multi_choice": "select_multiple",
}  # fmt: skip
_SURVEY = (
    "type", "name", "label::tr", "label::en", "hint::tr", "hint::en", "required", "relevant", "constraint",
    "constraint_message::tr", "constraint_message::en", "calculation", "default", "readonly", "appearance", "severity",
    "law", "law_verified", "photo_on_fail", "deadline_days", "min", "max", "max_length", "unit", "may_refuse",
)  # fmt: skip
_CHOICES = ("list_name", "name", "label::tr", "label::en")
_SETTINGS = ("form_title::tr", "form_title::en", "form_id", "version", "kind", "applies_to")
_AS_IT_IS = ("severity", "law", "law_verified", "photo_on_fail", "deadline_days", "min", "max", "max_length", "unit")
_WIDTH = 24


def write_xlsform(document: Mapping[str, Any]) -> bytes:
    """Write the document of a form (one that `Form.load` accepts) as .xlsx; `read_xlsform` reads the same again."""
    workbook = Workbook()
    del workbook["Sheet"]
    _fill(workbook.create_sheet("survey"), _SURVEY, _rows(document["items"]))
    _fill(workbook.create_sheet("choices"), _CHOICES, _choices(document["items"]))
    settings = {
        **_translated("form_title", document["title"]),
        **{key: document[key] for key in ("form_id", "version", "kind")},
        "applies_to": " ".join(document.get("applies_to", ())),
    }
    _fill(workbook.create_sheet("settings"), _SETTINGS, iter([settings]))
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


def _fill(sheet: Worksheet, columns: tuple[str, ...], rows: Iterator[dict[str, Any]]) -> None:
    sheet.append(list(columns))
    for number, row in enumerate(rows, 2):
        for at, column in enumerate(columns, 1):
            cell = sheet.cell(number, at, row.get(column) or None)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with "=" is no formula
    for at in range(1, len(columns) + 1):
        sheet.cell(1, at).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTH
    sheet.freeze_panes = "C2"


def _translated(column: str, label: Mapping[str, str]) -> dict[str, str]:
    return {f"{column}::{language}": text for language, text in label.items()}


def _rows(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if item["type"] in ("group", "repeat"):
            yield {**_row(item), "type": f"begin {item['type']}"}
            yield from _rows(item["items"])
            yield {"type": f"end {item['type']}"}
        else:
            yield _row(item)


def _row(item: dict[str, Any]) -> dict[str, Any]:
    kind = "integer" if item.get("integer") else _TYPES.get(item["type"], item["type"])
    row: dict[str, Any] = {"type": f"{kind} {item['code']}" if "choices" in item else kind, "name": item["code"]}
    for key in ("label", "hint", "constraint_message"):
        row |= _translated(key, item.get(key, {}))
    for key, column in (("relevant", "relevant"), ("constraint", "constraint"), ("calculate", "calculation")):
        if key in item:
            row[column] = xpath.written(item[key])
    if item.get("required"):
        row["required"] = "yes" if item["required"] is True else xpath.written(item["required"])
    if item.get("read_only"):
        row["readonly"] = "yes"
    if item.get("multiline"):
        row["appearance"] = "multiline"
    if "default" in item:
        row["default"] = _default(item)
    row |= {key: _cell(item[key]) for key in _AS_IT_IS if key in item}
    if item.get("may_refuse"):
        row["may_refuse"] = "yes"
    return row


def _default(item: dict[str, Any]) -> str:
    default = item["default"]
    if isinstance(default, list):
        return default[1] if default[0] == "date" else xpath.written(default)
    return _cell(default)


def _cell(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _choices(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        for choice in item.get("choices", ()):
            yield {"list_name": item["code"], "name": choice["code"], **_translated("label", choice["label"])}
        yield from _choices(item.get("items", []))

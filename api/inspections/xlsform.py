"""Reads a form that a municipality's staff wrote in Excel (XLSForm) into a document of `mobile.forms`.

XLSForm's columns and types are read as its reference says; beside them stand the columns of an inspection
(`severity`, `law`, `law_verified`, `photo_on_fail`, `deadline_days`, `min`, `max`, `max_length`, `unit`, `may_refuse`)
and the types `check`, `bool`, `signature` and `place`.
"""

import re
from collections.abc import Mapping
from typing import Any

from api.inspections.xlsform_sheets import Line, SheetFault, XlsFormInvalid, read_sheets
from mobile.forms import Form, FormInvalid, xpath

_TYPES: Mapping[str, str] = {
    "text": "text", "string": "text", "integer": "number", "int": "number", "decimal": "number", "date": "date",
    "time": "time", "acknowledge": "bool", "bool": "bool", "check": "check", "image": "photo", "photo": "photo",
    "signature": "signature", "barcode": "barcode", "geopoint": "place", "place": "place", "note": "note",
    "calculate": "calculation", "calculation": "calculation", "select_one": "choice", "select_multiple": "multi_choice",
    "select one": "choice", "select multiple": "multi_choice",
}  # fmt: skip
_RECORDED_ANYWAY = {"start", "end", "today", "deviceid", "username", "phonenumber", "audit"}
_EXPRESSIONS = {"relevant": "relevant", "constraint": "constraint", "calculation": "calculate"}
_WHOLE = {"deadline_days", "max_length"}
_FLAGS = {"photo_on_fail", "law_verified", "may_refuse"}
_TEXTS = {"severity", "law", "unit"}
_LOOKS = {"appearance"}
_READ = (
    {"type", "name", "required", "readonly", "read_only", "default", "min", "max"}
    | set(_EXPRESSIONS) | _WHOLE | _FLAGS | _TEXTS | _LOOKS
    | {f"{column}::{language}" for column in ("label", "hint", "constraint_message") for language in ("tr", "en")}
)  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
_YES = {"yes", "true", "true()", "1", "evet"}
_NO = {"no", "false", "false()", "0", "hayır", ""}
_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})  # Excel corrects quotes so
_PLACE = re.compile(r"\((?P<code>[a-z0-9_]+)\)(?P<rest>[^()]*)$")


def read_xlsform(data: bytes) -> dict[str, Any]:
    """Read an XLSForm; slow enough for a thread of its own (some 100 ms for a long form).

    Args:
        data: the .xlsx file; `settings` tells form_id, version, form_title, kind and applies_to.

    Returns:
        A document that `Form.load` accepts.

    Raises:
        XlsFormInvalid: with every fault, its sheet, row and column, and what to do, in Turkish and English.
    """
    sheets = read_sheets(data)
    reader = _Reader(sheets)
    document = reader.document()
    if not reader.faults:
        try:
            Form.load(document)
        except FormInvalid as invalid:
            reader.faults += [reader.placed(fault.path, fault.text("tr"), fault.text("en")) for fault in invalid.faults]
    if reader.faults:
        raise XlsFormInvalid(reader.faults)
    return document


class _Reader:
    def __init__(self, sheets: dict[str, list[Line]]) -> None:
        self.sheets = sheets
        self.faults: list[SheetFault] = []
        self.rows: dict[str, int] = {}  # code → row of the survey
        self.lists = self._lists()
        self.types: dict[str, str] = {}
        self.repeats: dict[str, str] = {}
        self._name_all()

    def fault(self, line: Line | None, column: str, tr: str, en: str, sheet: str = "survey") -> None:
        self.faults.append(SheetFault(sheet, line.number if line else 0, column, tr, en))

    def placed(self, path: str, tr: str, en: str) -> SheetFault:
        """Give a fault of the document its place in the sheets."""
        named = _PLACE.search(path)
        if named is None:
            return SheetFault(
                "settings", 2, path if path in ("form_id", "version", "kind", "applies_to") else "", tr, en
            )
        column = re.split(r"[.\[]", named["rest"].lstrip("."))[0]
        column = {"calculate": "calculation", "choices": "type", "read_only": "readonly"}.get(column, column)
        return SheetFault("survey", self.rows.get(named["code"], 0), column, tr, en)

    # --- the whole --------------------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        settings = self.sheets["settings"][0].cells if self.sheets["settings"] else {}
        line = self.sheets["settings"][0] if self.sheets["settings"] else None
        document: dict[str, Any] = {"form_id": settings.get("form_id", ""), "version": 1}
        if not document["form_id"]:
            tr, en = "Formun kodu eksik; form_id sütununa yazın.", "The form's code is missing; write it under form_id."
            self.fault(line, "form_id", tr, en, "settings")
        version = settings.get("version", "1")
        if version.isascii() and version.isdecimal() and len(version) <= 6:  # noqa: PLR2004
            document["version"] = int(version)
        else:
            tr, en = "Sürüm 1, 2, 3 gibi bir sayı olmalı.", "The version must be a number such as 1, 2, 3."
            self.fault(line, "version", tr, en, "settings")
        title = _translated(settings, "form_title") or _translated(settings, "title")
        if not title:
            tr, en = "Formun adı eksik; form_title sütununa yazın.", "The title is missing; write it under form_title."
            self.fault(line, "form_title", tr, en, "settings")
        return {
            **document,
            "title": title,
            "kind": settings.get("kind", "free"),
            "applies_to": settings.get("applies_to", "").replace(",", " ").split(),
            "items": self._items(),
        }

    def _lists(self) -> dict[str, list[dict[str, Any]]]:
        lists: dict[str, list[dict[str, Any]]] = {}
        for line in self.sheets["choices"]:
            cells = line.cells
            self._refuse_unread(line, {"list_name", "list name", "name", "value", "label::tr", "label::en"}, "choices")
            name, code = cells.get("list_name") or cells.get("list name"), cells.get("name") or cells.get("value")
            label = _translated(cells, "label")
            if not name or not code or not label:
                missing = "list_name" if not name else "name" if not code else "label"
                self.fault(line, missing, "Hücre boş; doldurun.", "The cell is empty; fill it in.", "choices")
                continue
            codes = {choice["code"] for choice in lists.setdefault(name, [])}
            if code in codes or not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", code):
                tr = f"“{code}” olamaz: her seçenek ayrı bir ad ister; yalnız harf (İngilizce), rakam, _ . - kullanın."
                en = f"“{code}” cannot be: every choice needs its own name of letters (English), digits, _ . -"
                self.fault(line, "name", tr, en, "choices")
            lists[name].append({"code": code, "label": label})
        return lists

    def _refuse_unread(self, line: Line, known: set[str], sheet: str) -> None:
        for column in set(line.cells) - known:
            tr = "Bu sütun desteklenmiyor; hücreyi boşaltın."
            self.fault(line, column, tr, "This column is not supported; empty the cell.", sheet)

    def _name_all(self) -> None:
        """Learn the names, types and repeats first: expressions may read what comes later."""
        inside: list[str] = []
        for line in self.sheets["survey"]:
            kind, name = _kind(line)[0], line.cells.get("name", "")
            if kind == "end repeat" and inside:
                inside.pop()
            if not name or kind.startswith("end ") or kind in _RECORDED_ANYWAY:
                continue
            self.types[name] = _TYPES.get(kind, kind)
            self.rows.setdefault(name, line.number)
            if inside:
                self.repeats[name] = inside[-1]
            if kind == "begin repeat":
                inside.append(name)

    # --- the survey -------------------------------------------------------------------------------------------------

    def _items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        open_holders: list[tuple[str, Line, list[dict[str, Any]]]] = []
        target = items
        for line in self.sheets["survey"]:
            kind, listed = _kind(line)
            if kind in _RECORDED_ANYWAY:
                continue
            if kind in ("end group", "end repeat"):
                if not open_holders or open_holders[-1][0] != kind.removeprefix("end "):
                    self.fault(line, "type", f"“{kind}” başlangıcı olmadan geldi.", f"“{kind}” without its beginning.")
                    continue
                target = open_holders.pop()[2]
                continue
            item = self._item(line, kind, listed)
            if item is not None:
                target.append(item)
            if kind in ("begin group", "begin repeat"):
                open_holders.append((kind.removeprefix("begin "), line, target))
                target = item["items"] if item else []
        for kind, line, _ in open_holders:
            self.fault(
                line, "type", f"“end {kind}” satırı eksik; ekleyin.", f"Its “end {kind}” row is missing; add it."
            )
        return items

    def _item(self, line: Line, kind: str, listed: str) -> dict[str, Any] | None:
        self._refuse_unread(line, _READ, "survey")
        name = line.cells.get("name", "")
        if not _CODE.fullmatch(name):
            tr = f"“{name}” ad olamaz: küçük harfle başlayın, yalnız a-z, 0-9 ve _ kullanın (en fazla 32)."
            en = f"“{name}” cannot be a name: begin with a small letter, use only a-z, 0-9 and _ (at most 32)."
            self.fault(line, "name", tr, en)
            return None
        if self.rows[name] != line.number:
            tr = f"“{name}” adı {self.rows[name]}. satırda da var; birini değiştirin."
            self.fault(line, "name", tr, f"The name “{name}” is also in row {self.rows[name]}; change one of them.")
            return None
        item: dict[str, Any] = {"type": self._type(line, kind), "code": name}
        for key in ("label", "hint", "constraint_message"):
            if told := _translated(line.cells, key):
                item[key] = told
        if kind in ("begin group", "begin repeat"):
            item["items"] = []
        if item["type"] in ("choice", "multi_choice"):
            self._choose(line, item, listed)
        if kind in ("integer", "int"):
            item["integer"] = True
        self._read_rules(line, item)
        self._read_details(line, item)
        return item

    def _type(self, line: Line, kind: str) -> str:
        if kind in ("begin group", "begin repeat"):
            return kind.removeprefix("begin ")
        if kind in ("image", "photo") and "signature" in line.cells.get("appearance", ""):
            return "signature"
        if kind not in _TYPES:
            tr = f"“{kind}” türü desteklenmiyor; şunlardan birini yazın: {', '.join(sorted(_TYPES))}."
            en = f"The type “{kind}” is not supported; write one of: {', '.join(sorted(_TYPES))}."
            self.fault(line, "type", tr, en)
        return _TYPES.get(kind, "text")

    def _choose(self, line: Line, item: dict[str, Any], listed: str) -> None:
        item["choices"] = self.lists.get(listed, [])
        if not item["choices"]:
            tr = f"“choices” sayfasında “{listed}” listesi yok; ekleyin ya da adını düzeltin."
            en = f"There is no list “{listed}” in the sheet “choices”; add it or correct its name."
            self.fault(line, "type", tr, en)

    def _read_rules(self, line: Line, item: dict[str, Any]) -> None:
        for column, key in _EXPRESSIONS.items():
            if text := line.cells.get(column):
                item[key] = self._expression(line, column, text)
        required = line.cells.get("required", "")
        if required.lower() in _YES:
            item["required"] = True
        elif required.lower() not in _NO:
            item["required"] = self._expression(line, "required", required)
        if (line.cells.get("readonly") or line.cells.get("read_only", "")).lower() in _YES:
            item["read_only"] = True
        if default := line.cells.get("default"):
            item["default"] = self._default(line, item, default)

    def _expression(self, line: Line, column: str, text: str) -> Any:
        try:
            tree = xpath.parse(text.translate(_TYPOGRAPHY), self.repeats)
        except xpath.XPathError as error:
            place_tr = f" “{error.found}” ({error.at + 1}. karakter)" if error.found else ""
            place_en = f" “{error.found}” (character {error.at + 1})" if error.found else ""
            self.fault(line, column, error.tr + place_tr, error.en + place_en)
            return None
        return self._with_choice_names(tree, line.cells.get("name", ""))

    def _with_choice_names(self, tree: Any, own: str) -> Any:
        """Excel writes the names 1, 2, 3 of choices as numbers; compared with a choice they are names."""
        if not isinstance(tree, list):
            return tree
        parts = [self._with_choice_names(part, own) for part in tree]
        asked = [part[1] for part in parts if isinstance(part, list) and part[:1] == ["get"]]
        codes = {own if code == "." else code for code in asked}
        if tree[0] in ("=", "!=", "in", "selected") and any(
            self.types.get(code) in ("choice", "multi_choice") for code in codes
        ):
            return [str(part) if isinstance(part, int) and not isinstance(part, bool) else part for part in parts]
        return parts

    def _default(self, line: Line, item: dict[str, Any], text: str) -> Any:
        if item["type"] == "date":
            return ["today"] if text == "today()" else ["date", text]
        if item["type"] == "bool":
            return text.lower() in _YES
        return self._expression(line, "default", text) if item["type"] == "number" else text

    def _read_details(self, line: Line, item: dict[str, Any]) -> None:
        cells = line.cells
        if item["type"] == "text" and "multiline" in cells.get("appearance", ""):
            item["multiline"] = True
        item.update({column: cells[column] for column in _TEXTS if column in cells})
        item.update({column: cells[column].lower() in _YES for column in _FLAGS if column in cells})
        for column in (*sorted(_WHOLE), "min", "max"):
            if column not in cells:
                continue
            text = cells[column]
            is_whole = re.fullmatch(r"-?[0-9]{1,9}", text) is not None
            if not is_whole and (column in _WHOLE or not re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", text)):
                self.fault(line, column, f"“{text}” bir sayı değil.", f"“{text}” is not a number.")
                continue
            item[column] = int(text) if is_whole else text


def _kind(line: Line) -> tuple[str, str]:
    """Give the type in small letters, and the list of a choice."""
    words = line.cells.get("type", "").split()
    kind = " ".join(words).lower().replace("begin_", "begin ").replace("end_", "end ")
    if kind.startswith(("select_one ", "select_multiple ")):
        return words[0].lower(), words[1]
    if kind.startswith(("select one ", "select multiple ")):
        return " ".join(words[:2]).lower(), words[2]
    return kind, ""


def _translated(cells: Mapping[str, str], column: str) -> dict[str, str]:
    """Give a text by language; Turkish is what the form must have."""
    return {language: cells[f"{column}::{language}"] for language in ("tr", "en") if f"{column}::{language}" in cells}

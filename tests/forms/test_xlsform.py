import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.xml import DEFUSEDXML

from api.inspections import xlsform_sheets
from api.inspections.xlsform import read_xlsform
from api.inspections.xlsform_export import write_xlsform
from api.inspections.xlsform_sheets import XlsFormInvalid
from mobile.forms import Form, FormInvalid
from tests.forms.samples import SEED, choices, document, item

SETTINGS = [["form_id", "version", "form_title::Türkçe (tr)", "kind"], ["pazar", 2, "Pazar yeri", "checklist"]]
HEADER = ["type", "name", "label", "relevant", "required", "constraint"]


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def survey(*rows: list[Any], header: list[str] = HEADER, **sheets: list[list[Any]]) -> bytes:
    return workbook(survey=[header, *rows], **{"settings": SETTINGS, **sheets})


def faults(data: bytes) -> list[tuple[str, int, str]]:
    with pytest.raises(XlsFormInvalid) as told:
        read_xlsform(data)
    assert all(fault.text("tr") and fault.text("en") for fault in told.value.faults)
    return [(fault.sheet, fault.row, fault.column) for fault in told.value.faults]


@pytest.mark.parametrize("whole", SEED, ids=lambda whole: whole["form_id"])
def test_a_seed_form_goes_to_excel_and_comes_back_the_same(whole):
    assert read_xlsform(write_xlsform(whole)) == whole


def test_a_form_as_staff_write_it_is_read():
    header = [
        "Type",
        "name",
        "label::Türkçe (tr)",
        "label::English (en)",
        "hint",
        "required",
        "relevant",
        "constraint",
        "constraint_message",
        "default",
        "appearance",
        "severity",
        "photo_on_fail",
        "deadline_days",
        "calculation",
    ]
    rows = [
        ["start", "start"],
        ["begin_group", "g", "Bilgiler"],
        ["select_one evet", "a", "Açık mı?", "Open?", "Kapıdan bakın", "evet"],
        [],
        ["integer", "n", "Sayı", None, None, None, "${a} = 1 and ${m} != ‘no’", ". > 0", "Sıfırdan büyük", 5],
        ["end group"],
        ["check", "m", "Temiz", None, None, "yes", None, None, None, None, None, "major", "yes", 7],
        ["text", "t", "Not", None, None, None, None, None, None, None, "multiline"],
        ["date", "d", "Gün", None, None, None, None, None, None, date(2026, 11, 27)],
        ["image", "s", "İmza", None, None, None, None, None, None, None, "signature"],
        ["begin repeat", "rows", "Satırlar"],
        ["decimal", "q", "Miktar"],
        ["end_repeat"],
        ["calculate", "total", None] + [None] * 11 + ["sum(${q})"],
    ]  # fmt: skip
    lists = [["list_name", "name", "label"], ["evet", 1, "Evet"], ["evet", 2, "Hayır"]]
    made = read_xlsform(survey(*rows, header=header, choices=lists))
    assert (made["form_id"], made["version"], made["kind"], made["title"]) == (
        "pazar",
        2,
        "checklist",
        {"tr": "Pazar yeri"},
    )
    asked = made["items"][0]["items"]
    assert asked[0]["label"] == {"tr": "Açık mı?", "en": "Open?"}
    assert [choice["code"] for choice in asked[0]["choices"]] == ["1", "2"]
    assert asked[1]["relevant"] == ["and", ["=", ["get", "a"], "1"], ["!=", ["get", "m"], "no"]]
    assert (asked[1]["integer"], asked[1]["default"], asked[1]["constraint"]) == (True, 5, [">", ["get", "."], 0])
    kept = {one["code"]: one for one in made["items"]}
    assert (kept["m"]["photo_on_fail"], kept["m"]["deadline_days"], kept["m"]["severity"]) == (True, 7, "major")
    assert (kept["t"]["multiline"], kept["d"]["default"], kept["s"]["type"]) == (
        True,
        ["date", "2026-11-27"],
        "signature",
    )
    assert kept["total"]["calculate"] == ["sum", "rows", ["get", "q"]]
    assert list(Form.load(made).items) == ["g", "a", "n", "m", "t", "d", "s", "rows", "q", "total"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (survey(["video", "a", "A"]), ("survey", 2, "type")),
        (survey(["text", "Büyük", "A"]), ("survey", 2, "name")),
        (survey(["text", "a", "A"], ["text", "a", "B"]), ("survey", 3, "name")),
        (survey(["text", "a"]), ("survey", 2, "")),
        (survey(["text", "a", "A", "${b} ="]), ("survey", 2, "relevant")),
        (survey(["text", "a", "A", "${yok} = 1"]), ("survey", 2, "relevant")),
        (survey(["text", "a", "A", None, "${yok} = 1"]), ("survey", 2, "required")),
        (survey(["text", "a", "A", None, None, "regex(., '(a+)+')"]), ("survey", 2, "constraint")),
        (survey(["select_one x", "a", "A"]), ("survey", 2, "type")),
        (survey(["begin group", "a", "A"], ["text", "b", "B"]), ("survey", 2, "type")),
        (survey(["text", "a", "A"], ["end group"]), ("survey", 3, "type")),
        (survey(["check", "a", "A"]), ("survey", 2, "")),
        (survey(["text", "a", "A", "cat.jpg"], header=[*HEADER[:3], "media::image"]), ("survey", 2, "media::image")),
        (survey(["text", "a", "A", "x"], header=[*HEADER[:3], "label::Deutsch (de)"]),
         ("survey", 2, "label::deutsch (de)")),
        (survey(["check", "a", "A", "beş"], header=[*HEADER[:3], "deadline_days"]), ("survey", 2, "deadline_days")),
        (survey(["text", "a", "A"], choices=[["list_name", "name", "label"], ["x", "ş", "Ş"]]), ("choices", 2, "name")),
        (survey(["text", "a", "A"], choices=[["list_name", "name", "label"], ["x", "y"]]), ("choices", 2, "label")),
        (survey(["text", "a", "A"], settings=[["form_id"], ["x"]]), ("settings", 2, "form_title")),
        (survey(["text", "a", "A"], settings=[["form_id", "title", "version"], ["x", "X", "v2"]]),
         ("settings", 2, "version")),
        (survey(["text", "a", "A"], settings=[["form_id", "title", "kind"], ["x", "X", "y"]]), ("settings", 2, "kind")),
        (workbook(survey=[HEADER, ["text", "a", "A"]]), ("settings", 0, "form_id")),
        (workbook(settings=SETTINGS), ("", 0, "")),
        (workbook(survey=[HEADER], settings=SETTINGS), ("", 0, "")),
        (b"not a workbook", ("", 0, "")),
        (b"", ("", 0, "")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_sheet_row_and_column(data, place):
    assert place in faults(data)


def test_a_fault_says_what_to_do_in_both_languages():
    with pytest.raises(XlsFormInvalid) as told:
        read_xlsform(survey(["text", "a", "A", "${b} == 1"]))
    assert (
        told.value.faults[0].text("tr")
        == "“survey” sayfası, 2. satır, “relevant” sütunu: Burada beklenmiyor: “=” (7. karakter)"
    )
    assert told.value.faults[0].text("en").startswith("“survey” sheet, row 2, column “relevant”: Not expected here:")


def test_every_fault_of_a_workbook_is_told_at_once():
    assert len(faults(survey(["video", "a", "A"], ["text", "Ç", "A"], ["text", "b", "A", "#"]))) == 3


def _archive(**parts: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_an_archive_that_would_fill_the_memory_is_refused_before_it_is_unpacked():
    bomb = _archive(a=b"\0" * (xlsform_sheets.MOST_UNPACKED + 1))
    assert len(bomb) < 100_000
    assert faults(bomb) == [("", 0, "")]
    assert faults(_archive(**{f"p{number}": b"" for number in range(300)})) == [("", 0, "")]
    assert faults(b"PK" + b"\0" * xlsform_sheets.MOST_BYTES) == [("", 0, "")]


def test_a_workbook_that_defines_entities_is_refused():
    assert DEFUSEDXML
    source = zipfile.ZipFile(BytesIO(survey(["text", "a", "A"])))
    parts = {name: source.read(name) for name in source.namelist()}
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    name = "xl/worksheets/sheet1.xml"
    parts[name] = entity + parts[name].split(b"?>", 1)[-1]
    assert faults(_archive(**parts)) == [("", 0, "")]


def test_a_sheet_of_too_many_rows_is_refused():
    rows = [["note", f"n{number}", "N"] for number in range(xlsform_sheets.MOST_ROWS + 5)]
    assert faults(survey(*rows)) == [("survey", 0, "")]


def test_a_damaged_workbook_is_refused_with_words():
    whole = write_xlsform(SEED[2])
    for at in range(0, len(whole), len(whole) // 40):
        damaged = whole[:at] + bytes(byte ^ 0x55 for byte in whole[at : at + 40]) + whole[at + 40 :]
        read: Any = None
        try:
            read = read_xlsform(damaged)["items"]
        except XlsFormInvalid as invalid:
            read = invalid.faults
        assert read


CELLS = st.sampled_from(
    [
        "text",
        "begin repeat",
        "end repeat",
        "begin group",
        "end group",
        "select_one l",
        "a",
        "b",
        "",
        "${a} = 1",
        "check",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=5), min_size=1, max_size=6))
def test_any_sheet_is_a_form_or_told_what_is_wrong(rows):
    data = survey(*rows, choices=[["list_name", "name", "label"], ["l", "x", "X"]])
    told: Any = ()
    try:
        told = Form.load(read_xlsform(data)).items
    except XlsFormInvalid as invalid:
        told = invalid.faults
    assert told or not any(map(any, rows))


def test_a_text_that_begins_like_a_formula_stays_a_text():
    made = document(item("note", "a", label={"tr": "=1+1"}), item("choice", "c", choices=choices("x")))
    assert read_xlsform(write_xlsform(made))["items"] == made["items"]


def test_a_form_from_excel_is_refused_like_any_other_where_it_is_none():
    with pytest.raises(FormInvalid):
        Form.load({**SEED[0], "items": [{"type": "text", "code": "a"}]})

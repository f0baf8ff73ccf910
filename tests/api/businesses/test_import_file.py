"""Lists as they come: encodings, separators, names of columns, and files that mean harm."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.businesses import import_file
from api.businesses.errors import ImportRefused
from api.businesses.import_faults import Fault
from api.businesses.import_file import Line, open_sheet
from api.businesses.import_places import name_key
from api.businesses.import_rows import class_codes, class_key

HEADER = "İşyeri Adı;Sınıf;Mahalle;Renk"
ROW = "ŞAHİN ÇİĞ KÖFTE;Sıhhi;Çınarlı;mavi"


def sheet(data: bytes | str):
    return open_sheet(io.BytesIO(data.encode() if isinstance(data, str) else data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_is_read_whatever_wrote_it(encoding, separator, end):
    text = end.join((HEADER, ROW, "")).replace(";", separator)
    read = sheet(text.encode(encoding))
    (line,) = read.lines()
    assert line.cells == {"title": "ŞAHİN ÇİĞ KÖFTE", "class_code": "Sıhhi", "neighbourhood": "Çınarlı"}
    assert (line.number, read.unused) == (2, ["Renk"])


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("İŞYERİ ÜNVANI", "title"), ("Ünvan", "title"), ("business name", "title"), ("Ruhsat No.", "licence_no"),
        ("VERGİ NO", "tax_no"), ("VKN/TCKN", "tax_no"), ("Kullanım Alanı (m2)", "floor_area_m2"), ("ENLEM", "lat"),
        ("Boylam", "lon"), ("Cadde / Sokak", "street"), ("Dış Kapı No", "door"), ("MAHALLESİ", "neighbourhood"),
        ("Açık adres", "address_text"), ("Telefon No", "phone"), ("opening_hours", "opening_hours"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_turkish_and_english_names(name, field):
    other = "Faaliyet" if field == "title" else "Tabela"
    assert field in sheet(f"{other};{name}\na;b\n").fields.values() or field == "title"
    assert sheet(f"Tabela;{name}\na;b\n" if field != "title" else f"{name};Renk\na;b\n").fields


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04" + bytes(100), "spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "spreadsheet"),
        (b"%PDF-1.7", "spreadsheet"),
        (b"Tabela;Not\n\x81\x8d;\n", "encoding"),
        ("Renk;Boy\na;b\n", "no_title"),
        ("Tabela;Unvan\na;b\n", "column_twice"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(data, reason):
    with pytest.raises(ImportRefused) as refusal:
        sheet(data)
    assert refusal.value.details["reason"] == reason
    assert refusal.value.tr
    assert refusal.value.en


def test_an_enormous_cell_or_an_unclosed_quote_tells_from_which_row_on_nothing_was_read():
    text = f'Tabela;Not\nBir;a\nİki;"{"x" * 50_000}\nÜç;b\n'
    read = list(sheet(text).lines())
    assert isinstance(read[0], Line)
    assert read[1:] == [Fault(3, "", "unreadable")]


def test_more_rows_than_are_taken_end_with_a_word(monkeypatch):
    monkeypatch.setattr(import_file, "MOST_ROWS", 3)
    read = list(sheet("Tabela\n" + "Büfe\n" * 9).lines())
    assert [type(line) for line in read] == [Line, Line, Line, Fault]
    assert (read[-1].code, read[-1].row) == ("too_many_rows", 5)


def test_a_row_with_more_cells_than_the_header_is_told_and_the_next_one_is_read():
    read = list(sheet("Tabela,Not\nBir,iki,üç\nDört,beş\n").lines())
    assert read[0] == Fault(2, "", "too_many_cells")
    assert read[1].cells["title"] == "Dört"


@given(st.binary(max_size=400))
def test_no_bytes_are_ever_an_unexpected_fault(data):
    try:
        lines = list(open_sheet(io.BytesIO(b"Tabela;Not\n" + data)).lines())
    except ImportRefused:
        return
    assert all(isinstance(line, Line | Fault) for line in lines)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ÇINAR SK.", "Çınar Sokak"), ("Cumhuriyet Cad.", "CUMHURİYET CADDESİ"), ("Şirinevler Mah.", "şirinevler")],
)
def test_names_of_streets_and_neighbourhoods_are_compared_without_their_kind(one, other):
    assert name_key(one) == name_key(other)


def test_classes_are_known_by_code_by_name_and_by_what_lists_call_them():
    codes = class_codes([("non_sanitary_2", ("İkinci sınıf gayrisıhhi müessese",)), ("ozel", ("Özel yer",))])
    for name in ("non_sanitary_2", "2. SINIF GSM", "gsm 2", "ikinci sınıf GAYRİSIHHİ müessese"):
        assert codes[class_key(name)] == "non_sanitary_2"
    assert codes[class_key("ÖZEL YER")] == "ozel"

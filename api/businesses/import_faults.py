"""What can be wrong with a list of businesses, in the words of the person who has to put it right."""

from dataclasses import dataclass

# Turkish, English; values are put in by name.
TEXTS = {
    "empty": ("Dosya boş.", "The file is empty."),
    "spreadsheet": (
        "Bu bir Excel ya da sıkıştırılmış dosya. Excel'de “Farklı kaydet → CSV UTF-8” ile kaydedip yeniden deneyin.",
        "This is a spreadsheet or an archive. Save it as “CSV UTF-8” and try again.",
    ),
    "encoding": (
        "Dosyanın harf kodlaması tanınmadı. UTF-8 ya da Windows-1254 (Türkçe) olarak kaydedin.",
        "The text encoding was not recognised. Save the file as UTF-8 or Windows-1254 (Turkish).",
    ),
    "no_title": (
        "İlk satırda işyerinin adı için bir sütun bulunamadı (örnek: “İşyeri Adı”).",
        "The first line has no column for the business's name (for instance “İşyeri Adı”).",
    ),
    "column_twice": (
        "İki sütun aynı bilgiyi taşıyor: {value}.",
        "Two columns hold the same thing: {value}.",
    ),
    "no_class": (
        "Sınıf sütunu yok; bütün satırlar için bir sınıf seçin.",
        "There is no class column; choose a class for all rows.",
    ),
    "too_many_rows": (
        "Dosyada {value} satırdan çok var; sonrası okunmadı. Dosyayı bölün.",
        "The file has more than {value} rows; the rest was not read. Split the file.",
    ),
    "unreadable": (
        "Bu satırdan sonrası okunamadı: kapanmamış tırnak ya da aşırı uzun hücre.",
        "From this row on nothing could be read: an unclosed quote or an enormous cell.",
    ),
    "too_many_cells": (
        "Satırda başlıktan çok hücre var; ayraç metnin içinde geçiyor olabilir.",
        "The row has more cells than the header; the separator may stand inside a text.",
    ),
    "missing": ("Bu bilgi gerekli.", "This is needed."),
    "too_long": ("Metin çok uzun.", "The text is too long."),
    "nul": ("Metin geçersiz bir karakter (NUL) içeriyor.", "The text holds an invalid character (NUL)."),
    "formula": (
        "Hücre formül gibi başlıyor (=, +, - ya da @). Düz metin yazın.",
        "The cell begins like a formula (=, +, - or @). Write plain text.",
    ),
    "class_unknown": ("Bu belediyede böyle bir işyeri sınıfı yok.", "This municipality has no such class."),
    "phone": ("Telefon numarası geçerli değil.", "The telephone number is not valid."),
    "tax_no": (
        "Vergi ya da T.C. kimlik numarası geçerli değil (kontrol basamağı tutmuyor).",
        "The tax or identity number is not valid (its check digit differs).",
    ),
    "number": ("Sayı bekleniyordu.", "A number was expected."),
    "area": ("Alan 1 ile 1.000.000 m² arasında olmalı.", "The area must be between 1 and 1,000,000 m²."),
    "half_place": ("Enlem ve boylam birlikte verilmeli.", "Latitude and longitude go together."),
    "swapped": (
        "Enlem ile boylam yer değiştirmiş görünüyor.",
        "Latitude and longitude seem to be swapped.",
    ),
    "outside": ("Yer belediye sınırlarının dışında.", "The place lies outside the municipality."),
    "neighbourhood_unknown": ("Bu adda bir mahalle yok.", "There is no neighbourhood of this name."),
    "no_place": (
        "Yer bilgisi yok: enlem ve boylam ya da mahalle gerekli.",
        "There is no place: coordinates or a neighbourhood are needed.",
    ),
    "twice_in_file": (
        "Aynı ruhsat ya da vergi numarası ve ad dosyada daha önce geçti.",
        "The same licence or tax number and name came earlier in the file.",
    ),
}

# Said to people; the second part names what they may look for in their own table.
COLUMN_NAMES = {
    "title": ("İşyeri adı", "Name"),
    "class_code": ("Sınıf", "Class"),
    "activity": ("Faaliyet", "Activity"),
    "address_text": ("Adres", "Address"),
    "street": ("Sokak", "Street"),
    "door": ("Kapı no", "Door"),
    "neighbourhood": ("Mahalle", "Neighbourhood"),
    "phone": ("Telefon", "Telephone"),
    "opening_hours": ("Çalışma saatleri", "Opening hours"),
    "note": ("Not", "Note"),
    "licence_no": ("Ruhsat no", "Licence no"),
    "floor_area_m2": ("Alan (m²)", "Floor area (m²)"),
    "owner": ("Sahibi", "Owner"),
    "tax_no": ("Vergi / T.C. no", "Tax no"),
    "lon": ("Boylam", "Longitude"),
    "lat": ("Enlem", "Latitude"),
    "": ("Satır", "Row"),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row (counted from the first line of the file, which is 1), in which column, and its cell."""

    row: int
    column: str
    code: str
    value: str = ""

    def text(self, language: str = "tr") -> str:
        """Say it in Turkish or English."""
        return TEXTS[self.code][language == "en"].format(value=self.value)

    def column_name(self, language: str = "tr") -> str:
        """Name the column."""
        return COLUMN_NAMES[self.column][language == "en"]

"""What is said about a form or an answer, Turkish and English."""

from dataclasses import dataclass

_OF_ANSWERS = {
    "required": ("Bu alan doldurulmalı.", "This must be answered."),
    "constraint": ("Bu değer kabul edilmiyor.", "This value is not accepted."),
    "type": ("Bu değer okunamadı.", "This value could not be read."),
    "photo": ("Uygun değilse fotoğraf çekilmeli.", "A photo is needed where something is not as it must be."),
    "too_few": ("En az {} olmalı.", "At least {} needed."),
    "too_many": ("En fazla {} olabilir.", "At most {} allowed."),
    "too_small": ("{} değerinden küçük olamaz.", "It cannot be less than {}."),
    "too_large": ("{} değerinden büyük olamaz.", "It cannot be more than {}."),
    "too_long": ("En fazla {} karakter olabilir.", "At most {} characters allowed."),
}
_OF_FORMS = {
    "not_an_object": ("Bir JSON nesnesi olmalı.", "It must be a JSON object."),
    "missing": ("“{}” eksik.", "“{}” is missing."),
    "unknown_key": ("“{}” burada bilinmiyor; silin veya adını düzeltin.", "“{}” is unknown here; remove or rename it."),
    "wrong": ("“{}” değeri yanlış.", "The value of “{}” is wrong."),
    "bad_code": (
        "“{}” kod olamaz: küçük harfle başlayın, yalnız a-z, 0-9 ve _ kullanın, en fazla 32 karakter.",
        "“{}” cannot be a code: begin with a small letter, use only a-z, 0-9 and _, at most 32 characters.",
    ),
    "duplicate": ("“{}” kodu iki kez kullanılmış.", "The code “{}” is used twice."),
    "unknown_type": ("“{}” diye bir alan türü yok.", "There is no item type “{}”."),
    "no_label": ("Türkçe metin (label.tr) eksik.", "The Turkish text (label.tr) is missing."),
    "too_deep": ("İç içe geçme çok derin.", "It is nested too deeply."),
    "too_big": ("Çok uzun: en fazla {}.", "Too long: at most {}."),
    "nested_repeat": ("Tekrar grubu içinde tekrar grubu olamaz.", "A repeat cannot stand inside a repeat."),
    "calculated_required": ("Hesaplanan alan zorunlu olamaz.", "A calculated item cannot be required."),
    "min_above_max": ("En az değeri en çok değerinden büyük.", "The least is above the most."),
    "no_choices": ("Seçenek yok.", "There are no choices."),
    "unknown_choice": ("“{}” bu sorunun seçenekleri arasında yok.", "“{}” is not among the choices of that item."),
    "unknown_item": ("“{}” kodlu alan yok.", "There is no item “{}”."),
    "not_a_value": ("“{}” bir değer taşımıyor.", "“{}” holds no value."),
    "in_repeat": (
        "“{}” bir tekrar grubunun içinde; buradan yalnız count veya sum ile okunur.",
        "“{}” stands in a repeat; from here only count or sum can read it.",
    ),
    "not_a_repeat": ("“{}” bir tekrar grubu değil.", "“{}” is not a repeat."),
    "unknown_operator": ("“{}” işlemi bilinmiyor.", "The operator “{}” is unknown."),
    "operands": ("“{}” işlemine verilen değerlerin sayısı veya türü yanlış.", "“{}” has wrong operands."),
    "own_value": ("“.” yalnız constraint içinde kullanılır.", "“.” is used in a constraint only."),
    "bad_pattern": ("“{}” deseni desteklenmiyor.", "The pattern “{}” is not supported."),
    "cycle": ("Alanlar birbirine dönerek bağlı: {}.", "Items depend on each other in a circle: {}."),
}
_TEXTS = {**_OF_ANSWERS, **_OF_FORMS}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place of a form's document."""

    path: str
    code: str
    detail: str = ""

    def text(self, language: str) -> str:
        """Say it."""
        return message(self.code, language, self.detail)


def message(code: str, language: str, detail: object = "") -> str:
    """Say a code in Turkish, or in English where that is asked for."""
    return _TEXTS[code][language == "en"].format(detail)

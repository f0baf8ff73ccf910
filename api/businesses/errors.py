"""Refusals of the business register."""

from api.core.errors import Conflict, Invalid


class ClassUnknown(Invalid):
    """No such class of businesses here, or it is switched off."""

    code = "business_class_unknown"
    tr = "Bu belediyede böyle bir işyeri sınıfı yok."
    en = "This municipality has no such class of businesses."


class PlaceOutside(Invalid):
    """The place is not in this municipality."""

    code = "place_outside"
    tr = "Seçtiğiniz yer bu belediyenin sınırları dışında."
    en = "The place you chose lies outside this municipality."


class FieldUnknown(Invalid):
    """A field that can be changed has another name, or its value is of another kind."""

    code = "business_field_invalid"
    tr = "İşyerinin değiştirilmek istenen bilgilerinden biri geçerli değil."
    en = "One of the values of the business is not acceptable."


class NotActive(Conflict):
    """The record was merged into another one; that one is to be changed."""

    code = "business_merged"
    tr = "Bu kayıt başka bir işyeri kaydıyla birleştirilmiş."
    en = "This record was merged into another business."


class IdInUse(Conflict):
    """The id was used for another business."""

    code = "id_in_use"
    tr = "Bu kimlikle başka bir işyeri kayıtlı."
    en = "Another business was registered with this id."


class AlreadyDecided(Conflict):
    """Somebody else decided this already."""

    code = "already_decided"
    tr = "Bu konuda daha önce karar verilmiş."
    en = "This has been decided already."


class BadBox(Invalid):
    """The map box is no box on the globe."""

    code = "bad_bbox"
    tr = "Harita kutusu hatalı."
    en = "The map box is wrong."


class ImportRefused(Invalid):
    """The file as a whole cannot be taken in; the texts say why."""

    code = "import_refused"


class ImportNotWaiting(Conflict):
    """The import was started, finished or thrown away already."""

    code = "import_not_waiting"
    tr = "Bu dosyanın aktarımı zaten başlatılmış ya da bitmiş."
    en = "The import of this file was started or finished already."

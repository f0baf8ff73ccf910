"""Refusals of the inspections domain."""

from api.core.errors import Conflict, Invalid, NotFound


class ActionNotAllowed(Conflict):
    """The visit's state does not allow the act."""

    code = "inspection_action_not_allowed"
    tr = "Denetimin şu anki durumu bu işleme uygun değil."
    en = "The inspection's present state does not allow this."


class SubmittedOtherwise(Conflict):
    """The visit was submitted already, with other content; what was signed stays as it is."""

    code = "inspection_submitted"
    tr = "Bu denetim daha önce başka içerikle gönderilmiş. Değişiklik için düzeltme ekleyin."
    en = "This inspection was submitted before with other content. Add a correction instead."


class VisitOfAnother(Conflict):
    """The planned visit is of another business."""

    code = "inspection_of_another_business"
    tr = "Bu denetim başka bir işyeri için planlanmış."
    en = "This inspection was planned for another business."


class FormUnknown(Invalid):
    """The municipality never published this form in this version."""

    code = "form_unknown"
    tr = "Bu form ya da sürümü bu belediyede yok."
    en = "This municipality has no such form or version."


class FormNotValid(Invalid):
    """The document is no form; `faults` says what is wrong and where."""

    code = "form_not_valid"
    tr = "Form geçerli değil."
    en = "The form is not valid."


class VersionTaken(Conflict):
    """The next version of the form has another number."""

    code = "form_version_taken"
    tr = "Formun bu sürümü yayımlanamaz: yeni sürümün numarası bir büyük olmalı."
    en = "This version cannot be published: the next version must be one higher."


class BusinessUnknown(NotFound):
    """No such business, or it is closed."""

    code = "business_unknown"
    tr = "İşyeri bulunamadı ya da kapanmış."
    en = "The business was not found, or it has closed."


class VisitUnknown(NotFound):
    """The visit, complaint or department that is named is not there."""

    code = "reference_unknown"
    tr = "Bağlanmak istenen kayıt bulunamadı."
    en = "The record that this refers to was not found."


class ClassUnknown(Invalid):
    """No such class of businesses."""

    code = "business_class_unknown"
    tr = "Böyle bir işyeri sınıfı yok."
    en = "There is no such class of businesses."


class AssigneeUnknown(Invalid):
    """Not a person who inspects in that department."""

    code = "assignee_unknown"
    tr = "Seçtiğiniz kişi bu birimde denetim yapmıyor."
    en = "The person you chose does not inspect in this department."


class DayPassed(Invalid):
    """A visit cannot be planned for a day that has passed, or for one years away."""

    code = "day_not_plannable"
    tr = "Denetim günü bugünden önce ya da iki yıldan sonra olamaz."
    en = "The day of an inspection cannot lie before today or more than two years ahead."


class PhotoUnknown(Invalid):
    """A photo is not there, not the sender's, or used already."""

    code = "photo_unknown"
    tr = "Fotoğraflardan biri bulunamadı ya da daha önce kullanıldı. Yeniden yükleyin."
    en = "One of the photos was not found or is in use already. Upload it again."


class NumberUnknown(Invalid):
    """The record number is none of the sender's numbers."""

    code = "record_number_unknown"
    tr = "Tutanak numarası bu telefona verilmiş bir numara değil."
    en = "The record number is none that was given to this phone."


class NumberInUse(Conflict):
    """Another record has the number."""

    code = "record_number_in_use"
    tr = "Bu numarayla başka bir tutanak var."
    en = "Another record has this number."


class DeviceNeeded(Invalid):
    """Numbers are given to phones that are signed in."""

    code = "device_needed"
    tr = "Numara almak için telefondan giriş yapılmalı."
    en = "Numbers are given to a signed-in phone only."

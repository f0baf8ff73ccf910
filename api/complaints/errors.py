"""Refusals of the complaints domain."""

from api.core.errors import Conflict, Forbidden, Invalid


class ActionNotAllowed(Conflict):
    """The case's state does not allow the act."""

    code = "complaint_action_not_allowed"
    tr = "Başvurunun şu anki durumu bu işleme uygun değil."
    en = "The case's present state does not allow this."


class NoNeedToTake(Conflict):
    """Somebody else has the case."""

    code = "complaint_already_assigned"
    tr = "Başvuru başka bir çalışanın üzerinde. Devir için birim sorumlusuna başvurun."
    en = "Another person has this case. Ask the head of the department to hand it over."


class ComplaintsOff(Conflict):
    """The municipality has switched this service off."""

    code = "module_off"
    tr = "Bu belediye şu anda uygulamadan başvuru almıyor."
    en = "This municipality does not take reports here at present."


class CategoryUnknown(Invalid):
    """No such category here, it is a group, or it is switched off."""

    code = "category_unknown"
    tr = "Seçtiğiniz konu bu belediyede yok. Lütfen listeden bir konu seçin."
    en = "This municipality has no such category. Please choose one from the list."


class PlaceMissing(Invalid):
    """The category needs a place."""

    code = "place_missing"
    tr = "Bu konu için yer gerekli. Haritadan ya da adresle bir yer seçin."
    en = "This category needs a place. Choose one on the map or by address."


class PlaceOutside(Invalid):
    """The place is not in this municipality."""

    code = "place_outside"
    tr = "Seçtiğiniz yer bu belediyenin sınırları dışında."
    en = "The place you chose lies outside this municipality."


class PhotoMissing(Invalid):
    """The act needs a photo."""

    code = "photo_missing"
    tr = "Bu işlem için en az bir fotoğraf gerekli."
    en = "At least one photo is needed for this."


class PhotoUnknown(Invalid):
    """A photo is not there, not the sender's, or used already."""

    code = "photo_unknown"
    tr = "Fotoğraflardan biri bulunamadı ya da daha önce kullanıldı. Yeniden yükleyin."
    en = "One of the photos was not found or is in use already. Upload it again."


class AnonymousNotAllowed(Invalid):
    """The category takes no report without a name."""

    code = "anonymous_not_allowed"
    tr = "Bu konuda isimsiz başvuru alınmıyor."
    en = "Anonymous reports are not taken for this category."


class AnswerInvalid(Invalid):
    """An extra question is unanswered or answered with a wrong value."""

    code = "answer_invalid"
    tr = "Ek sorulardan biri eksik ya da hatalı."
    en = "One of the extra questions is missing or wrong."


class DepartmentUnknown(Invalid):
    """No such department, or it is closed."""

    code = "department_unknown"
    tr = "Seçtiğiniz birim bulunamadı."
    en = "The department you chose was not found."


class AssigneeUnknown(Invalid):
    """Not a person who works on cases of that department."""

    code = "assignee_unknown"
    tr = "Seçtiğiniz kişi bu birimin başvurularında çalışmıyor."
    en = "The person you chose does not work on this department's cases."


class ReopeningOver(Forbidden):
    """The window for reopening has closed."""

    status = 409
    code = "reopening_over"
    tr = "Yeniden açma süresi doldu. Yeni bir başvuru yapabilirsiniz."
    en = "The time for reopening has passed. You may file a new report."


class IdInUse(Conflict):
    """The id was used for another report."""

    code = "id_in_use"
    tr = "Bu kimlikle başka bir başvuru kayıtlı."
    en = "Another report was filed with this id."


class BadBox(Invalid):
    """The map box is no box on the globe."""

    code = "bad_bbox"
    tr = "Harita kutusu hatalı."
    en = "The map box is wrong."

"""Refusals of this domain; callers switch on `code`."""

from api.core.errors import AppError, Conflict, Invalid, NotFound


class MunicipalityNotFound(NotFound):
    """No such municipality, or it is not served any more."""

    code = "municipality_not_found"
    tr = "Belediye bulunamadı."
    en = "No such municipality."


class UnknownKind(Invalid):
    """There is no such kind of municipality."""

    code = "unknown_municipality_kind"
    tr = "Böyle bir belediye türü yok."
    en = "There is no such kind of municipality."


class ParameterMissing(AppError):
    """A rate, limit or period is needed that neither the municipality nor the country has for that day."""

    code = "parameter_missing"
    tr = "Bu işlem için gerekli parametre bu tarihte tanımlı değil. Sistem yöneticinize başvurun."
    en = "A parameter that this needs has no value on that day. Please contact your administrator."


class UnknownParameter(NotFound):
    """No parameter of this code exists in the country's list."""

    code = "unknown_parameter"
    tr = "Böyle bir parametre yok."
    en = "There is no such parameter."


class ParameterNotOurs(Invalid):
    """The law does not leave this value, or this direction, to the municipality."""

    code = "parameter_not_ours"
    tr = "Bu değeri kanun belirler; belediye bu yönde değiştiremez."
    en = "The law sets this value; a municipality cannot change it in this way."


class BadPeriod(Invalid):
    """A value would end before it begins."""

    code = "bad_period"
    tr = "Bitiş günü başlangıçtan sonra olmalıdır."
    en = "The end must come after the start."


class DepartmentNotFound(NotFound):
    """No such department in this municipality."""

    code = "department_not_found"
    tr = "Birim bulunamadı."
    en = "No such department."


class DepartmentCodeTaken(Conflict):
    """Another department of the municipality has this code."""

    code = "department_code_taken"
    tr = "Bu kod başka bir birimde kullanılıyor."
    en = "Another department has this code."


class DepartmentCircle(Invalid):
    """A department would become its own superior."""

    code = "department_circle"
    tr = "Bir birim kendi alt birimine bağlanamaz."
    en = "A department cannot be placed under its own subordinate."


class DepartmentInUse(Conflict):
    """Open subordinate departments hang on it."""

    code = "department_in_use"
    tr = "Bu birime bağlı açık birimler var; önce onları taşıyın ya da kapatın."
    en = "Open departments belong to this one; move or close them first."


class NeighbourhoodNotFound(NotFound):
    """No such neighbourhood in this municipality."""

    code = "neighbourhood_not_found"
    tr = "Mahalle bulunamadı."
    en = "No such neighbourhood."


class ServiceAreaNotFound(NotFound):
    """No such service area in this municipality."""

    code = "service_area_not_found"
    tr = "Hizmet bölgesi bulunamadı."
    en = "No such service area."


class UnknownModule(NotFound):
    """The platform has no such module."""

    code = "unknown_module"
    tr = "Böyle bir modül yok."
    en = "There is no such module."


class HolidayNotFound(NotFound):
    """The municipality has no own holiday on this day."""

    code = "holiday_not_found"
    tr = "Bu günde belediyeye özel bir tatil yok."
    en = "The municipality has no holiday of its own on this day."


class TileNotFound(NotFound):
    """There is no such map tile."""

    code = "tile_not_found"
    tr = "Böyle bir harita karosu yok."
    en = "There is no such map tile."

"""What may keep a municipality from being made; each says what to do."""

from api.core.errors import Conflict, Invalid, NotFound


class TenantExists(Conflict):
    """The slug or the district is a municipality of this installation already; nothing was changed."""

    code = "tenant_exists"
    tr = "Bu belediye zaten kayıtlı; hiçbir şey değiştirilmedi. Kayıtlı olanları görmek için: belediye tenant list"
    en = "This municipality exists already; nothing was changed. To see them all: belediye tenant list"


class ReferenceEmpty(Conflict):
    """The official list of provinces and districts was not loaded."""

    code = "reference_empty"
    tr = "Resmî il ve ilçe listesi yüklenmemiş. Önce şunu çalıştırın: belediye reference load"
    en = "The official list of provinces and districts is not loaded. Run this first: belediye reference load"


class PlaceUnknown(NotFound):
    """The official list has no such place."""

    code = "place_unknown"
    tr = (
        "Resmî listede böyle bir yer yok. Adı Türkçe harflerle ve eksiksiz yazın; belde ve birlikler için ili de verin."
    )
    en = "The official list has no such place. Write its full name; for towns and unions give the province too."


class PlaceAmbiguous(Invalid):
    """Several places bear the name."""

    code = "place_ambiguous"
    tr = "Bu adda birden çok ilçe var; hangi ilde olduğunu --province ile belirtin."
    en = "Several districts bear this name; say in which province with --province."


class WrongKind(Invalid):
    """The province is metropolitan and the kind is not, or the other way round."""

    code = "wrong_kind"
    tr = "Bu il için tür uygun değil: büyükşehirlerde metropolitan, diğer illerde province kullanın."
    en = "The kind does not fit this province: metropolitan where there is a büyükşehir, province elsewhere."


class BadSlug(Invalid):
    """The short name cannot stand in an address."""

    code = "bad_slug"
    tr = "Kısa ad 3–63 karakter olmalı; küçük harf (a–z), rakam ve tire içerebilir, harfle başlamalıdır."
    en = "The short name takes 3 to 63 characters: small letters a–z, digits and hyphens, beginning with a letter."


class ParentUnknown(NotFound):
    """There is no such superior municipality."""

    code = "parent_unknown"
    tr = "Üst belediye bulunamadı; önce onu kaydedin."
    en = "The superior municipality was not found; register it first."


class TerritoryImpossible(Invalid):
    """No map could be drawn for the place."""

    code = "territory_impossible"
    tr = "Bu yer için örnek harita çizilemedi. Gerçek sınırı --outline ile GeoJSON dosyası olarak verin."
    en = "No sample map could be drawn for this place. Give its real outline as a GeoJSON file with --outline."


class TenantUnknown(NotFound):
    """There is no municipality of this short name."""

    code = "tenant_unknown"
    tr = "Bu kısa adda bir belediye yok. Kayıtlı olanları görmek için: belediye tenant list"
    en = "There is no municipality of this short name. To see them all: belediye tenant list"


class OperatorExists(Conflict):
    """Another operator of the installation has this user name."""

    code = "operator_exists"
    tr = "Bu kullanıcı adında bir platform yöneticisi zaten var."
    en = "There is a platform operator of this name already."

"""Refusals of this domain; phones switch on `code`."""

from api.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Unauthenticated, Unavailable


class BadCredentials(Unauthenticated):
    """Unknown user, wrong password, wrong or used second factor: which one is not said."""

    code = "bad_credentials"
    tr = "Kullanıcı adı, parola ya da doğrulama kodu hatalı."
    en = "The user name, password or verification code is wrong."


class BadLoginCode(Unauthenticated):
    """Wrong, expired, used or over-tried phone code, or another phone: which one is not said."""

    code = "bad_login_code"
    tr = "Kod hatalı ya da süresi dolmuş. Yeni bir kod isteyin."
    en = "The code is wrong or has expired. Ask for a new one."


class CodesPaused(Unavailable):
    """Too many codes were sent in the municipality or the installation: somebody is spending its money."""

    code = "login_codes_paused"
    tr = "Şu anda kod gönderilemiyor. Lütfen biraz sonra yeniden deneyin."
    en = "Codes cannot be sent right now. Please try again later."


class CitizenBlocked(Forbidden):
    """The municipality closed this account."""

    code = "citizen_blocked"
    tr = "Hesabınız belediye tarafından kullanıma kapatıldı. Beyaz Masa ile görüşün."
    en = "Your account was closed by the municipality. Please contact its service desk."


class CsrfRefused(Forbidden):
    """A form that does not come from the signed-in browser's own page."""

    code = "csrf"
    tr = "Form doğrulanamadı. Sayfayı yenileyip yeniden deneyin."
    en = "The form could not be verified. Reload the page and try again."


class WeakPassword(Invalid):
    """The password is too easy."""

    code = "weak_password"
    tr = "Parola en az 12 karakter olmalı; kullanıcı adınızı ve yaygın parolaları içermemeli."
    en = "The password must have at least 12 characters and contain neither your user name nor a common password."


class WrongPassword(Invalid):
    """The present password was not confirmed."""

    code = "wrong_password"
    tr = "Şu anki parolanız hatalı."
    en = "Your present password is wrong."


class UsernameTaken(Conflict):
    """Another staff user of the municipality has this name."""

    code = "username_taken"
    tr = "Bu kullanıcı adı kullanılıyor."
    en = "This user name is taken."


class OwnRights(Forbidden):
    """Nobody changes his own rights, closes his own account or makes himself a substitute."""

    code = "own_rights"
    tr = "Kendi yetkilerinizi ve hesabınızı siz değiştiremezsiniz."
    en = "You cannot change your own rights or account."


class UnknownRole(Invalid):
    """There is no such role."""

    code = "unknown_role"
    tr = "Böyle bir rol yok."
    en = "There is no such role."


class UnknownDepartment(Invalid):
    """There is no such department in this municipality."""

    code = "unknown_department"
    tr = "Böyle bir birim yok."
    en = "There is no such department."


class BadPeriod(Invalid):
    """The last day lies before the first, or in the past."""

    code = "bad_period"
    tr = "Bitiş günü başlangıçtan ve bugünden önce olamaz."
    en = "The last day cannot be before the first day or before today."


class StaleConsentText(Conflict):
    """The text was followed by a newer version; the newer one has to be shown."""

    code = "stale_consent_text"
    tr = "Bu metnin yeni bir sürümü var. Lütfen yeni metni okuyun."
    en = "There is a newer version of this text. Please read it."


class NotAskedConsent(Refused):
    """The decision does not fit the text: a notice is only shown, and only what was accepted can be withdrawn."""

    code = "consent_not_asked"
    tr = "Bu metin için böyle bir karar verilemez."
    en = "This decision does not fit the text."


class StaffNotFound(NotFound):
    """No such staff user in this municipality."""

    code = "staff_not_found"
    tr = "Personel bulunamadı."
    en = "No such member of staff."

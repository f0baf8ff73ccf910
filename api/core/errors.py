"""Errors that a caller may meet, as RFC 9457 `application/problem+json` with a stable `code`.

AppError
├── Refused 400        ├── Unauthenticated 401   ├── Forbidden 403   ├── NotFound 404
├── Conflict 409       ├── StaleVersion 412      ├── TooLarge 413    ├── Invalid 422
└── TooManyRequests 429 (with Retry-After)        └── Unavailable 503
A domain subclasses one of these and gives its own `code` and texts; phones switch on `code`, people read `title`.
"""

from typing import Any, ClassVar


class AppError(Exception):
    """Base of every expected refusal."""

    status: ClassVar[int] = 500
    code: str = "internal"
    tr: str = "Beklenmeyen bir hata oluştu. Lütfen biraz sonra yeniden deneyin."
    en: str = "Something went wrong. Please try again in a little while."

    def __init__(
        self,
        *,
        code: str | None = None,
        tr: str | None = None,
        en: str | None = None,
        headers: dict[str, str] | None = None,
        **details: Any,
    ) -> None:
        """Keep the texts of the class unless given; `details` go into the problem document as they are."""
        self.code = code or self.code
        self.tr = tr or self.tr
        self.en = en or tr or self.en
        self.headers = headers or {}
        self.details = details
        super().__init__(self.code)

    def problem(self, language: str = "tr") -> dict[str, Any]:
        """Give the problem document in Turkish or English."""
        title = self.en if language == "en" else self.tr
        return {
            "type": f"urn:belediye:error:{self.code}",
            "title": title,
            "status": self.status,
            "code": self.code,
            **self.details,
        }


class Refused(AppError):
    """The request makes no sense."""

    status = 400
    code = "bad_request"
    tr = "İstek anlaşılamadı."
    en = "The request could not be understood."


class Unauthenticated(AppError):
    """Nobody, or nobody any more."""

    status = 401
    code = "unauthenticated"
    tr = "Oturumunuz yok ya da sona erdi. Lütfen yeniden giriş yapın."
    en = "You are not signed in, or your session has ended. Please sign in again."


class Forbidden(AppError):
    """Known, but not allowed this act.

    `refused` says who wanted what (actor and permission) where the trail does not say it yet: the transaction that
    meets a refusal rolls back, so the edge writes it down afterwards.
    """

    refused: tuple[Any, str] | None = None

    status = 403
    code = "forbidden"
    tr = "Bu işlem için yetkiniz yok."
    en = "You are not allowed to do this."


class NotFound(AppError):
    """Not there, or not for this reader: the two are not told apart."""

    status = 404
    code = "not_found"
    tr = "Kayıt bulunamadı."
    en = "Not found."


class Conflict(AppError):
    """The state of the record does not allow the act."""

    status = 409
    code = "conflict"
    tr = "Kayıt bu işleme uygun durumda değil."
    en = "The record's state does not allow this."


class StaleVersion(AppError):
    """Somebody else changed the record in between (If-Match)."""

    status = 412
    code = "stale_version"
    tr = "Kayıt siz bakarken değişti. Sayfayı yenileyip yeniden deneyin."
    en = "The record changed while you were looking at it. Reload and try again."


class TooLarge(AppError):
    """The body is larger than this route takes."""

    status = 413
    code = "too_large"
    tr = "Gönderilen veri çok büyük."
    en = "The data sent is too large."


class Invalid(AppError):
    """Understood, but a value is not acceptable."""

    status = 422
    code = "invalid"
    tr = "Gönderilen bilgilerde hata var."
    en = "Some of the values sent are not acceptable."


class TooManyRequests(AppError):
    """A rate limit was met; `Retry-After` says when to come back."""

    status = 429
    code = "too_many_requests"
    tr = "Çok sık denediniz. Lütfen biraz bekleyin."
    en = "Too many attempts. Please wait a little."

    def __init__(self, retry_after: int, **details: Any) -> None:
        """Take the seconds to wait."""
        super().__init__(headers={"Retry-After": str(max(1, retry_after))}, retry_after=max(1, retry_after), **details)


class Unavailable(AppError):
    """The database or another need is away; nothing was done."""

    status = 503
    code = "unavailable"
    tr = "Hizmete şu anda ulaşılamıyor. Biraz sonra yeniden deneyin; girdikleriniz kaydedilmedi."
    en = "The service cannot be reached right now. Try again shortly; nothing was saved."

    def __init__(self, retry_after: int = 2, **details: Any) -> None:
        """Take the seconds to wait."""
        super().__init__(headers={"Retry-After": str(retry_after)}, **details)

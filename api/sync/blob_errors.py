"""What can be wrong with an upload; phones switch on the codes (docs/sync-protocol.md, "Photos")."""

from api.core.errors import AppError, Conflict, Invalid, NotFound, Refused, TooLarge, TooManyRequests


class UploadUnknown(NotFound):
    """There is no such upload, it has expired, or its bytes are lost: the phone begins it again."""

    code = "upload_unknown"
    tr = "Bu yükleme bulunamadı ya da süresi doldu. Dosya baştan gönderilmeli."
    en = "There is no such upload, or it has expired. Send the file from its beginning."


class OffsetConflict(Conflict):
    """The piece does not begin where the last one ended; `offset` says where that is."""

    code = "offset_conflict"
    tr = "Parça, alınan son baytın devamı değil."
    en = "The piece does not go on where the last one ended."


class PieceTooLong(TooLarge):
    """The piece reaches beyond the length that was told at the beginning."""

    code = "piece_too_long"
    tr = "Parça, dosyanın bildirilen boyunu aşıyor."
    en = "The piece reaches beyond the length of the file."


class ChecksumMismatch(AppError):
    """Bytes were changed on their way (tus 1.0: 460); with `whole` it is the file, which has to be sent again."""

    status = 460
    code = "checksum_mismatch"
    tr = "Gelen baytlar bildirilen özetle uyuşmuyor."
    en = "The bytes do not have the checksum that was told."


class UploadHeld(AppError):
    """Another request is writing to this upload just now."""

    status = 423
    code = "upload_held"
    tr = "Bu yükleme şu anda başka bir istekle sürüyor."
    en = "Another request is writing to this upload."


class UnknownVersion(AppError):
    """The client speaks another version of tus."""

    status = 412
    code = "tus_version"
    tr = "Yalnızca tus 1.0.0 destekleniyor."
    en = "Only tus 1.0.0 is spoken here."


class BadUpload(Refused):
    """Headers or metadata of an upload that cannot be read; `field` names which."""

    code = "bad_upload"
    tr = "Yükleme bilgileri eksik ya da hatalı."
    en = "What describes the upload is missing or wrong."


class NotAPiece(AppError):
    """A piece has the content type that tus asks for."""

    status = 415
    code = "not_a_piece"
    tr = "Parçaların içerik türü application/offset+octet-stream olmalı."
    en = "Pieces are sent as application/offset+octet-stream."


class LengthMismatch(Invalid):
    """The same file was begun with another length."""

    code = "length_mismatch"
    tr = "Bu dosya daha önce başka bir boyla bildirildi."
    en = "This file was begun with another length."


class TooManyUploads(TooManyRequests):
    """One person has too many unfinished uploads."""

    code = "too_many_uploads"
    tr = "Yarım kalmış çok fazla yükleme var. Önce onlar tamamlanmalı."
    en = "Too many uploads are unfinished. Finish those first."

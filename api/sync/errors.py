"""Refusals of push and pull; phones switch on their codes (docs/sync-protocol.md)."""

from api.core.errors import Conflict, Refused


class MessageUnreadable(Refused):
    """The body is no message of the protocol, or not whole."""

    code = "sync_message_unreadable"
    tr = "Eşitleme iletisi okunamadı. Uygulamayı güncelleyin."
    en = "The sync message could not be read. Please update the app."


class EpochChanged(Conflict):
    """The server's history is another one than the phone's; it says which, and nothing was done."""

    code = "epoch_changed"
    tr = "Sunucu yedekten geri yüklendi; telefon kayıtlarını yeniden gönderecek."
    en = "The server was restored from a backup; the phone will send its records again."


class DeviceForked(Conflict):
    """The phone's past is not the one of this stream: it was copied, or somebody else's."""

    code = "device_forked"
    tr = "Telefonun kayıt sırası sunucudakinden farklı; yeni bir sıra başlatılacak."
    en = "The phone's sequence differs from the server's; it will begin a new one."


class MutationReused(Conflict):
    """The id is known with another content."""

    code = "mutation_reused"
    tr = "Bu kimlikle başka bir işlem kayıtlı."
    en = "Another command was recorded with this id."

"""Every permission of the platform, with the Turkish words an administrator reads; a route names exactly one.

A permission's name is also the audit action of the verb it opens (`complaint.close`): one search finds screen, rule
and trail.
"""

from typing import NamedTuple


class Permission(NamedTuple):
    """What a permission is called on screens, and whether it can be limited to departments."""

    label_tr: str
    is_town_wide: bool = False


PERMISSIONS: dict[str, Permission] = {
    # Everybody who is signed in.
    "account.use": Permission("Kendi hesabını kullanma"),
    # Citizens.
    "complaint.file": Permission("Başvuru yapma"),
    "complaint.reply": Permission("Başvurusuna ek bilgi verme"),
    "complaint.rate": Permission("Sonucu değerlendirme"),
    "complaint.reopen": Permission("Kapanan başvurusunu yeniden açtırma"),
    "complaint.withdraw": Permission("Başvurusunu geri çekme"),
    "consent.give": Permission("Aydınlatma ve rıza kaydı verme"),
    "inbox.read": Permission("Gelen kutusunu okuma"),
    "file.upload": Permission("Fotoğraf ve belge yükleme"),
    # Work on complaints; each can be limited to departments.
    "complaint.file_for_citizen": Permission("Vatandaş adına başvuru kaydetme"),
    "complaint.read": Permission("Başvuruları görme"),
    "complaint.read_person": Permission("Başvuranın kimliğini açık görme"),
    "complaint.route": Permission("Müdürlüğe yönlendirme"),
    "complaint.assign": Permission("Personele atama"),
    "complaint.take": Permission("Başvuruyu üzerine alma"),
    "complaint.start": Permission("Çalışmayı başlatma"),
    "complaint.note": Permission("İç not yazma"),
    "complaint.answer": Permission("Vatandaşa cevap yazma"),
    "complaint.ask_citizen": Permission("Vatandaştan bilgi isteme"),
    "complaint.close": Permission("Başvuruyu sonuçlandırma"),
    "complaint.reject": Permission("Başvuruyu reddetme"),
    "complaint.forward": Permission("Başka kuruma iletme"),
    "complaint.export": Permission("Başvuru listesini dışa aktarma"),
    "file.read_evidence": Permission("Fotoğrafın özgün kaydını delil olarak açma"),
    "report.read": Permission("Rapor ve göstergeleri görme"),
    "complaint.hand_over": Permission("Başvuruyu birimdeki bir arkadaşına devretme"),
    "complaint.file_on_site": Permission("Sahada görülen sorunu başvuru olarak kaydetme"),
    # Businesses and their inspection; each can be limited to departments.
    "business.read": Permission("İşyeri kayıtlarını görme"),
    "business.read_owner": Permission("İşyeri sahibini ve vergi numarasını açık görme"),
    "business.edit": Permission("İşyeri kaydını düzenleme"),
    "business.import": Permission("İşyeri listesini içe aktarma", is_town_wide=True),
    "inspection.read": Permission("Denetimleri görme"),
    "inspection.plan": Permission("Denetim planlama ve atama"),
    "inspection.submit": Permission("Denetim yapma ve tutanak düzenleme"),
    "inspection.amend": Permission("Denetime düzeltme ekleme"),
    "inspection_form.edit": Permission("Denetim formlarını ve işyeri sınıflarını düzenleme", is_town_wide=True),
    # Work in the field, also without a network.
    "field.sync": Permission("Saha uygulamasını kullanma"),
    "task.create": Permission("Saha görevi verme"),
    "task.finish": Permission("Saha görevini bitirme"),
    "team_message.post": Permission("Ekibe ileti yazma"),
    "field_area.edit": Permission("Çalışma mahallelerini belirleme"),
    "sync_conflict.read": Permission("Sahadan gelen uyuşmazlıkları görme"),
    "sync_conflict.resolve": Permission("Sahadan gelen uyuşmazlıkları çözme"),
    "disaster.declare": Permission("Afet çalışma düzenini ilan etme", is_town_wide=True),
    # People.
    "staff.read": Permission("Personel listesini görme"),
    "staff.edit": Permission("Personel, rol ve parola yönetimi", is_town_wide=True),
    "substitution.edit": Permission("Vekâlet tanımlama"),
    "device.revoke": Permission("Personelin cihaz oturumunu kapatma"),
    "citizen.register": Permission("Vatandaş kaydı açma"),
    "citizen.block": Permission("Vatandaş hesabını engelleme", is_town_wide=True),
    # The municipality's own set-up; never limited to a department, for it changes the whole town.
    "category.edit": Permission("Başvuru konularını düzenleme", is_town_wide=True),
    "routing.edit": Permission("Yönlendirme kurallarını düzenleme", is_town_wide=True),
    "department.edit": Permission("Birimleri düzenleme", is_town_wide=True),
    "parameter.edit": Permission("Süre, oran ve sınırları düzenleme", is_town_wide=True),
    "appearance.edit": Permission("Görünüm ve metinleri düzenleme", is_town_wide=True),
    "consent.edit": Permission("Aydınlatma ve rıza metni yayımlama", is_town_wide=True),
    "audit.read": Permission("Denetim izini görme", is_town_wide=True),
}


def demand_known(permission: str) -> str:
    """Give the permission back if it is one; a misspelt name must fail when the program is loaded.

    Raises:
        LookupError: there is no such permission.
    """
    if permission not in PERMISSIONS:
        raise LookupError(f"no such permission: {permission}")
    return permission

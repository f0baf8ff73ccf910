"""Why the office did not take a command as it is, in plain words, by the code that it gives."""

from mobile.kit.i18n.catalogue import Texts

REFUSAL_TEXTS: Texts = {
    "code.complaint_action_not_allowed": (
        "Başvurunun durumu bu arada değişti.",
        "The state of the case changed in the meantime.",
    ),
    "code.complaint_already_assigned": ("Başvuruyu bu arada başkası aldı.", "Somebody else took the case meanwhile."),
    "code.not_found": ("Kayıt merkezde bulunamadı.", "The office has no such record."),
    "code.row_moved_on": ("Kayıt bu arada başka bir birime geçti.", "The record went to another department meanwhile."),
    "code.forbidden": ("Bu işlem için artık yetkiniz yok.", "You are no longer allowed to do this."),
    "code.photo_missing": ("Gerekli fotoğraf eksik.", "A needed photo is missing."),
    "code.photo_unknown": ("Fotoğraflardan biri bulunamadı.", "One of the photos was not found."),
    "code.stale_version": ("Kayıt bu arada değişti.", "The record changed in the meantime."),
    "code.record_number_in_use": ("Tutanak numarası daha önce kullanılmış.", "The record's number is in use already."),
    "code.record_number_unknown": (
        "Tutanak numarası bu telefona ait değil.",
        "The record's number is not this phone's.",
    ),
    "code.mutation_reused": ("Aynı kimlikle başka bir kayıt var.", "Another record has the same id."),
    "code.invalid": ("Bilgilerden biri kabul edilmedi.", "One of the values was not accepted."),
    "code.assignee_unknown": ("Seçilen kişi bu birimde çalışmıyor.", "The person does not work in this department."),
    "code.other": ("Merkez bunu kendiliğinden işleyemedi.", "The office could not take this by itself."),
    "code.inspection_submitted": (
        "Bu denetim daha önce tamamlanmış; sizin tutanağınız merkezde duruyor.",
        "This visit was completed before; your record is kept at the office.",
    ),
    "code.inspection_action_not_allowed": ("Denetim bu arada iptal edildi.", "The visit was called off meanwhile."),
    "code.inspection_of_another_business": (
        "Bu denetim başka bir işyeri için planlanmıştı.",
        "This visit was planned for another business.",
    ),
    "code.task_over": ("Görev bu arada bitirildi ya da iptal edildi.", "The task was done or called off meanwhile."),
    "code.business_merged": (
        "İşyeri kaydı bu arada başka bir kayıtla birleştirildi.",
        "The business was merged into another record meanwhile.",
    ),
    "code.business_unknown": ("İşyeri merkezde bulunamadı.", "The office has no such business."),
    "code.business_class_unknown": ("İşyeri sınıfı artık kullanılmıyor.", "The class of business is not in use."),
    "code.business_field_invalid": (
        "İşyeri bilgilerinden biri kabul edilmedi.",
        "One of the details of the business was not accepted.",
    ),
    "code.form_unknown": ("Bu form merkezde yok.", "The office does not have this form."),
    "code.reference_unknown": ("Bağlı olduğu kayıt merkezde yok.", "The record that it belongs to is not there."),
    "code.task_parent_unknown": ("Bağlı olduğu kayıt merkezde yok.", "The record that it belongs to is not there."),
    "code.category_unknown": ("Bu konu artık kullanılmıyor.", "This subject is not in use any more."),
    "code.department_unknown": ("Bu birim artık yok.", "This department is no more."),
    "code.place_missing": ("Yer bilgisi eksik.", "The place is missing."),
    "code.place_outside": ("Yer, belediye sınırlarının dışında.", "The place is outside of the municipality."),
    "code.answer_invalid": ("Yanıtlardan biri kabul edilmedi.", "One of the answers was not accepted."),
    "code.module_off": ("Belediye bu hizmeti kapatmış.", "The municipality has switched this service off."),
    "code.id_in_use": ("Aynı kimlikle başka bir kayıt var.", "Another record has the same id."),
    "code.too_large": ("Kayıt gönderilebileceğinden büyük.", "The record is larger than may be sent."),
    "code.device_revoked": (
        "Bu telefon kapatılmıştı; kayda merkez bakacak.",
        "This phone had been closed; the office will look at the record.",
    ),
}

"""Texts of visits, records, businesses and new findings."""

from mobile.kit.i18n.catalogue import Texts

INSPECTION_TEXTS: Texts = {
    "photos.too_many": ("Bir kayıtta en fazla {count} fotoğraf olur.", "A record has at most {count} photos."),
    "place.title": ("Yeri seçin", "Choose the place"),
    "place.choose": ("Burayı seç", "Choose this place"),
    # A visit
    "inspection.on_the_spot": ("Yerinde tespit", "Finding on the spot"),
    "inspection.locked": (
        "Denetim formu şu anda okunamıyor. Telefon bir kez merkeze bağlanınca açılır; başladıklarınız duruyor.",
        "The form cannot be read now. It opens once the phone has reached the office; what you began is kept.",
    ),
    "inspection.no_form": ("Form bu telefonda yok", "The form is not on this phone"),
    "inspection.no_form_text": (
        "Denetim formları ilk eşitlemede gelir. Bağlantı olan bir yerde eşitleyin.",
        "Forms come with the first sync. Sync where there is a network.",
    ),
    "inspection.open_before": (
        "Önceki denetimden {count} açık tespit",
        "{count} open finding of the visit before|{count} open findings of the visit before",
    ),
    "inspection.counted": ("{done}/{total} yanıtlandı", "{done} of {total} answered"),
    "inspection.to_summary": ("Özete geç", "To the summary"),
    "inspection.submit": ("Tutanağı tamamla", "Complete the record"),
    "inspection.incomplete": ("{count} yanıt eksik", "{count} answer is missing|{count} answers are missing"),
    "inspection.incomplete_text": (
        "Böyle de kaydedilir; eksikler merkezde görev olarak açılır. Tamamlanan tutanak sonradan değiştirilemez.",
        "It can be kept like this; what is missing becomes a task. A completed record cannot be changed afterwards.",
    ),
    "inspection.submit_anyway": ("Eksikle tamamla", "Complete it as it is"),
    "inspection.complete_it": ("Eksikleri doldur", "Fill in what is missing"),
    "inspection.nobody": ("Kimse yoktu, denetim yapılamadı", "Nobody was there"),
    "inspection.nobody_title": ("Denetim yapılamadı mı?", "Could the visit not be made?"),
    "inspection.nobody_text": (
        "“Kimse yoktu” diye kaydedilir. Yanıtlar gönderilmez, fotoğraflar kanıt olarak kalır.",
        "It is kept as “nobody was there”. Answers are not sent, photos stay as evidence.",
    ),
    "inspection.nobody_confirm": ("Kimse yoktu", "Nobody was there"),
    "inspection.cancel": ("Vazgeç", "Cancel"),
    "inspection.discard": ("Yanıtları sil", "Throw the answers away"),
    "inspection.discard_title": ("Yanıtlar silinsin mi?", "Throw the answers away?"),
    "inspection.discard_text": (
        "Bu denetimde yazdıklarınız ve fotoğraflar silinir. Planlanan denetim durur.",
        "What you wrote in this visit and its photos are deleted. The planned visit stays.",
    ),
    "inspection.done": ("Tutanak {number} kaydedildi", "Record {number} is kept"),
    "inspection.done_without": (
        "Kaydedildi; numarayı merkez verecek",
        "Kept; the office will give the number",
    ),
    "inspection.done_nobody": ("“Kimse yoktu” olarak kaydedildi", "Kept as “nobody was there”"),
    # Summary
    "summary.missing": ("{count} eksik", "{count} is missing|{count} are missing"),
    "summary.more_missing": ("… ve {count} eksik daha", "… and {count} more"),
    "summary.findings": ("{count} tespit", "{count} finding|{count} findings"),
    "summary.photos": ("{count} fotoğraf", "{count} photo|{count} photos"),
    "summary.signature.signed": ("İmza alındı", "Signed"),
    "summary.signature.refused": ("İmzadan imtina", "Refused to sign"),
    "summary.signature.none": ("İmza yok", "No signature"),
    "summary.number_here": (
        "Tutanak numarası tamamlanınca bu telefondan verilir.",
        "The record gets its number from this phone when it is completed.",
    ),
    "summary.number_later": (
        "Bu telefonda tutanak numarası kalmadı: numarayı merkez verecek.",
        "This phone has no record number left: the office will give one.",
    ),
    "summary.at_once": ("Yerinde giderildi", "Put right on the spot"),
    "summary.until": ("{day} gününe kadar", "until {day}"),
    "summary.no_term": ("Süre verilmedi", "No time given"),
    "outcome.passed": ("Aykırılık bulunmadı", "Nothing was found"),
    "outcome.warned": ("Süre verilerek uyarıldı", "Warned, with time to put it right"),
    "outcome.failed": ("Giderilmemiş aykırılık var", "Something is not put right"),
    "outcome.nobody_there": ("Kimse yoktu, denetim yapılamadı", "Nobody was there"),
    "severity.minor": ("Hafif", "Minor"),
    "severity.major": ("Önemli", "Major"),
    "severity.critical": ("Ağır", "Critical"),
    # Record
    "record.title": ("Tutanak", "Record"),
    "record.without_number": ("Tutanak (numara bekliyor)", "Record (number to come)"),
    "record.business": ("İşyeri", "Business"),
    "record.gone": ("Bu tutanak telefonda yok", "This record is not on the phone"),
    "record.gone_text": ("Merkezde duruyor.", "The office has it."),
    "record.amend": ("Düzeltme ekle", "Add a correction"),
    "record.sent.waiting": ("Gönderilecek", "To be sent"),
    "record.sent.ok": ("Merkeze ulaştı", "The office has it"),
    "record.sent.conflict": ("Bakmanız gerekiyor", "Needs you"),
    "record.sent.quarantined": ("Merkez inceliyor", "The office looks into it"),
    "amendment.label": ("Ne düzeltiliyor?", "What is corrected?"),
    "amendment.help": (
        "Tutanak değişmez; düzeltme altına, adınız ve saatiyle eklenir.",
        "The record stays as it is; the correction stands below it with your name and the time.",
    ),
    "amendment.no_text": ("Düzeltmeyi yazın.", "Write the correction."),
    "amendment.send": ("Düzeltmeyi kaydet", "Keep the correction"),
    "amendment.done": ("Düzeltme kaydedildi", "The correction is kept"),
}

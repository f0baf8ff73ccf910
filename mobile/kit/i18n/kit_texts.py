"""What the kit itself says."""

from mobile.kit.i18n.catalogue import Texts
from mobile.kit.i18n.form_texts import FORM_TEXTS

KIT_TEXTS: Texts = {
    "kit.just_now": ("az önce", "just now"),
    "kit.minutes_ago": ("{count} dk önce", "{count} min ago"),
    "kit.hours_ago": ("{count} sa önce", "{count} h ago"),
    "kit.yesterday": ("dün", "yesterday"),
    "kit.unsaved_title": ("Kaydedilmemiş bilgiler var", "There is unsaved work"),
    "kit.unsaved_body": ("Çıkarsanız bu ekranda yazdıklarınız silinir.", "If you leave, what you wrote here is lost."),
    "kit.choose": ("Seçin", "Choose"),
    "kit.done": ("Tamam", "Done"),
    "kit.stay": ("Ekranda kal", "Stay here"),
    "kit.leave": ("Silip çık", "Discard and leave"),
    **FORM_TEXTS,
}

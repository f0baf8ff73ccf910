"""Texts of the phone itself: its navigation, its PIN, its server, and what to do when something is wrong with it."""

from mobile.kit.i18n.catalogue import Texts

PHONE_TEXTS: Texts = {
    "way.lead": ("Yol tarifi", "Directions"),
    # Signing in
    "sign_in.other_owner": (
        "Bu telefonda {name} adına kayıtlar var: silinmez, onları yalnız sahibi açar. Telefonu merkez geri alabilir.",
        "This phone holds the records of {name}: they stay, and only their owner opens them. The office can take it.",
    ),
    "sign_in.somebody": ("başka bir görevli", "another person"),
    "server.at": ("Sunucu: {host}", "Server: {host}"),
    "server.label": ("Sunucunun adresi", "The server's address"),
    "server.help": ("Belediyenizin verdiği adres; https ile başlar.", "As your municipality told you; with https."),
    "server.use": ("Bu sunucuyu kullan", "Use this server"),
    "server.wrong": ("Bu, şifreli (https) bir sunucu adresi değil.", "Not the address of an encrypted (https) server."),
    # Another PIN
    "change_pin.title": ("PIN'i değiştir", "Change the PIN"),
    "change_pin.old": ("Şimdiki PIN'inizi girin", "Enter your present PIN"),
    "change_pin.new": ("6 haneli yeni bir PIN seçin", "Choose a new 6-digit PIN"),
    "change_pin.done": ("PIN değişti", "The PIN is changed"),
    # A database that was hurt
    "trouble.damaged": ("Telefondaki veriler hasar görmüş", "The data on this phone are damaged"),
    "trouble.damaged_text": (
        "{count} kayıt okunabiliyor. Şimdi kurtarılırsa gönderilir; zarar gören dosya da telefonda saklanır.",
        "{count} record can be read.|{count} records can be read. Saved now, they are sent; the old file stays too.",
    ),
    "trouble.rescue": ("Kayıtları kurtar", "Save the records"),
    "trouble.no_room": ("Yer yok: biraz yer açıp yeniden deneyin.", "There is no room: make some and try again."),
    "trouble.rescued": ("{count} kayıt kurtarıldı", "{count} record was saved|{count} records were saved"),
    "trouble.rescued_text": (
        "{photos} fotoğraf kayıtlarıyla birlikte bulundu. Okunamayan kayıt: {lost}. İşleriniz ilk eşitlemede gelir.",
        "{photos} photos were found with them. Records that could not be read: {lost}. Your work comes with a sync.",
    ),
    "trouble.go_on": ("Devam et", "Go on"),
    "trouble.closed": ("Telefondaki veriler açılmıyor", "The data on this phone do not open"),
    "trouble.closed_text": (
        "Önce yöneticinize haber verin: gönderilmemiş kayıtlar bu dosyada. Yenisiyle başlasanız da eskisi saklanır.",
        "Tell your administrator first: what was not sent is in this file. It is kept, even if you begin with another.",
    ),
    "trouble.again": ("Yeniden dene", "Try again"),
    "trouble.anew": ("Yeni dosyayla başla", "Begin with a new file"),
    "trouble.anew_title": ("Yeni dosyayla başlansın mı?", "Begin with a new file?"),
    "trouble.anew_text": (
        "Eski dosya silinmez, ama içindekiler bu uygulamada görünmez.",
        "The old file is not deleted, but what is in it does not show in this app.",
    ),
    # An app that is too old
    "send_only.title": ("Uygulama güncellenmeli", "The app must be updated"),
    "send_only.text": (
        "Telefondaki veriler bu sürümle okunamıyor. Kayıtlarınız güvende ve gönderilmeye devam ediyor.",
        "This version cannot read the data on this phone. Your records are safe and are still being sent.",
    ),
    "send_only.next": (
        "Uygulamanın yeni sürümünü kurun; kuruluysa telefonda yer açıp uygulamayı yeniden açın.",
        "Install the new version of the app; if it is installed, make room on the phone and open the app again.",
    ),
    # The map
    "map.filter.all": ("Tümü", "All"),
    "map.filter.today": ("Bugün", "Today"),
    "map.filter.late": ("Geciken", "Late"),
    "map.legend.complaint": ("Başvuru", "Case"),
    "map.legend.inspection": ("Denetim", "Inspection"),
    "map.legend.task": ("Görev", "Task"),
    "map.legend.pressing": ("Geciken, acil", "Late, urgent"),
    # The first sync
    "first.progress": ("{done} / {whole} bölüm geldi", "{done} of {whole} parts are here"),
    "first.offline": (
        "Ağ bekleniyor: ilk eşitleme için internet gerekir.",
        "Waiting for a network for the first sync.",
    ),
    # The way
    "way.none": ("Bu cihazda yol tarifi uygulaması yok", "This device has no navigation app"),
}

"""Texts of the app's shell and of the lists; the rooms of inspections bring their own."""

from mobile.kit.i18n.catalogue import Texts

TEXTS: Texts = {
    # Tabs
    "tab.today": ("Bugün", "Today"),
    "tab.map": ("Harita", "Map"),
    "tab.messages": ("İletiler", "Messages"),
    "tab.sync": ("Eşitleme", "Sync"),
    "tab.more": ("Diğer", "More"),
    # Signing in
    "sign_in.title": ("Saha uygulaması", "Field app"),
    "sign_in.intro": (
        "Bir kez internetle giriş yapın. Sonra günlerce internetsiz çalışabilirsiniz.",
        "Sign in once online. After that you can work without a network for days.",
    ),
    "sign_in.town": ("Belediye", "Municipality"),
    "sign_in.username": ("Kullanıcı adı", "User name"),
    "sign_in.password": ("Parola", "Password"),
    "sign_in.code": ("Doğrulama kodu", "Verification code"),
    "sign_in.code_help": (
        "Doğrulama uygulamasındaki 6 haneli sayı. İlk girişte boş bırakın.",
        "The 6-digit number of the authenticator app. Leave it empty the first time.",
    ),
    "sign_in.go": ("Giriş yap", "Sign in"),
    "sign_in.enrol": (
        "Doğrulama uygulamasına bu anahtarı girin, sonra gösterdiği kodu yazın:",
        "Enter this key in an authenticator app, then type the code that it shows:",
    ),
    "sign_in.new_password": ("Yeni parola", "New password"),
    "sign_in.choose_password": (
        "Tek kullanımlık parolanın yerine kendi parolanızı seçin.",
        "Choose a password of your own in the place of the one-time one.",
    ),
    "sign_in.offline": (
        "Sunucuya ulaşılamadı. Bağlantınızı denetleyip yeniden deneyin.",
        "The server could not be reached. Check your connection and try again.",
    ),
    "sign_in.refused": ("Giriş yapılamadı.", "Signing in was refused."),
    "sign_in.choose_town": ("Belediyenizi seçin.", "Choose your municipality."),
    "sign_in.no_username": ("Kullanıcı adınızı yazın.", "Type your user name."),
    "sign_in.no_password": ("Parolanızı yazın.", "Type your password."),
    "sign_in.retry": ("Belediyeleri yeniden getir", "Load the municipalities again"),
    # PIN
    "pin.choose": ("Bu telefon için 6 haneli bir PIN seçin", "Choose a 6-digit PIN for this phone"),
    "pin.again": ("PIN'i bir kez daha girin", "Enter the PIN once more"),
    "pin.enter": ("PIN'inizi girin", "Enter your PIN"),
    "pin.differs": ("İki PIN aynı değil, yeniden seçin", "The two PINs differ, choose again"),
    "pin.weak": ("Bu PIN çok kolay: 111111 ya da 123456 gibi olmasın", "Too easy: nothing like 111111 or 123456"),
    "pin.wrong": ("Yanlış PIN, {count} hakkınız kaldı", "Wrong PIN, {count} try left|Wrong PIN, {count} tries left"),
    "pin.wait": ("Çok fazla yanlış deneme. {time} bekleyin.", "Too many wrong tries. Wait {time}."),
    "pin.forgotten": ("PIN'imi unuttum", "I forgot my PIN"),
    "pin.forgotten_title": ("PIN unutulduysa", "If the PIN is forgotten"),
    "pin.forgotten_body": (
        "İnternet varken yeniden giriş yapın, yeni bir PIN seçin. Telefondaki kayıtlarınız silinmez.",
        "Sign in again online and choose a new PIN. What you recorded on the phone is not deleted.",
    ),
    "pin.sign_in": ("Yeniden giriş yap", "Sign in again"),
    "pin.cancel": ("Vazgeç", "Cancel"),
    "pin.no_recovery": (
        "Bu telefonun anahtarı başka birine ait ya da kayıp. Kayıtlar telefonda duruyor; yöneticinize haber verin.",
        "This phone's key is another person's, or lost. The records stay on the phone; tell your administrator.",
    ),
    # Today
    "today.late": ("{count} gecikmiş", "{count} late"),
    "today.due": ("{count} bugün", "{count} today"),
    "today.all": ("{count} iş", "{count} job|{count} jobs"),
    "today.order.way": ("Yol sırası", "Route"),
    "today.order.near": ("Yakınlık", "Nearest"),
    "today.order.due": ("Süre", "Deadline"),
    "today.order.risk": ("Risk", "Risk"),
    "today.mine": ("Benim", "Mine"),
    "today.team": ("Ekibin tümü", "Whole team"),
    "today.empty": ("Bekleyen iş yok", "Nothing waits"),
    "today.empty_text": ("Yeni iş geldiğinde burada görünür.", "New work will show here."),
    "today.first_sync": ("İşleriniz getiriliyor", "Your work is being loaded"),
    "today.first_sync_text": (
        "İlk eşitleme sürüyor: önce size verilen işler, sonra mahalledeki işyerleri gelir.",
        "The first sync is on its way: your own work first, then the businesses of your area.",
    ),
    "today.due_on": ("son gün {day}", "due {day}"),
    "today.late_since": ("{day} günü bitmeliydi", "was due {day}"),
    "today.emergency": ("ACİL", "URGENT"),
    "today.new": ("Yeni", "New"),
    "work.inspection.routine": ("Yıllık denetim", "Routine inspection"),
    "work.inspection.complaint": ("Şikâyet denetimi", "Inspection after a complaint"),
    "work.inspection.recheck": ("Süre sonu kontrolü", "Re-check"),
    "work.inspection.spot": ("Yerinde tespit", "Finding on the spot"),
    "work.task": ("Görev", "Task"),
    # Banners
    "banner.offline": (
        "Çevrimdışı — {count} kayıt bekliyor",
        "Offline — {count} record waits|Offline — {count} records wait",
    ),
    "banner.offline_none": ("Çevrimdışı — bekleyen kayıt yok", "Offline — nothing waits"),
    "banner.waiting": ("{count} kayıt gönderiliyor", "Sending {count} record|Sending {count} records"),
    "banner.attention": ("{count} kayda bakmanız gerekiyor", "{count} record needs you|{count} records need you"),
    "banner.signed_out": (
        "Oturum bitti — kayıtlar telefonda güvende",
        "Signed out — your records are safe on the phone",
    ),
    "banner.sign_in": ("Giriş yap", "Sign in"),
    "banner.show": ("Göster", "Show"),
    "banner.send_only": (
        "Uygulamanın yeni sürümü gerekiyor. Kayıtlarınız gönderilmeye devam ediyor.",
        "A newer version of the app is needed. Your records are still being sent.",
    ),
    "locked.title": ("Okuma kilitli", "Reading is locked"),
    "locked.text": (
        "Telefon çok uzun süredir merkeze ulaşamadı. Yeni kayıt yapabilirsiniz; okumak için bir kez bağlanın.",
        "The phone has not reached the office for too long. You can record; to read, connect once.",
    ),
    "wiped.title": ("Bu telefon kapatıldı", "This phone was closed"),
    "wiped.text": (
        "Merkez bu telefonu kapattı. Gönderilmesi gerekenler gönderildi, bilgiler silindi.",
        "The office has closed this phone. What had to be sent was sent, the data are deleted.",
    ),
}

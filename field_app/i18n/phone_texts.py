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
    # The way
    "way.none": ("Bu cihazda yol tarifi uygulaması yok", "This device has no navigation app"),
}

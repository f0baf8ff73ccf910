"""Street names that many Turkish towns have; none of them points to a real place."""

ARTERY_NAMES = (
    "Atatürk Bulvarı", "Cumhuriyet Caddesi", "İstasyon Caddesi", "İnönü Caddesi", "Fevzi Çakmak Caddesi",
    "Kâzım Karabekir Caddesi", "Hürriyet Caddesi", "Gazi Caddesi", "İstiklal Caddesi", "Sakarya Caddesi",
    "Barbaros Bulvarı", "Mimar Sinan Caddesi", "Fatih Caddesi", "Yunus Emre Caddesi", "Mevlana Caddesi",
    "19 Mayıs Caddesi", "23 Nisan Caddesi", "30 Ağustos Bulvarı", "29 Ekim Caddesi", "Mehmet Akif Ersoy Caddesi",
    "Ziya Gökalp Caddesi", "Namık Kemal Caddesi", "Şehitler Caddesi", "Okul Caddesi", "Hastane Caddesi",
    "Çarşı Caddesi", "Belediye Caddesi", "Sanayi Caddesi", "Turgut Reis Caddesi", "Alparslan Caddesi",
    "Ertuğrul Gazi Caddesi", "Millî Egemenlik Bulvarı", "Yeşilırmak Bulvarı", "Kurtuluş Caddesi",
    "Zafer Caddesi", "Yıldırım Beyazıt Caddesi",
)  # fmt: skip

STREET_NAMES = (
    "Lale Sokak", "Gül Sokak", "Menekşe Sokak", "Papatya Sokak", "Karanfil Sokak", "Sümbül Sokak", "Nergis Sokak",
    "Yasemin Sokak", "Leylak Sokak", "Zambak Sokak", "Akasya Sokak", "Çınar Sokak", "Çam Sokak", "Ihlamur Sokak",
    "Kavak Sokak", "Söğüt Sokak", "Meşe Sokak", "Ceviz Sokak", "Fındık Sokak", "Badem Sokak", "Kiraz Sokak",
    "Vişne Sokak", "Elma Sokak", "Nar Sokak", "İncir Sokak", "Zeytin Sokak", "Defne Sokak", "Bahar Sokak",
    "Güneş Sokak", "Yıldız Sokak", "Ay Sokak", "Deniz Sokak", "Pınar Sokak", "Çeşme Sokak", "Irmak Sokak",
    "Dere Sokak", "Köprü Sokak", "Değirmen Sokak", "Bağ Sokak", "Bostan Sokak", "Yayla Sokak", "Dağ Sokak",
    "Tepe Sokak", "Kaya Sokak", "Güvercin Sokak", "Serçe Sokak", "Kırlangıç Sokak", "Turna Sokak", "Şahin Sokak",
    "Umut Sokak", "Barış Sokak", "Huzur Sokak", "Dostluk Sokak", "Sevgi Sokak", "Birlik Sokak", "Emek Sokak",
    "Güven Sokak", "Uğur Sokak", "Işık Sokak", "Şafak Sokak", "Ufuk Sokak", "Doğan Sokak", "Öğretmen Sokak",
    "Şair Sokak", "Kütüphane Sokak", "Fırın Sokak", "Hamam Sokak", "Cami Sokak", "Mektep Sokak", "Saat Kulesi Sokak",
)  # fmt: skip

PARK_NAMES = (
    "Çınaraltı Parkı", "Barış Parkı", "Cumhuriyet Parkı", "Lale Parkı", "Gençlik Parkı", "Çocuk Parkı", "Zafer Parkı",
    "Yunus Emre Parkı", "Kuğulu Park", "Ihlamur Parkı", "Demokrasi Parkı", "Şehitler Parkı", "Sevgi Parkı",
    "Nasreddin Hoca Parkı", "Umut Parkı", "Güneş Parkı", "Gül Parkı", "Emek Parkı", "Aile Parkı", "Dostluk Parkı",
)  # fmt: skip


def numbered_street(number: int) -> str:
    """Name a street by its number, as towns do that ran out of names."""
    return f"{number}. Sokak"


def numbered_artery(number: int) -> str:
    """Name an artery by its number."""
    return f"{number}. Cadde"

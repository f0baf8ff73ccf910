"""Trades of the pretend businesses: what they do, which class they are, what their signs say, how large they are."""

from typing import NamedTuple


class Trade(NamedTuple):
    """A kind of business; `weight` is how often it is met, `area_m2` its usual size, `hours` on its door."""

    activity: str
    class_code: str
    weight: float
    area_m2: int
    hours: str
    signs: tuple[str, ...]


_DAY, _SHOP, _LATE, _NIGHT, _EARLY = "09.00–19.00", "08.00–21.00", "08.00–24.00", "16.00–02.00", "05.30–21.00"

# `{last}` is a surname, `{first}` a first name, `{place}` a neighbourhood or a street.
TRADES = (
    Trade("Bakkal ve market", "sanitary", 12, 90, _LATE, ("{last} Market", "{place} Market", "Öz {last} Gıda")),
    Trade("Lokanta", "sanitary", 9, 110, _SHOP, ("{last} Lokantası", "{place} Sofrası", "Usta {last} Kebap")),
    Trade("Fırın", "sanitary", 4, 140, _EARLY, ("{place} Ekmek Fırını", "{last} Unlu Mamuller", "Taş Fırın {last}")),
    Trade("Kasap", "sanitary", 4, 60, _SHOP, ("{last} Kasabı", "{place} Et Pazarı", "Helal Et {last}")),
    Trade("Manav", "sanitary", 4, 50, _SHOP, ("{last} Manav", "{place} Sebze Meyve")),
    Trade("Berber ve kuaför", "sanitary", 9, 45, _DAY, ("Kuaför {first}", "{last} Erkek Kuaförü", "Salon {first}")),
    Trade("Eczane", "sanitary", 4, 70, _DAY, ("{place} Eczanesi", "{last} Eczanesi", "Yeni {place} Eczanesi")),
    Trade("Giyim mağazası", "sanitary", 8, 100, _DAY, ("{last} Giyim", "Butik {first}", "{place} Tekstil")),
    Trade("Kırtasiye", "sanitary", 3, 60, _DAY, ("{place} Kırtasiye", "{last} Kitap Kırtasiye")),
    Trade("Hırdavat", "sanitary", 3, 80, _DAY, ("{last} Hırdavat", "{place} Yapı Market")),
    Trade("Cep telefonu satış ve onarım", "sanitary", 3, 30, _DAY, ("{last} İletişim", "{place} GSM")),
    Trade("Çiçekçi", "sanitary", 2, 35, _SHOP, ("{first} Çiçekçilik", "{place} Çiçek Evi")),
    Trade("Pastane", "sanitary", 3, 95, _LATE, ("{last} Pastanesi", "Tatlıcı {last}", "{place} Baklava")),
    Trade("Kuru temizleme", "sanitary", 2, 50, _DAY, ("{place} Kuru Temizleme", "{last} Lostra")),
    Trade("Oto tamir", "non_sanitary_3", 5, 130, _DAY, ("{last} Oto Servis", "{place} Oto Elektrik")),
    Trade("Marangoz", "non_sanitary_3", 3, 160, _DAY, ("{last} Mobilya", "{place} Ahşap", "Doğrama {last}")),
    Trade("Demir doğrama", "non_sanitary_3", 2, 150, _DAY, ("{last} Ferforje", "{place} Demir Doğrama")),
    Trade("Oto yıkama", "non_sanitary_3", 2, 200, _SHOP, ("{place} Oto Yıkama", "{last} Oto Kuaför")),
    Trade("Mermer atölyesi", "non_sanitary_2", 1, 400, _DAY, ("{last} Mermer", "{place} Granit")),
    Trade("Un fabrikası", "non_sanitary_2", 0.5, 1_800, _DAY, ("{last} Un Sanayi",)),
    Trade("Kahvehane", "public_leisure", 5, 85, _LATE, ("{place} Kıraathanesi", "{last} Kahvehanesi")),
    Trade("Kafe", "public_leisure", 5, 120, _LATE, ("Kafe {first}", "{place} Kahve Evi", "Köşe Kafe {place}")),
    Trade("Çay bahçesi", "public_leisure", 1.5, 350, _LATE, ("{place} Aile Çay Bahçesi",)),
    Trade("İnternet salonu", "public_leisure", 1, 90, _LATE, ("{place} İnternet Salonu",)),
    Trade("İçkili lokanta", "public_leisure", 1.5, 180, _NIGHT, ("{last} Ocakbaşı", "{place} Meyhanesi")),
    Trade("Otel", "public_leisure", 0.8, 900, "00.00–24.00", ("Otel {place}", "{last} Otel")),
    Trade("Düğün salonu", "public_leisure", 0.6, 700, _NIGHT, ("{place} Düğün Salonu", "{last} Davet")),
)  # fmt: skip

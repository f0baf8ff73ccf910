"""Texts of the phone itself: its navigation, its PIN, its server, and what to do when something is wrong with it."""

from mobile.kit.i18n.catalogue import Texts

PHONE_TEXTS: Texts = {
    "way.lead": ("Yol tarifi", "Directions"),
    "way.none": ("Bu cihazda yol tarifi uygulaması yok", "This device has no navigation app"),
}

"""Names of the icons in use, with their places in the font of Material Design Icons.

A new icon is one more line; its code stands in `node_modules/@mdi/font/css/materialdesignicons.css`.
"""

from collections.abc import Mapping
from types import MappingProxyType

ICONS: Mapping[str, int] = MappingProxyType({
    "account": 0xF0004, "account-circle": 0xF0009, "account-group": 0xF0849, "account-hard-hat": 0xF05B5,
    "account-search": 0xF0016, "alert": 0xF0026, "alert-circle": 0xF0028, "arrow-down": 0xF0045,
    "arrow-expand": 0xF0616, "arrow-left": 0xF004D, "arrow-right": 0xF0054, "arrow-up": 0xF005D,
    "attachment": 0xF0066, "backspace": 0xF006E, "backspace-outline": 0xF0B5C, "bank": 0xF0070, "bell": 0xF009A,
    "bookmark": 0xF00C0, "briefcase": 0xF00D6, "broom": 0xF00E2, "bug": 0xF00E4, "bus": 0xF00E7, "calendar": 0xF00ED,
    "calendar-clock": 0xF00F0, "camera": 0xF0100, "camera-plus": 0xF0EDB, "car": 0xF010B, "cash": 0xF0114,
    "cellphone": 0xF011C, "check": 0xF012C, "check-all": 0xF012D, "check-circle": 0xF05E0,
    "checkbox-blank-outline": 0xF0131, "checkbox-marked": 0xF0132, "chevron-down": 0xF0140, "chevron-left": 0xF0141,
    "chevron-right": 0xF0142, "chevron-up": 0xF0143, "circle": 0xF0765, "clipboard-check": 0xF014E,
    "clipboard-list": 0xF10D4, "clipboard-text": 0xF014D, "clock": 0xF0954, "close": 0xF0156, "close-circle": 0xF0159,
    "cloud-alert": 0xF09E0, "cloud-check": 0xF1BEB, "cloud-off": 0xF1BF6, "cloud-off-outline": 0xF0164,
    "cloud-upload": 0xF0167, "cog": 0xF0493, "cogs": 0xF08D6, "compass": 0xF018B, "content-copy": 0xF018F,
    "content-save": 0xF0193, "credit-card": 0xF0FEF, "crop-free": 0xF019F, "crosshairs-gps": 0xF01A4,
    "delete": 0xF01B4, "dog-side": 0xF0A44, "domain": 0xF01D7, "dots-vertical": 0xF01D9, "download": 0xF01DA,
    "draw": 0xF0F49, "eraser": 0xF01FE, "eye": 0xF0208, "eye-off": 0xF0209, "file-certificate": 0xF1186,
    "file-document": 0xF0219, "file-download": 0xF0965, "file-sign": 0xF19C3, "filter": 0xF0232,
    "filter-variant": 0xF0236, "fingerprint": 0xF0237, "fire": 0xF0238, "flag": 0xF023B,
    "format-list-bulleted": 0xF0279, "format-size": 0xF027F, "gavel": 0xF029B, "gesture": 0xF07CB,
    "help-circle": 0xF02D7, "history": 0xF02DA, "home": 0xF02DC, "home-city": 0xF0D15, "image": 0xF02E9,
    "image-multiple": 0xF02F9, "image-off-outline": 0xF11D1, "inbox": 0xF0687, "inbox-outline": 0xF1274,
    "information": 0xF02FC, "key": 0xF0306, "lamp": 0xF06B5, "layers": 0xF0328, "leaf": 0xF032A,
    "lightbulb-on": 0xF06E8, "link": 0xF0337, "lock": 0xF033E, "lock-open": 0xF033F, "login": 0xF0342,
    "logout": 0xF0343, "magnify": 0xF0349, "map": 0xF034D, "map-marker": 0xF034E, "map-marker-plus": 0xF0651,
    "map-marker-radius": 0xF0352, "map-search": 0xF0984, "menu": 0xF035C, "message": 0xF0361, "message-text": 0xF0369,
    "minus": 0xF0374, "minus-circle": 0xF0376, "moon-waning-crescent": 0xF0F65, "navigation": 0xF0390,
    "note-text": 0xF039E, "parking": 0xF03E3, "pause": 0xF03E4, "pencil": 0xF03EB, "percent": 0xF03F0,
    "phone": 0xF03F2, "pipe-leak": 0xF0889, "play": 0xF040A, "plus": 0xF0415, "plus-circle": 0xF0417,
    "printer": 0xF042A, "progress-clock": 0xF0996, "qrcode-scan": 0xF0433, "radiobox-blank": 0xF043D,
    "radiobox-marked": 0xF043E, "receipt-text": 0xF0449, "recycle": 0xF044C, "redo": 0xF044E, "refresh": 0xF0450,
    "road": 0xF0461, "road-variant": 0xF0462, "run": 0xF070E, "scale-balance": 0xF05D1, "send": 0xF048A,
    "share-variant": 0xF0497, "shield-account": 0xF088F, "shield-check": 0xF0565, "signature": 0xF0DFB,
    "sort": 0xF04BA, "sprout": 0xF0E66, "stamper": 0xF0D39, "star": 0xF04CE, "star-outline": 0xF04D2, "stop": 0xF04DB,
    "store": 0xF04DC, "store-alert": 0xF18C1, "sync": 0xF04E6, "sync-alert": 0xF04E7, "sync-off": 0xF04E8,
    "tag": 0xF04F9, "text-box": 0xF021A, "theme-light-dark": 0xF050E, "thermometer": 0xF050F, "thumb-up": 0xF0513,
    "ticket": 0xF0516, "timer": 0xF13AB, "toolbox": 0xF09AC, "translate": 0xF05CA, "trash-can": 0xF0A79,
    "tree": 0xF0531, "tree-outline": 0xF0E69, "tune": 0xF062E, "undo": 0xF054C, "upload": 0xF0552,
    "volume-high": 0xF057E, "water": 0xF058C, "weather-sunny": 0xF0599, "wifi": 0xF05A9, "wifi-off": 0xF05AA,
    "wrench": 0xF05B7,
})  # fmt: skip


def glyph(name: str) -> str:
    """Give the character of an icon.

    Raises:
        KeyError: ICONS does not have it.
    """
    return chr(ICONS[name])

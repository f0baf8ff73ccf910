"""The words on the screens: Turkish first, English beside it. `from mobile.kit.i18n import t, language`."""

from mobile.kit.i18n.catalogue import Catalogue
from mobile.kit.i18n.kit_texts import KIT_TEXTS

language = Catalogue()
"""The one catalogue; the apps add their texts to it and change it with `language.change("en")`."""
language.add(KIT_TEXTS)
t = language.text

"""Hands a place to the navigation app that the phone's user likes. NOT RUN ON A PHONE YET."""

from urllib.parse import quote

from mobile.device.android.system import activity, java
from mobile.device.ports import Refused


class IntentNavigation:
    """Opens a `geo:` address (ACTION_VIEW), which every map app on Android takes."""

    def lead_to(self, lon: float, lat: float, name: str) -> None:
        """Open the map app with a mark at the place; the way is its user's to choose."""
        intent_class = java("android.content.Intent")
        place = f"{lat:.6f},{lon:.6f}"
        # A closing bracket would end the name.
        label = quote(name.replace("(", " ").replace(")", " "))
        address = java("android.net.Uri").parse(f"geo:{place}?q={place}({label})")
        intent = intent_class(intent_class.ACTION_VIEW, address)
        if intent.resolveActivity(activity().getPackageManager()) is None:
            raise Refused("missing")
        activity().startActivity(intent)

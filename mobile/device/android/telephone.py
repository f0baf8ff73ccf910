"""Hands a number to the phone's own dialler. NOT RUN ON A PHONE YET."""

from mobile.device.android.system import activity, java
from mobile.device.ports import Refused


class IntentTelephone:
    """Shows the number in the dialler (ACTION_DIAL): needs no permission, the user calls."""

    def dial(self, number: str) -> None:
        """Open the dialler."""
        intent_class = java("android.content.Intent")
        address = java("android.net.Uri").fromParts("tel", number, None)
        intent = intent_class(intent_class.ACTION_DIAL, address)
        if intent.resolveActivity(activity().getPackageManager()) is None:
            raise Refused("missing")
        activity().startActivity(intent)

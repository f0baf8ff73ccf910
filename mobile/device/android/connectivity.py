"""The state of the network, by ConnectivityManager. NOT RUN ON A PHONE YET.

Android tells changes to subclasses of an abstract class only, which pyjnius cannot make: `watch` asks again and again.
"""

import threading
from collections.abc import Callable

from mobile.device.android.system import activity, java
from mobile.device.ports import Network

_EVERY_S = 5.0


class SystemConnectivity:
    """Says what network Android has found good."""

    def current(self) -> Network:
        """Say what there is now; a network without the internet counts as none."""
        manager = activity().getSystemService(java("android.content.Context").CONNECTIVITY_SERVICE)
        network = manager.getActiveNetwork()
        found = manager.getNetworkCapabilities(network) if network is not None else None
        kinds = java("android.net.NetworkCapabilities")
        if found is None or not found.hasCapability(kinds.NET_CAPABILITY_VALIDATED):
            return Network.OFFLINE
        return Network.FREE if found.hasCapability(kinds.NET_CAPABILITY_NOT_METERED) else Network.METERED

    def watch(self, told: Callable[[Network], None]) -> Callable[[], None]:
        """Ask every few seconds in a thread and tell changes; gives what ends it."""
        ended = threading.Event()

        def ask() -> None:
            before = self.current()
            while not ended.wait(_EVERY_S):
                now = self.current()
                if now != before:
                    before = now
                    told(now)

        threading.Thread(target=ask, name="connectivity", daemon=True).start()
        return ended.set

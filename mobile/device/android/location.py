"""The phone's position by its LocationManager, without any service of Google. NOT RUN ON A PHONE YET."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mobile.device.android.system import activity, java, with_permissions
from mobile.device.ports import Fix, Refused

_EVERY_MS, _METRES = 2_000, 3.0
_PROVIDERS = ("gps", "network")
_PERMISSIONS = ("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION")


class SystemLocation:
    """Asks satellites and cell towers."""

    def current(self, done: Callable[[Fix], None], failed: Callable[[Refused], None], timeout_s: float = 30) -> None:
        """Give the first fix that comes."""
        lock = threading.Lock()
        ends: list[Callable[[], None]] = []
        is_over = False

        def finish(answer: Callable[[], None]) -> None:
            nonlocal is_over
            with lock:
                if is_over:
                    return
                is_over = True
            timer.cancel()
            for end in ends:
                end()
            answer()

        timer = threading.Timer(timeout_s, lambda: finish(lambda: failed(Refused("missing"))))
        timer.daemon = True

        def start() -> None:
            if not self._is_on():
                finish(lambda: failed(Refused("switched_off")))
                return
            timer.start()
            ends.append(self._listen(lambda fix: finish(lambda: done(fix))))

        with_permissions(_PERMISSIONS, start, lambda refused: finish(lambda: failed(refused)))

    def watch(self, told: Callable[[Fix], None]) -> Callable[[], None]:
        """Tell every fix; without the permission none comes."""
        ends: list[Callable[[], None]] = []
        is_ended = threading.Event()

        def start() -> None:
            if not is_ended.is_set():
                ends.append(self._listen(told))

        def end() -> None:
            is_ended.set()
            while ends:
                ends.pop()()

        with_permissions(_PERMISSIONS, start, lambda _refused: None)
        return end

    def _is_on(self) -> bool:
        return any(self._manager().isProviderEnabled(name) for name in _PROVIDERS)

    def _listen(self, told: Callable[[Fix], None]) -> Callable[[], None]:
        manager, listener = self._manager(), _listener(told)
        looper = java("android.os.Looper").getMainLooper()
        for name in _PROVIDERS:
            if manager.isProviderEnabled(name):
                manager.requestLocationUpdates(name, _EVERY_MS, _METRES, listener, looper)
        return lambda: manager.removeUpdates(listener)

    @staticmethod
    def _manager() -> Any:
        return activity().getSystemService(java("android.content.Context").LOCATION_SERVICE)


def _listener(told: Callable[[Fix], None]) -> Any:
    from jnius import PythonJavaClass, java_method  # noqa: PLC0415 (exists on the phone only)

    class Listener(PythonJavaClass):  # type: ignore[misc]
        __javainterfaces__ = ("android/location/LocationListener",)
        __javacontext__ = "app"

        @java_method("(Landroid/location/Location;)V")  # type: ignore[untyped-decorator]
        def onLocationChanged(self, place: Any) -> None:  # noqa: N802 (Android's name)
            at = datetime.fromtimestamp(place.getTime() / 1000, UTC)
            told(Fix(place.getLongitude(), place.getLatitude(), place.getAccuracy(), at))

        @java_method("(Ljava/lang/String;)V")  # type: ignore[untyped-decorator]
        def onProviderEnabled(self, _name: str) -> None:  # noqa: N802
            """Is only asked for by the interface."""

        @java_method("(Ljava/lang/String;)V")  # type: ignore[untyped-decorator]
        def onProviderDisabled(self, _name: str) -> None:  # noqa: N802
            """Is only asked for by the interface."""

        @java_method("(Ljava/lang/String;ILandroid/os/Bundle;)V")  # type: ignore[untyped-decorator]
        def onStatusChanged(self, _name: str, _status: int, _extras: Any) -> None:  # noqa: N802
            """Is only asked for by the interface before Android 10."""

    return Listener()

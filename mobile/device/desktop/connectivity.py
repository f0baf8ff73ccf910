"""A network that is told, for development and tests."""

from collections.abc import Callable

from mobile.device.ports import Network


class GivenConnectivity:
    """Is what `give` told last; free at first."""

    def __init__(self) -> None:
        """Begin with a free network."""
        self._network = Network.FREE
        self._watchers: list[Callable[[Network], None]] = []

    def give(self, network: Network) -> None:
        """Be another network from now on, and tell those who watch."""
        if network != self._network:
            self._network = network
            for told in tuple(self._watchers):
                told(network)

    def current(self) -> Network:
        """Say what there is now."""
        return self._network

    def watch(self, told: Callable[[Network], None]) -> Callable[[], None]:
        """Be told of every change; gives what ends it."""
        self._watchers.append(told)
        return lambda: self._watchers.remove(told)

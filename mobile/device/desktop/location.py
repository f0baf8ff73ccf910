"""A position that is told, for development and tests."""

from collections.abc import Callable

from mobile.device.ports import Fix, Refused


class GivenLocation:
    """Knows what `give` told it; without that it refuses with `missing`."""

    def __init__(self, fix: Fix | None = None) -> None:
        """Begin with a fix or without."""
        self._fix = fix
        self._watchers: list[Callable[[Fix], None]] = []

    def give(self, fix: Fix | None) -> None:
        """Be somewhere else from now on, and tell those who watch."""
        self._fix = fix
        if fix is not None:
            for told in tuple(self._watchers):
                told(fix)

    def current(self, done: Callable[[Fix], None], failed: Callable[[Refused], None], timeout_s: float = 30) -> None:
        """Answer at once."""
        del timeout_s
        if self._fix is None:
            failed(Refused("missing"))
        else:
            done(self._fix)

    def watch(self, told: Callable[[Fix], None]) -> Callable[[], None]:
        """Tell the fix that is known, and every later one."""
        self._watchers.append(told)
        if self._fix is not None:
            told(self._fix)
        return lambda: self._watchers.remove(told)

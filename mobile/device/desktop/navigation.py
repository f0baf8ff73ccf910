"""A navigation that leads nobody, for development and tests."""


class SilentNavigation:
    """Remembers in `asked` where the way was to lead: longitude, latitude and name."""

    def __init__(self) -> None:
        """Begin with no way."""
        self.asked: list[tuple[float, float, str]] = []

    def lead_to(self, lon: float, lat: float, name: str) -> None:
        """Remember it."""
        self.asked.append((lon, lat, name))

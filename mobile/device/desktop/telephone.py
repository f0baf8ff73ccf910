"""A telephone that calls nobody, for development and tests."""


class SilentTelephone:
    """Remembers in `dialled` what was to be called."""

    def __init__(self) -> None:
        """Begin with no call."""
        self.dialled: list[str] = []

    def dial(self, number: str) -> None:
        """Remember it."""
        self.dialled.append(number)

"""What may be wrong with geometry that somebody sent."""


class GeoError(ValueError):
    """Geometry that cannot be accepted: a stable `code` for programs and `message_tr` for people."""

    def __init__(self, code: str, message_tr: str) -> None:
        super().__init__(f"{code}: {message_tr}")
        self.code = code
        self.message_tr = message_tr

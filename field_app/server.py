"""The address of the installation: the build's own, or one that was typed on this phone before anybody signed in."""

from pathlib import Path
from urllib.parse import urlsplit

_FILE = "server.txt"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NoAddress(ValueError):
    """Not the address of a server, or one that would be reached without encryption."""


def address_of(text: str) -> str:
    """Give what was typed as `https://host[:port]`; plain http is taken for this very machine only.

    Raises:
        NoAddress: it is none.
    """
    typed = text.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NoAddress(text) from None
    is_known = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    is_plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    if not (is_known and is_plain and host) or any(letter.isspace() for letter in host):
        raise NoAddress(text)
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}:{port}" if port else f"{parts.scheme}://{name}"


def kept_address(folder: Path) -> str | None:
    """Give the address that was typed on this phone; None where nobody typed one."""
    try:
        return address_of((folder / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def keep_address(folder: Path, address: str) -> None:
    """Keep an address for the next start."""
    (folder / _FILE).write_text(address, encoding="utf-8")

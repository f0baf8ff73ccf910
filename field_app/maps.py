"""The offline maps of this phone: which there are, which are here, and fetching them in pieces."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from field_app.account import Account
from mobile.sdk.map_packages import Package, Piece, fetch_package, path_of

_LIST = "packages.json"
_SECONDS = 60.0


@dataclass(frozen=True)
class OfferedMap:
    """A package as the server lists it: `is_here` this version is on the phone, `has_older` another is."""

    package: Package
    name: str
    state: str
    is_here: bool
    has_older: bool


class Maps:
    """The maps' folder of one phone. Its calls wait for the network, so they run beside the screen."""

    def __init__(self, folder: Path, client: httpx.Client, account: Account) -> None:
        """Take the folder, the server's client, and who asks."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._client, self._account = folder, client, account

    def files(self) -> list[Path]:
        """Give the whole packages that are here."""
        return sorted(self.folder.glob("*.mbtiles"))

    def known(self) -> list[OfferedMap]:
        """Give the list as it was told last; empty before."""
        try:
            told = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [self._read(item) for item in told]

    def ask(self) -> list[OfferedMap]:
        """Ask the server which maps there are; it draws those that are missing.

        Raises:
            Offline, SignedOut, Refused: see `Account.ask`.
        """
        told = self._account.ask("GET", "/v1/map-packages")
        (self.folder / _LIST).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return [self._read(item) for item in told]

    def fetch(self, package: Package, on_progress: Callable[[int, int], None]) -> Path:
        """Fetch a package, or its rest.

        Raises:
            OSError, MapNotWhole: see `fetch_package`.
            Offline, SignedOut: see `Account.token`.
        """
        return fetch_package(self._piece, self.folder, package, on_progress)

    @contextmanager
    def _piece(self, package_id: str, headers: Mapping[str, str]) -> Iterator[Piece]:
        allowed = {**headers, "Authorization": f"Bearer {self._account.token()}"}
        try:
            with self._client.stream(
                "GET", f"/v1/map-packages/{package_id}/file", headers=allowed, timeout=_SECONDS
            ) as answer:
                yield Piece(answer.status_code, answer.headers, answer.iter_bytes())
        except httpx.HTTPError as error:
            raise ConnectionError(str(error)) from None

    def _read(self, told: Mapping[str, object]) -> OfferedMap:
        version, size = told["version"], told["size"]
        package = Package(
            str(told["id"]),
            version if isinstance(version, int) else 0,
            str(told["sha256"] or ""),
            size if isinstance(size, int) else 0,
        )
        is_here = package.version > 0 and path_of(self.folder, package).exists()
        has_older = not is_here and any(self.folder.glob(f"{package.id}-*.mbtiles"))
        return OfferedMap(package, str(told["name"]), str(told["state"]), is_here, has_older)

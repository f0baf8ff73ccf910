"""Style sheets, scripts and icons under `/static/`, cached for a year because their address changes with their content.

Scripts import one another by relative address, so the hash stands in the folder and not in the file's name:
`/static/<hash of the folder>/app/console.css`.
"""

import hashlib
import mimetypes
from functools import cached_property
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
HASH_LENGTH = 12
# The system's table decides otherwise, and a module with a wrong type does not run.
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".svg": "image/svg+xml", ".css": "text/css"}
for _suffix, _type in _TYPES.items():
    mimetypes.add_type(_type, _suffix)


class Assets:
    """The files of one folder with the sub-folders `app` (ours) and `vendor` (built from npm)."""

    def __init__(self, folder: Path = STATIC, base: str = "/static") -> None:
        """Take the folder and the address under which it is served."""
        self.folder = folder
        self.base = base

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Content hash of each sub-folder, computed once for each start."""
        return {part.name: _tree_hash(part) for part in sorted(self.folder.iterdir()) if part.is_dir()}

    @cached_property
    def has_vendor(self) -> bool:
        """Whether the browser libraries were built; without them every page works, only without map and htmx."""
        return (self.folder / "vendor" / "htmx.min.js").is_file()

    def url(self, path: str) -> str:
        """Give the address of a file, such as `app/console.css`.

        Raises:
            LookupError: there is no such file.
        """
        part = path.split("/", 1)[0]
        if part not in self.hashes or not (self.folder / path).is_file():
            raise LookupError(path)
        return f"{self.base}/{self.hashes[part]}/{path}"


class AssetFiles(StaticFiles):
    """Serves the folder; an address with an old or foreign hash is not found."""

    def __init__(self, assets: Assets) -> None:
        """Take the files."""
        super().__init__(directory=assets.folder)
        self.assets = assets

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give one file, to be kept for a year."""
        given, _, rest = path.partition("/")
        if self.assets.hashes.get(rest.split("/", 1)[0]) != given:
            raise HTTPException(404)
        response = await super().get_response(rest, scope)
        if isinstance(response, FileResponse) or response.status_code == 304:  # noqa: PLR2004 (Not Modified)
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _tree_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:HASH_LENGTH]

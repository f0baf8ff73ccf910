"""Sets the finding record as a PDF: A4, fonts inside, the same bytes for the same record."""

import threading
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from anyio import CapacityLimiter, to_thread
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import ImageFile

from mobile.wire.record import Document

# Setting a page takes a good part of a second of one core: requests wait for each other rather than starve the rest.
AT_ONCE = 1
_limiter: CapacityLimiter | None = None
# Pango's font maps are not made for several threads.
_lock = threading.Lock()
# What the file says of its own making is no part of the record.
_IDENTIFIER = b"finding-record"


class FetchRefused(ValueError):
    """The page asked for something that is not part of it."""


async def set_record(document: Document, images: Mapping[str, bytes]) -> bytes:
    """Set a record in a worker thread; `images` are the drawn signatures (JPEG) by photo id."""
    global _limiter  # noqa: PLW0603 (made inside the running loop)
    if _limiter is None:
        _limiter = CapacityLimiter(AT_ONCE)
    return await to_thread.run_sync(partial(_set, document, images), limiter=_limiter)


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.inspections"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _set(document: Document, images: Mapping[str, bytes]) -> bytes:
    # Its import costs a second: only processes that set records pay it.
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    # Its import lets the whole process take half pictures for whole ones; photos are checked in this process too.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    class Signatures(URLFetcher):  # type: ignore[misc]  # the library has no types
        """Gives the drawn signatures and nothing else: a record reaches no address and no file."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 (its face is the library's)
            kind, name = url.split(":", 1)
            if kind != "signature" or name not in images:
                raise FetchRefused(kind)
            return URLFetcherResponse(url, images[name], {"Content-Type": "image/jpeg"})

    page = _environment().get_template("record.html").render(document=document, images=images)
    with _lock:
        html = HTML(string=page, url_fetcher=Signatures(), base_url="record:")
        pdf: bytes = html.write_pdf(pdf_identifier=_IDENTIFIER)
    return pdf

"""The real server on a port of its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from api.app import create_app
from tests.factories.serving import settings_for


@contextmanager
def listening(urls: Any, files_path: Any) -> Iterator[str]:
    """Run the application; gives its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings_for(urls, files_path)), log_config=None, ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.02)
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)

"""Speaking to a simulator's `/_control` from tests and the demo."""

import ssl
import time
from typing import Any

import httpx

# httpx loads the system's certificates for every call, 50 ms each, unless it is given a context.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class SimulatorControl:
    """Scripts faults and reads what arrived; waits where arrival takes time."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def script(self, *faults: dict[str, Any]) -> None:
        """Queue faults, e.g. `script({"kind": "hang", "seconds": 30})`."""
        self._request("POST", "script", json={"faults": faults})

    def reset(self) -> None:
        self._request("POST", "reset")

    def log(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._request("GET", "log")
        return entries

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """What phones received, newest last: dicts of to, text, at, header, job_id."""
        received: list[dict[str, Any]] = self._request("GET", "messages", params={"to": to} if to else None)
        return received

    def wait_for_message(self, to: str, *, after: int = 0, seconds: float = 10.0) -> dict[str, Any]:
        """The newest message on a phone that had `after` messages before.

        Raises:
            TimeoutError: none came.
        """
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            received = self.messages(to)
            if len(received) > after:
                return received[-1]
            time.sleep(0.05)
        raise TimeoutError(f"no SMS within {seconds} seconds")

    def _request(self, method: str, name: str, **arguments: Any) -> Any:
        address = f"{self.base_url}/_control/{name}"
        return (
            httpx.request(method, address, verify=_NO_CERTIFICATES, trust_env=False, **arguments)
            .raise_for_status()
            .json()
        )

"""How long a phone may be read without having heard of the server: 14 days, 45 under a disaster policy.

Afterwards reading is locked, while capture and the outbox go on; the next contact opens it again. Time is counted from
the server's: the highest that it told, and what has passed since by a clock that nobody sets. A clock set back gives
nothing.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from mobile.sdk.sealing import is_signed
from mobile.sdk.store import Store
from mobile.sdk.vault import Uptime
from mobile.wire.codec import canonical

DAY_MS = 86_400_000
DAYS, MOST_DAYS = 14, 45
_WRITTEN_EVERY_MS = 60_000


class ReadingLocked(PermissionError):
    """The lease is over: nothing is shown until the server has been heard of again. What is recorded is safe."""


class Lease:
    """The lease of one phone, kept in its database."""

    def __init__(self, store: Store, clock: Callable[[], int], uptime: Uptime) -> None:
        """Take the store, the phone's clock, and which start of the phone this is with the milliseconds since then."""
        self._store, self._clock, self._uptime = store, clock, uptime

    def pin_keys(self, municipality_id: int, keys: Mapping[str, bytes]) -> None:
        """Take the municipality and its raw Ed25519 keys by name (`kid`), as told at sign-in over a trusted line."""
        told = {kid: base64.b64encode(key).decode() for kid, key in keys.items()}
        with self._store.transaction():
            self._store.put(municipality_id=municipality_id, policy_keys=json.dumps(told))

    def left_ms(self) -> int:
        """Give the milliseconds that are left, 0 when reading is locked. Before the first contact nothing is locked."""
        contact = self._store.get("lease_from")
        if contact is None:
            return DAYS * DAY_MS
        now = self.server_now()
        return max(0, int(contact) + self._days(now) * DAY_MS - now)

    def check(self) -> None:
        """Refuse to show anything after the lease is over.

        Raises:
            ReadingLocked: it is.
        """
        if self.left_ms() == 0:
            raise ReadingLocked

    def server_now(self) -> int:
        """Give the server's time as far as this phone can know it: it never goes back."""
        boot, uptime = self._uptime()
        at, at_boot, at_uptime, at_wall = json.loads(self._store.get("lease_at", '[0, "", 0, 0]'))
        if boot == at_boot:
            passed = max(0, uptime - at_uptime)
        else:
            # How long the phone was off only its clock can tell; what it has been on since is the least.
            passed = max(uptime, self._clock() - at_wall if at_wall else 0)
        if boot != at_boot or passed >= _WRITTEN_EVERY_MS:
            self._stand_at(at + passed)
        return int(at + passed)

    def heard(self, server_now: int, disaster: Any = None) -> None:
        """Take the server's time and policy from an answer; inside the transaction that takes the answer."""
        now = max(server_now, int(self._store.get("lease_from", 0)))
        self._store.put(lease_from=now)
        self._stand_at(now)
        if disaster is not None and self._is_genuine(disaster):
            self._store.put(disaster=json.dumps(disaster["document"]))

    def _stand_at(self, server_now: int) -> None:
        self._store.put(lease_at=json.dumps([server_now, *self._uptime(), self._clock()]))

    def _days(self, now: int) -> int:
        policy = json.loads(self._store.get("disaster", "null"))
        if policy is None or not policy["valid_from"] <= now <= policy["valid_to"]:
            return DAYS
        return int(min(max(policy["days"], DAYS), MOST_DAYS))

    def _is_genuine(self, disaster: Any) -> bool:
        keys = json.loads(self._store.get("policy_keys", "{}"))
        try:
            document, signature = disaster["document"], base64.b64decode(disaster["signature"])
            key = base64.b64decode(keys[document["kid"]])
            is_meant = document["municipality_id"] == self._store.get("municipality_id") and all(
                type(document[name]) is int for name in ("valid_from", "valid_to", "days")
            )
            return is_meant and is_signed(key, canonical(document), signature)
        except (KeyError, TypeError, ValueError):
            return False  # a policy that cannot be read changes nothing

"""How phones call push and pull: each with a stream of its own."""

from typing import Any

from api.core.ids import uuid7
from mobile.wire import codec
from tests.architecture.access.making import Attempt, Call, maker


def _message(**more: Any) -> Call:
    message = {"device": str(uuid7()), "epoch": None, "app": "0.1.0", **more}
    return Call(content=codec.encode(message, codec.PLAIN), headers={"Content-Type": codec.PLAIN})


@maker("POST /v1/sync/pull")
async def _pull(_: Attempt) -> Call:
    return _message(scopes={}, want=256 * 1024, check=[])


@maker("POST /v1/sync/push")
async def _push(at: Attempt) -> Call:
    body = {"complaint_id": str(at.own.parts["works"].case_id), "text": "Bakıldı.", "photos": []}
    mutation = {"id": str(uuid7()), "seq": 1, "kind": "complaint.note", "kv": 1, "at": {"wall": 0}, "base": {},
                "body": body, "sha": codec.sha_of("complaint.note", 1, body)}  # fmt: skip
    return _message(fork_of=None, mutations=[mutation])

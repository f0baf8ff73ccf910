"""Which answers are ours: whatever else comes back, with whatever status, is no answer."""

import json
from collections.abc import Mapping
from typing import Any

from mobile.sdk.exchange import Answer
from mobile.wire import codec

PROBLEM = "application/problem+json"


def opened(answer: Answer | None) -> Mapping[str, Any] | None:
    """Give a message of ours or a problem of ours; None for anything else."""
    if answer is None:
        return None
    if answer.media_type == PROBLEM:
        problem = problem_of(answer)
        return problem if "epoch" not in problem and problem else None
    if answer.status != 200:  # noqa: PLR2004 (the one status of an answer that is whole)
        return None
    try:
        message = codec.decode(answer.media_type, answer.body)
    except codec.NotOurs:
        return None
    return message if isinstance(message.get("epoch"), str) else None


def problem_of(answer: Answer) -> Mapping[str, Any]:
    """Give the problem that an answer tells, or nothing where it tells none of ours."""
    if answer.media_type != PROBLEM:
        return {}
    try:
        problem = json.loads(answer.body)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) and isinstance(problem.get("code"), str) else {}

"""Checks the answers to a category's extra questions; pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.complaints.errors import AnswerInvalid
from api.core.text import clean

LONGEST_ANSWER = 500


def checked(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answers in their right types, without empty ones.

    Raises:
        AnswerInvalid: names the question's code; unknown questions are refused too.
    """
    known = {question["code"]: question for question in questions}
    unknown = set(answers) - set(known)
    if unknown:
        raise AnswerInvalid(question=min(unknown)[:50])
    result: dict[str, Any] = {}
    for code, question in known.items():
        value = answers.get(code)
        if value is None or value == "":
            if question.get("required"):
                raise AnswerInvalid(question=code)
            continue
        try:
            result[code] = _typed(question, value)
        except (ValueError, TypeError):
            raise AnswerInvalid(question=code) from None
    return result


def _typed(question: Mapping[str, Any], value: Any) -> Any:
    match question["type"]:
        case "bool":
            if isinstance(value, bool):
                return value
        case "number":
            if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                return value
        case "choice":
            if value in [choice["code"] for choice in question["choices"]]:
                return value
        case "date":
            return date.fromisoformat(value).isoformat()
        case "text":
            if isinstance(value, str):
                return clean(value, LONGEST_ANSWER)
    raise ValueError


def described(
    questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], language: str
) -> list[dict[str, Any]]:
    """Give question and answer as people read them: `[{"label", "value"}]`."""
    lines = []
    for question in questions:
        if question["code"] not in answers:
            continue
        value = answers[question["code"]]
        if question["type"] == "bool":
            value = ({"tr": "Evet", "en": "Yes"} if value else {"tr": "Hayır", "en": "No"})[language]
        elif question["type"] == "choice":
            labels = {choice["code"]: choice["label"] for choice in question["choices"]}
            value = labels.get(value, {}).get(language) or labels.get(value, {}).get("tr") or value
        label = question["label"].get(language) or question["label"]["tr"]
        lines.append({"code": question["code"], "label": label, "value": str(value)})
    return lines

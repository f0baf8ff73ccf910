"""What a reporter reads in the inbox and by SMS; short, plain, without names or addresses."""

from dataclasses import dataclass
from typing import Any

TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    # act: language: (inbox title, text); {town} {number} {category} {authority} {text} are filled in
    "file": {
        "tr": ("Başvurunuz alındı", "{number} numaralı başvurunuz ({category}) alındı. Uygulamadan izleyebilirsiniz."),
        "en": ("Report received", "Your report {number} ({category}) was received. You can follow it in the app."),
    },
    "forward": {
        "tr": ("Başvurunuz iletildi", "{number} numaralı başvurunuz sorumlu kuruma iletildi: {authority}."),
        "en": ("Report forwarded", "Your report {number} was forwarded to the responsible authority: {authority}."),
    },
    "answer": {
        "tr": ("Başvurunuza yanıt var", "{number} numaralı başvurunuza yanıt: {text}"),
        "en": ("Answer to your report", "Answer to your report {number}: {text}"),
    },
    "ask_citizen": {
        "tr": ("Sizden bilgi bekleniyor", "{number} numaralı başvurunuz için bir sorumuz var: {text}"),
        "en": ("We need to know more", "We have a question about your report {number}: {text}"),
    },
    "close": {
        "tr": (
            "Başvurunuz çözüldü",
            "{number} numaralı başvurunuz çözüldü: {text} Memnun değilseniz yeniden açabilirsiniz.",
        ),
        "en": ("Report solved", "Your report {number} was solved: {text} If you are not content you may reopen it."),
    },
    "reject": {
        "tr": ("Başvurunuz sonuçlandı", "{number} numaralı başvurunuz için işlem yapılamadı: {text}"),
        "en": ("Report concluded", "Nothing could be done about your report {number}: {text}"),
    },
}  # fmt: skip
LONGEST_QUOTE = 160


@dataclass(frozen=True)
class Message:
    """An inbox message and the SMS that says the same."""

    title: str
    body: str
    sms: str


def message(act: str, language: str, *, town: str, **values: Any) -> Message:
    """Write the message of an act in the reporter's language (Turkish if there is none)."""
    title, text = TEXTS[act].get(language) or TEXTS[act]["tr"]
    body = _filled(text, values)
    quote = str(values.get("text", ""))
    if len(quote) > LONGEST_QUOTE:
        quote = quote[: LONGEST_QUOTE - 1].rstrip() + "…"
    short = _filled(text, {**values, "text": quote})
    return Message(title=title, body=body, sms=f"{town}: {short}")


def _filled(text: str, values: dict[str, Any]) -> str:
    """Put the values into a text; braces inside a value stay what they are."""
    for name, value in values.items():
        if name != "text":
            text = text.replace("{" + name + "}", str(value))
    return text.replace("{text}", str(values.get("text", "")))

"""Questions with a plain answer: texts, numbers, choices, yes or no; and what is only read."""

from collections.abc import Sequence
from typing import Any

from mobile.forms.evaluation import AnswerError, Shown
from mobile.kit.forms.answer_bar import AnswerBar, Offer
from mobile.kit.forms.question import Question
from mobile.kit.i18n import language, t
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Row
from mobile.kit.widgets.text import Icon, Text
from mobile.wire.record import said

_LABEL_SHARE = 0.35


class TextQuestion(Question):
    """A text of one or several lines."""

    keyboard = "text"

    def ask(self) -> None:
        """Put the field with what was written."""
        self.field = TextField(
            self.label(), rows=3 if self.item.raw.get("multiline") else 1, helper=self.hint(),
            keyboard=self.keyboard, text=self.written(self.value), test_id=self.path,
        )  # fmt: skip
        self.field.bind(text=lambda _field, text: self.answer(self.read(text)))
        self.put(self.field)

    def told(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Tell what is wrong at the field."""
        del shown
        self.field.error = "\n".join(fault.message for fault in faults)

    def written(self, value: Any) -> str:
        """Write an answer as it is typed."""
        return str(value) if isinstance(value, str | int | float) else ""

    def read(self, text: str) -> Any:
        """Give the answer that was typed."""
        return text or None


class NumberQuestion(TextQuestion):
    """A number, with a comma as it is written in Turkish, and its unit."""

    keyboard = "number"

    def label(self) -> str:
        """The words of the question with the unit."""
        unit = self.item.raw.get("unit")
        return super().label() + (f" ({unit})" if unit else "")

    def written(self, value: Any) -> str:
        """Write a number as it is typed."""
        return super().written(value).replace(".", "," if language.current == "tr" else ".")

    def read(self, text: str) -> Any:
        """Give the number; what is none yet stays as it was typed."""
        plain = text.strip().replace(",", ".")
        return int(plain) if plain.lstrip("-").isdigit() and plain.isascii() else plain or None


class BarcodeQuestion(TextQuestion):
    """A code that is read by the camera, or typed."""

    def ask(self) -> None:
        """Put the field, and the button where there is something to read with."""
        super().ask()
        scan = self.ports.scan
        if scan is not None:
            take = lambda code: setattr(self.field, "text", code)  # noqa: E731
            button = PushButton(t("form.scan"), kind="secondary", icon="qrcode-scan", test_id=f"{self.path}.scan")
            button.bind(on_tap=lambda *_: scan(take))
            self.put(self.field, button)


class ChoiceQuestion(Question):
    """One or several of a list, on a sheet."""

    def ask(self) -> None:
        """Put the line that opens the sheet."""
        several = self.item.type == "multi_choice"
        options = [
            (one["code"], one["label"].get(language.current) or one["label"]["tr"]) for one in self.item.raw["choices"]
        ]
        held = self.value
        self.choice = Choice(self.label(), options=options, several=several, test_id=self.path)
        if several:
            self.choice.values = [one for one in held if isinstance(one, str)] if isinstance(held, list) else []
            self.choice.bind(values=lambda _choice, chosen: self.answer(list(chosen) or None))
        else:
            self.choice.value = held if isinstance(held, str) else ""
            self.choice.bind(value=lambda _choice, chosen: self.answer(chosen or None))
        hint = self.hint()
        self.put(self.choice, *([Text(hint, style="caption", tone="text_soft")] if hint else []))

    def told(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Tell what is wrong at the line."""
        del shown
        self.choice.error = "\n".join(fault.message for fault in faults)


class BoolQuestion(Question):
    """Yes or no, and neither before it was answered."""

    def ask(self) -> None:
        """Put two buttons."""
        held = self.value
        bar = AnswerBar(
            [Offer("true", t("form.true"), "check", "accent"), Offer("false", t("form.false"), "close", "accent")],
            {True: "true", False: "false"}.get(held, "") if isinstance(held, bool) else "",
            lambda key: self.answer(key == "true"), self.path,
        )  # fmt: skip
        self.put(*self.heading(), bar)


class ReadQuestion(Question):
    """What is computed, or comes from the office: it is read and not answered."""

    def ask(self) -> None:
        """Put the label and a place for the value."""
        shares = (_LABEL_SHARE, 1 - _LABEL_SHARE) if self._is_plain else (1, 1)
        self._said = Text(size_hint_x=shares[1])
        label = Text(
            self.item.text("label", language.current), style="caption", tone="text_soft", size_hint_x=shares[0]
        )
        # In a row of a repeat it is one line.
        line = [Row(label, self._said)] if self._is_plain else [label, self._said]
        label.pos_hint = self._said.pos_hint = {"top": 1}
        self.put(*line)

    def told(self, shown: Shown, faults: Sequence[AnswerError]) -> None:
        """Say the value."""
        self._said.text = said(self.item, shown.value, language.current) or t("form.not_computed")
        self.show_faults(faults)


class NoteQuestion(Question):
    """A word to the inspector; nothing is answered."""

    def ask(self) -> None:
        """Put the text."""
        self.put(Icon("information", tone="info"), Text(self.item.text("label", language.current), tone="text_soft"))


class HeadingQuestion(Question):
    """The name of a group inside a section."""

    def ask(self) -> None:
        """Put the name."""
        self.put(*self.heading())

"""Choosing one or several of many: a labelled line that opens a sheet."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from mobile.kit.i18n import t
from mobile.kit.painting import Painted, Pressable
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S, GAP_XS, RADIUS_S, TARGET_PRIMARY
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.dialog import BottomSheet
from mobile.kit.widgets.layout import Column, Spacer, show
from mobile.kit.widgets.text import Icon, Text

Options = Sequence[tuple[str, str]]
"""Key and what is read, in order."""
_ONE_MARKS, _MANY_MARKS = ("radiobox-blank", "radiobox-marked"), ("checkbox-blank-outline", "checkbox-marked")


class OptionSheet(BottomSheet):
    """All options below each other; `on_choose` tells the keys that were chosen. Several are confirmed by a button."""

    __events__ = ("on_choose",)

    def __init__(self, options: Options, chosen: Sequence[str], *, several: bool = False, **properties: Any) -> None:
        """Take the options and what is chosen already."""
        self._several = several
        self._chosen = list(chosen)
        self._rows: dict[str, _Option] = {}
        self._test_id = properties.get("test_id", "")
        for key, text in options:
            row = _Option(text, key in chosen, several=several, test_id=f"{self._test_id}.{key}")
            row.bind(on_tap=lambda _row, key=key: self._take(key))
            self._rows[key] = row
        parts: list[Any] = list(self._rows.values())
        if several:
            parts += [Spacer(GAP_XS), PushButton(t("kit.done"), test_id=f"{self._test_id}.done", on_tap=self._finish)]
        super().__init__(*parts, **properties)

    def on_choose(self, keys: list[str]) -> None:
        """Do nothing of its own: listeners do."""

    def _take(self, key: str) -> None:
        if not self._several:
            self._chosen = [key]
            self._finish()
            return
        if key in self._chosen:
            self._chosen.remove(key)
        else:
            self._chosen.append(key)
        self._rows[key].is_chosen = key in self._chosen

    def _finish(self, *_: Any) -> None:
        self.dismiss()
        self.dispatch("on_choose", list(self._chosen))


class _Option(Pressable, BoxLayout):
    """One line of the sheet: a round or square mark, and the text."""

    is_chosen = BooleanProperty(False)

    def __init__(self, text: str, is_chosen: bool, *, several: bool, **properties: Any) -> None:
        self._marks = _MANY_MARKS if several else _ONE_MARKS
        self._icon = Icon(side=26, pos_hint={"center_y": 0.5})
        self._text = Text(text, pos_hint={"center_y": 0.5})
        super().__init__(
            is_chosen=is_chosen, size_hint_y=None, spacing=dp(GAP_L), padding=(dp(GAP_S), dp(GAP_S)), rest_s=0,
            radius=dp(RADIUS_S), **properties,
        )  # fmt: skip
        self.add_widget(self._icon)
        self.add_widget(self._text)
        self._text.bind(height=self._fit)
        self.bind(is_chosen=self._dress)
        self._fit()
        self._dress()

    def _dress(self, *_: Any) -> None:
        self._icon.name = self._marks[self.is_chosen]
        self._icon.tone = "accent" if self.is_chosen else "text_soft"

    def _fit(self, *_: Any) -> None:
        self.height = max(dp(TARGET_PRIMARY), self._text.height + 2 * dp(GAP_S))


class Choice(Pressable, BoxLayout):
    """A labelled line that opens the sheet of options: `value` is a key, or `values` several with `several`."""

    label = StringProperty("")
    options = ListProperty()
    value = StringProperty("")
    values = ListProperty()
    several = BooleanProperty(False)
    placeholder = StringProperty("")
    error = StringProperty("")
    sheet = ObjectProperty(None, allownone=True)

    def __init__(self, label: str = "", **properties: Any) -> None:
        """Take the label first."""
        self._label, self._text = Text(style="label"), Text()
        self._below = Text(style="caption", tone="danger")
        self._column = Column(spacing=dp(GAP_XS + 2))
        self._line = _Line(self._text)
        super().__init__(label=label, size_hint_y=None, **properties)
        self.add_widget(self._column)
        self._column.bind(height=self.setter("height"))
        for name in ("label", "options", "value", "values", "placeholder", "error"):
            self.fbind(name, self._dress)
        self._dress()

    def on_tap(self) -> None:
        """Open the sheet."""
        chosen = self.values if self.several else [self.value]
        self.sheet = OptionSheet(
            self.options, chosen, several=self.several, title=self.label, test_id=self.test_id, on_choose=self._take
        )
        self.sheet.open(self)

    def _take(self, _sheet: OptionSheet, keys: list[str]) -> None:
        if self.several:
            order = [key for key, _ in self.options]
            self.values = sorted(keys, key=order.index)
        else:
            self.value = keys[0]

    def _dress(self, *_: Any) -> None:
        texts = dict(self.options)
        chosen = ", ".join(texts[key] for key in (self.values if self.several else [self.value]) if key in texts)
        self._label.text, self._below.text = self.label, self.error
        self._text.text = chosen or self.placeholder or t("kit.choose")
        self._text.tone = "text" if chosen else "text_soft"
        self._line.edge = theme.colour("danger" if self.error else "edge")
        parts = (self._label, self.label), (self._line, True), (self._below, self.error)
        show(self._column, *(part for part, is_there in parts if is_there))


class _Line(Painted, BoxLayout):
    """The edged line of a choice, with its arrow."""

    def __init__(self, text: Text) -> None:
        super().__init__(
            size_hint_y=None, padding=(dp(GAP_M), dp(GAP_M)), spacing=dp(GAP_S), radius=dp(RADIUS_S),
            fill=theme.colour("surface"), edge_width=dp(1),
        )  # fmt: skip
        text.pos_hint = {"center_y": 0.5}
        self.add_widget(text)
        self.add_widget(Icon("chevron-down", tone="text_soft", pos_hint={"center_y": 0.5}))
        text.bind(height=lambda _text, height: setattr(self, "height", max(dp(TARGET_PRIMARY), height + 2 * dp(GAP_M))))
        self.height = max(dp(TARGET_PRIMARY), text.height + 2 * dp(GAP_M))

"""That there is nothing, and what may be done about it."""

from typing import Any

from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_S, GAP_XL
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.layout import Column
from mobile.kit.widgets.text import Icon, Text

_CIRCLE = 88


class EmptyState(AnchorLayout):
    """What stands where a list would be: an icon, what it means, and perhaps what to do."""

    def __init__(self, icon: str, title: str, text: str = "", action: str = "", **properties: Any) -> None:
        """Take the words; `action` is a button with the id `<test_id>.action` that calls `on_action`."""
        on_action = properties.pop("on_action", lambda *_: None)
        test_id = properties.pop("test_id", "empty")
        super().__init__(padding=dp(GAP_XL), **properties)
        side = dp(_CIRCLE)
        disc = AnchorLayout(size_hint=(None, None), size=(side, side), pos_hint={"center_x": 0.5})
        disc.add_widget(
            Painted(size_hint=(None, None), size=(side, side), radius=side / 2, fill=theme.colour("raised"))
        )
        disc.add_widget(Icon(icon, side=42, tone="text_soft"))
        column = Column(disc, Text(title, style="heading", halign="center"), spacing=dp(GAP_L))
        if text:
            column.add_widget(Text(text, tone="text_soft", halign="center"))
        if action:
            button = PushButton(action, size_hint_x=None, pos_hint={"center_x": 0.5}, test_id=f"{test_id}.action")
            button.bind(on_tap=on_action)
            column.spacing = dp(GAP_L)
            column.add_widget(Widget(size_hint_y=None, height=dp(GAP_S)))
            column.add_widget(button)
        self.add_widget(column)

"""Columns, rows and what scrolls: boxes that are as high as what they hold."""

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted, line_width
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_M, GAP_S


class Column(Painted, BoxLayout):
    """Children below each other; as high as they are, unless a height is asked for."""

    def __init__(self, *children: Widget, **properties: Any) -> None:
        """Take the children first; `spacing` and `padding` are pixels."""
        properties.setdefault("spacing", dp(GAP_M))
        grows = "size_hint_y" not in properties and "height" not in properties
        if grows or "height" in properties:
            properties["size_hint_y"] = None
        super().__init__(orientation="vertical", **properties)
        if grows:
            # Kivy would leave an empty one as high as any widget, until its first child comes.
            self.height = self.minimum_height
            self.bind(minimum_height=self.setter("height"))
        for child in children:
            self.add_widget(child)


class Row(Painted, BoxLayout):
    """Children beside each other, centred; as high as the highest, unless a height is asked for."""

    def __init__(self, *children: Widget, **properties: Any) -> None:
        """Take the children first; `spacing` and `padding` are pixels."""
        properties.setdefault("spacing", dp(GAP_S))
        grows = "size_hint_y" not in properties and "height" not in properties
        if grows or "height" in properties:
            properties["size_hint_y"] = None
        super().__init__(orientation="horizontal", **properties)
        if grows:
            # Kivy would leave an empty one as high as any widget, until its first child comes.
            self.height = self.minimum_height
            self.bind(minimum_height=self.setter("height"))
        for child in children:
            if child.size_hint_y is None:
                child.pos_hint = {"center_y": 0.5}
            self.add_widget(child)


class Scroll(ScrollView):
    """One child that scrolls up and down; drags of a thick glove still are taps."""

    test_id = StringProperty("")

    def __init__(self, child: Widget | None = None, **properties: Any) -> None:
        """Take the child first."""
        super().__init__(
            do_scroll_x=False, scroll_distance=dp(16), scroll_timeout=200, bar_width=dp(4),
            bar_color=theme.colour("edge", 0.9), bar_inactive_color=theme.colour("edge", 0.35), **properties,
        )  # fmt: skip
        if child is not None:
            self.add_widget(child)

    def on_touch_down(self, touch: Any) -> bool:
        """Leave touches to what is drawn upon or moved inside: a pad for signatures, a map."""
        if not self.collide_point(*touch.pos) or not self._falls_on_pad(touch):
            return bool(super().on_touch_down(touch))
        touch.push()
        touch.apply_transform_2d(self.to_local)
        taken = any(child.dispatch("on_touch_down", touch) for child in self.children)
        touch.pop()
        return taken

    def _falls_on_pad(self, touch: Any) -> bool:
        place = self.to_window(*touch.pos)
        return any(
            getattr(widget, "takes_drags", False) and widget.collide_point(*widget.to_widget(*place))
            for widget in self.walk(restrict=True)
        )


class Strip(ScrollView):
    """Children beside each other that scroll sideways when they are too many, such as chips."""

    def __init__(self, *children: Widget, **properties: Any) -> None:
        """Take the children first; it is as high as the highest."""
        super().__init__(do_scroll_y=False, scroll_distance=dp(16), scroll_timeout=200, bar_width=0, size_hint_y=None,
                         **properties)  # fmt: skip
        row = BoxLayout(size_hint=(None, None), spacing=dp(GAP_S))
        row.bind(minimum_width=row.setter("width"), minimum_height=row.setter("height"), height=self.setter("height"))
        for child in children:
            row.add_widget(child)
        self.add_widget(row)


def show(box: Widget, *wanted: Widget) -> None:
    """Make these the children of a box, in this order; nothing happens when they are already."""
    if box.children != list(wanted[::-1]):
        box.clear_widgets()
        for child in wanted:
            box.add_widget(child)


class Spacer(Widget):
    """An empty place that takes what is left, or exactly `size` dp."""

    def __init__(self, size: float | None = None) -> None:
        """Take the size in dp."""
        super().__init__()
        if size is not None:
            self.size_hint = (None, None)
            self.size = (dp(size), dp(size))


class Divider(Painted):
    """A thin line across."""

    def __init__(self, **properties: Any) -> None:
        """Be as wide as there is room."""
        super().__init__(size_hint_y=None, height=line_width(), fill=theme.colour("line"), **properties)

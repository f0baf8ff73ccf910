"""Photos: a small one that is tapped, and all of them in full."""

from collections.abc import Sequence
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.scatter import Scatter
from kivy.uix.widget import Widget

from mobile.kit.painting import Painted, Pressable, line_width
from mobile.kit.pictures import Pixels, opened, read_picture
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import RADIUS_S
from mobile.kit.widgets.button import IconButton
from mobile.kit.widgets.overlay import Overlay
from mobile.kit.widgets.text import Icon, Text
from mobile.kit.work import Work

_THUMB = 104
_FULL_PIXELS = 2048


def texture_of(pixels: Pixels) -> Texture:
    """Hand a decoded picture to the graphics memory; on the main thread only."""
    texture = Texture.create(size=(pixels.width, pixels.height), colorfmt="rgba")
    texture.blit_buffer(pixels.data, colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class Picture(Widget):
    """A picture by its path or by a reader's name (`kit.pictures.readers`), read beside the screen.

    `fills` cuts it to its box, else all of it is seen.
    """

    source = StringProperty("")
    fills = BooleanProperty(False)
    is_missing = BooleanProperty(False)

    def __init__(self, longest: int, **properties: Any) -> None:
        """Take the most pixels a side may have."""
        self._longest = longest
        self._texture: Any = None
        self._work = Work()
        super().__init__(**properties)
        with self.canvas:
            self._colour = Color(1, 1, 1, 0)
            self._box = Rectangle()
        self.bind(source=self._load, pos=self._place, size=self._place, fills=self._place)
        self._load()

    @property
    def is_ready(self) -> bool:
        """Say whether the picture is seen."""
        return self._texture is not None

    def _load(self, *_: Any) -> None:
        self._work.close()
        self._work, self._texture, self._colour.a = Work(), None, 0
        self.is_missing = False
        if self.source:
            source = self.source
            self._work.run(lambda: read_picture(opened(source), self._longest), then=self._show, failed=self._miss)

    def _show(self, pixels: Pixels) -> None:
        self._texture, self._colour.a = texture_of(pixels), 1
        self._place()

    def _miss(self, error: Exception) -> None:
        if not isinstance(error, OSError | ValueError):
            raise error
        self.is_missing = True

    def _place(self, *_: Any) -> None:
        if self._texture is None or not self.width or not self.height:
            return
        width, height = self._texture.size
        pick = max if self.fills else min
        scale = pick(self.width / width, self.height / height)
        if self.fills:
            seen = self.width / scale, self.height / scale
            self._box.texture = self._texture.get_region((width - seen[0]) / 2, (height - seen[1]) / 2, *seen)
            self._box.pos, self._box.size = self.pos, self.size
        else:
            self._box.texture = self._texture
            self._box.size = width * scale, height * scale
            self._box.pos = self.center_x - width * scale / 2, self.center_y - height * scale / 2


class PhotoThumb(Pressable, FloatLayout):
    """A small photo; a tap tells `on_tap`, its cross `on_remove`. A file that is gone shows a torn picture."""

    source = StringProperty("")
    side = NumericProperty(_THUMB)
    __events__ = ("on_remove",)

    def __init__(self, source: str = "", *, can_remove: bool = False, **properties: Any) -> None:
        """Take the path first."""
        super().__init__(
            source=source, size_hint=(None, None), fill=theme.colour("raised"), edge=theme.colour("line"),
            edge_width=line_width(), radius=dp(RADIUS_S), **properties,
        )  # fmt: skip
        self.size = dp(self.side), dp(self.side)
        self._picture = Picture(int(dp(self.side) * 2), fills=True, source=source, size_hint=(None, None))
        self._torn = Icon("image-off-outline", tone="text_soft", side=36, pos_hint={"center_x": 0.5, "center_y": 0.5})
        self.add_widget(self._picture)
        self._picture.bind(is_missing=self._tear)
        self.bind(source=self._picture.setter("source"), pos=self._inset, size=self._inset)
        if can_remove:
            self.add_widget(self._cross())
        self._inset()

    @property
    def is_ready(self) -> bool:
        """Say whether the photo is seen."""
        return self._picture.is_ready

    def on_remove(self) -> None:
        """Do nothing of its own: listeners ask and remove."""

    def _cross(self) -> IconButton:
        cross = IconButton("close", test_id=f"{self.test_id}.remove", tone="text", pos_hint={"right": 1, "top": 1})
        cross.add_widget(Painted(), index=1)
        disc = cross.children[1]
        disc.size_hint, disc.size, disc.radius = (None, None), (dp(30), dp(30)), dp(15)
        disc.fill = theme.colour("surface")
        cross.bind(on_tap=lambda *_: self.dispatch("on_remove"))
        return cross

    def _inset(self, *_: Any) -> None:
        edge = line_width()
        self._picture.pos = self.x + edge, self.y + edge
        self._picture.size = self.width - 2 * edge, self.height - 2 * edge

    def _tear(self, _picture: Picture, is_missing: bool) -> None:
        if is_missing and self._torn.parent is None:
            self.add_widget(self._torn, index=len(self.children))
        elif not is_missing and self._torn.parent is not None:
            self.remove_widget(self._torn)


class PhotoViewer(Overlay):
    """All photos in full, one at a time: two fingers enlarge, arrows lead on, the cross or the back key closes."""

    index = NumericProperty(0)

    def __init__(self, sources: Sequence[str], index: int = 0, **properties: Any) -> None:
        """Take the paths and the number of the first to be seen."""
        self._sources = list(sources)
        self._stage = FloatLayout()
        super().__init__(self._stage, is_dismissable=False, **properties)
        self.fill = (0.02, 0.03, 0.04, 1)
        self._holder = Scatter(
            do_rotation=False, scale_min=1, scale_max=6, size_hint=(None, None), auto_bring_to_front=False
        )
        self._picture = Picture(_FULL_PIXELS)
        self._holder.add_widget(self._picture)
        self._stage.add_widget(self._holder)
        self._count = Text(style="strong", halign="center", pos_hint={"center_x": 0.5, "top": 0.97})
        self._count.color = (1, 1, 1, 1)
        self._stage.add_widget(self._count)
        for icon, test_id, place, act in (
            ("close", "close", {"right": 0.98, "top": 0.99}, self.dismiss),
            ("chevron-left", "before", {"x": 0.02, "center_y": 0.06}, lambda *_: self._turn(-1)),
            ("chevron-right", "after", {"right": 0.98, "center_y": 0.06}, lambda *_: self._turn(1)),
        ):
            button = IconButton(icon, kind="floating", side=56, test_id=f"photo.{test_id}", pos_hint=place)
            button.bind(on_tap=act)
            self._stage.add_widget(button)
        self.bind(size=self._fit)
        self.index = index
        self._show()

    def _turn(self, by: int) -> None:
        self.index = (self.index + by) % len(self._sources)
        self._show()

    def _show(self) -> None:
        self._holder.scale, self._holder.pos = 1, (0, 0)
        self._picture.source = self._sources[int(self.index)]
        self._count.text = f"{int(self.index) + 1} / {len(self._sources)}"

    def _fit(self, *_: Any) -> None:
        self._holder.size = self._picture.size = self.size

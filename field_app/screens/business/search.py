"""Searching the businesses of the phone by name, activity or address; the nearest first."""

from typing import Any
from weakref import WeakKeyDictionary

from field_app.business_index import BusinessIndex, Hit
from field_app.phone import Unlocked
from field_app.screens.base import FieldScreen
from mobile.kit.i18n import formats, t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, show
from mobile.kit.widgets.progress import Progress
from mobile.kit.widgets.search_field import SearchField
from mobile.kit.widgets.virtual_list import VirtualList
from mobile.sdk.lease import ReadingLocked

_MOST = 50
# What was read last, as long as the phone is open: a second search begins at once.
_indexes: WeakKeyDictionary[Unlocked, tuple[BusinessIndex, tuple[int, int]]] = WeakKeyDictionary()


class BusinessSearch(FieldScreen):
    """A field and what it finds; `form_id` begins that form at the business that is chosen, else it is shown."""

    is_detail = True

    def build(self) -> None:
        """Make the field and the list; the index is read beside the screen."""
        self._wanted, self._asked = "", 0
        self.text = SearchField(t("businesses.placeholder"), test_id="search")
        self.text.bind(on_search=lambda _field, text: self._search(text))
        self.list = VirtualList(test_id="businesses", on_choose=self._open)
        self.body = Column(size_hint_y=1, spacing=0)
        new = PushButton(t("businesses.new"), kind="secondary", icon="plus", test_id="new_business")
        new.bind(on_tap=lambda *_: self.navigator.go("new_business", title=self.text.text))
        for part in (
            TopBar(t("businesses.title"), has_back=True, on_back=self.go_back),
            Column(self.text, padding=(dp(GAP_L), dp(GAP_M))),
            self.body,
            Column(new, padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface")),
        ):
            self.add_widget(part)

    def refresh(self) -> None:
        """Read the businesses anew, if anything changed since they were read."""
        unlocked = self.field.open
        mark = unlocked.engine.view_mark()
        held = _indexes.get(unlocked)
        if held is not None:
            self._search(self.text.text)
            if held[1] == mark:
                return
        else:
            show(self.body, Column(Progress(value=-1), padding=dp(GAP_L)))

        def read() -> BusinessIndex:
            with unlocked.reading() as engine:
                return BusinessIndex.read(engine)

        def ready(index: BusinessIndex) -> None:
            _indexes[unlocked] = index, mark
            self._search(self.text.text)

        self.work.run(read, ready, self._failed)

    def save(self) -> dict[str, Any]:
        """Keep what was typed."""
        return {"text": self.text.text}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        self.text.text = saved.get("text", "")

    def _search(self, text: str) -> None:
        held = _indexes.get(self.field.open)
        if held is None:
            return
        self._asked += 1
        asked, here = self._asked, self.field.here
        self.work.run(lambda: held[0].search(text, _MOST, here), lambda hits: self._show(asked, hits))

    def _show(self, asked: int, hits: list[Hit]) -> None:
        if asked != self._asked:
            return  # somebody typed on
        if not hits:
            show(self.body, EmptyState("store", t("businesses.none"), t("businesses.none_text"), test_id="none"))
            return
        self.list.rows = [
            {
                "key": hit.id, "title": hit.title, "detail": hit.address, "icon": "store", "tone": "accent",
                "note": formats.distance(hit.metres) if hit.metres is not None else "",
            }
            for hit in hits
        ]  # fmt: skip
        self.list.scroll_y = 1
        show(self.body, self.list)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, ReadingLocked):
            raise error
        show(self.body, EmptyState("lock", t("locked.title"), t("locked.text"), test_id="locked"))

    def _open(self, _list: Any, key: str) -> None:
        form_id = self.arguments.get("form_id")
        if form_id:
            self.navigator.replace("inspection", business_id=key, form_id=form_id)
        else:
            self.navigator.go("business", id=key)

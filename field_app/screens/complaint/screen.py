"""One case: where and what, its photos and lines, the time on the spot, and what can be done now."""

from typing import Any

from field_app.screens.base import FieldScreen
from field_app.screens.complaint.vm import ComplaintModel, State
from field_app.screens.way import way_button
from field_app.timers import Timers
from mobile.kit.i18n import t
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_M, GAP_S
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import IconButton, PushButton
from mobile.kit.widgets.card import Card, ListRow
from mobile.kit.widgets.dialog import BottomSheet
from mobile.kit.widgets.empty import EmptyState
from mobile.kit.widgets.layout import Column, Row, Scroll, Spacer, show
from mobile.kit.widgets.marks import Badge
from mobile.kit.widgets.photo import PhotoThumb, PhotoViewer
from mobile.kit.widgets.snackbar import Snackbar
from mobile.kit.widgets.stopwatch import Stopwatch
from mobile.kit.widgets.text import Text

ICONS = {
    "take": "account", "start": "play", "close": "check-circle", "answer": "message-text", "note": "note-text",
    "hand_over": "account-group", "task": "toolbox",
}  # fmt: skip
_WRITTEN = ("close", "answer", "note")


class ComplaintScreen(FieldScreen):
    """A case of the person or of the team."""

    is_detail = True

    def build(self) -> None:
        """Make the frame; `refresh` fills it."""
        unlocked = self.field.open
        self.timers = Timers(unlocked.engine.store, self.field.phone.around)
        self.model = ComplaintModel(unlocked.desk, self.timers, str(self.arguments["id"]))
        self.bar = TopBar(
            actions=[IconButton("dots-vertical", test_id="more_acts", on_tap=self._more)],
            has_back=not self.navigator.is_wide, on_back=self.go_back,
        )  # fmt: skip
        self.column = Column(padding=dp(GAP_L), spacing=dp(GAP_L))
        self.scroll = Scroll(self.column)
        self.foot = Column(padding=(dp(GAP_L), dp(GAP_M)), fill=theme.colour("surface"), spacing=dp(GAP_S))
        self.state: State | None = None
        for part in (self.bar, self.scroll, self.foot):
            self.add_widget(part)

    def refresh(self) -> None:
        """Show the case as it is now."""
        self.state = state = self.model.read()
        if state is None:
            self.bar.title = t("case.gone_title")
            show(self.column, EmptyState("cloud-check", t("case.gone_title"), t("case.gone"), test_id="gone"))
            show(self.foot)
            return
        self.bar.title, self.bar.detail = state.subject or state.case.number, state.case.number
        parts = [self._head(state), self._timer(state), *self._photos(state), self._lines(state), *self._tasks(state)]
        show(self.column, *parts)
        show(self.foot, *self._main_acts(state))

    # --- parts ----------------------------------------------------------------------------------------------------

    def _head(self, state: State) -> Card:
        case = state.case
        badges = Row(
            Badge(state.status, tone=state.tone),
            *([Badge(t("today.emergency"), tone="danger")] if case.is_emergency else []),
            *([Badge(state.due, tone="danger" if state.is_late else "neutral")] if state.due else []),
            Spacer(),
        )
        where = ", ".join(part for part in (case.address, state.neighbourhood) if part)
        rows: list[Any] = [badges, Text(case.description or state.subject), Text(where, tone="text_soft")]
        if state.assignee:
            rows.append(Text(t("case.assignee", name=state.assignee), style="caption", tone="text_soft"))
        if case.place:
            lon, lat = case.place
            on_map = PushButton(t("case.on_map"), kind="secondary", icon="map", test_id="on_map")
            on_map.bind(on_tap=lambda *_: self.navigator.go("map", lon=lon, lat=lat))
            rows.append(Row(on_map, way_button(self, case.place, where or case.number)))
        return Card(*rows)

    def _timer(self, state: State) -> Card:
        del state
        is_on = self.model.is_timed
        watch = Stopwatch(self.timers.seconds, 0.0 if is_on else None)
        button = PushButton(
            t("case.leave" if is_on else "case.arrive"), kind="secondary", icon="stop" if is_on else "timer",
            test_id="timer", on_tap=self._swap_timer, size_hint_x=None,
        )  # fmt: skip
        return Card(Row(Column(Text(t("case.on_site"), style="label", tone="text_soft"), watch), button))

    def _photos(self, state: State) -> list[Any]:
        if not state.photos:
            return []
        thumbs = Row(
            *(
                PhotoThumb(source, test_id=f"photo.{at}", on_tap=lambda _thumb, at=at: self._look(state, at))
                for at, source in enumerate(state.photos[:4])
            ),
            Spacer(),
        )
        return [Text(t("case.photos"), style="heading"), thumbs]

    def _look(self, state: State, at: int) -> None:
        PhotoViewer(state.photos, at).open(self.navigator)

    def _lines(self, state: State) -> Column:
        lines = [
            Card(
                Text(head, style="caption", tone="text_soft"),
                *([Text(act, style="label")] if act else []),
                *([Text(text)] if text else []),
                spacing=dp(GAP_S), padding=dp(GAP_M),
            )
            for head, act, text in state.lines
        ]  # fmt: skip
        return Column(Text(t("case.lines"), style="heading"), *lines, spacing=dp(GAP_S))

    def _tasks(self, state: State) -> list[Any]:
        rows = [
            ListRow(
                task.title, detail=t(f"task.{task.status}"), icon="toolbox", test_id=f"task.{task.id}",
                tone="success" if task.status == "done" else "accent",
                on_tap=lambda _row, task=task: self.navigator.go("task", id=task.id),
            )
            for task in state.tasks
        ]  # fmt: skip
        return [Text(t("case.tasks"), style="heading"), Card(*rows, padding=dp(2), spacing=0)] if rows else []

    def _main_acts(self, state: State) -> list[Any]:
        first, *others = [act for act in state.acts if act != "hand_over"]
        main = PushButton(t(f"do.{first}"), icon=ICONS[first], test_id=f"do.{first}", on_tap=lambda *_: self._do(first))
        second = [
            PushButton(t(f"do.{act}"), kind="secondary", icon=ICONS[act], test_id=f"do.{act}",
                       on_tap=lambda _button, act=act: self._do(act))
            for act in others[:2]
        ]  # fmt: skip
        return [main, *([Row(*second)] if second else [])]

    # --- acts -----------------------------------------------------------------------------------------------------

    def _more(self, *_: Any) -> None:
        if self.state is None:
            return
        rows = [ListRow(t(f"do.{act}"), icon=ICONS[act], test_id=f"acts.{act}") for act in (*self.state.acts, "task")]
        sheet = BottomSheet(*rows, title=t("case.acts"), test_id="acts")

        def chosen(act: str) -> None:
            sheet.dismiss()
            self._do(act)

        for act, row in zip((*self.state.acts, "task"), rows, strict=True):
            row.bind(on_tap=lambda _row, act=act: chosen(act))
        sheet.open(self.navigator)

    def _do(self, act: str) -> None:
        case_id = self.model.complaint_id
        if act in _WRITTEN:
            self.navigator.go("writing", mode=act, id=case_id)
        elif act == "hand_over":
            self.navigator.go("hand_over", id=case_id)
        elif act == "task":
            self.navigator.go("new_task", complaint_id=case_id)
        else:
            acts = self.field.open.acts
            (acts.take if act == "take" else acts.start)(case_id)
            self.field.wake_sync()
            Snackbar(t(f"done.{act}"), icon="check").open(self.navigator)

    def _swap_timer(self, *_: Any) -> None:
        if self.model.is_timed:
            ended = self.timers.stop()
            if ended is not None:
                self.field.open.acts.visit(*ended, self.field.place())
                self.field.wake_sync()
                Snackbar(t("done.visit"), icon="timer").open(self.navigator)
        else:
            self._end_other_visit()
            self.timers.start(self.model.complaint_id)
        self.refresh()

    def _end_other_visit(self) -> None:
        ended = self.timers.stop()
        if ended is not None:
            self.field.open.acts.visit(*ended, None)

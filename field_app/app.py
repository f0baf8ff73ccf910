"""The field app: its routes, and which navigator is on the screen, that of the lock or that of the work."""

import contextlib
import importlib
from collections import deque
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.boxlayout import BoxLayout

from field_app.field import Field
from field_app.i18n.inspection_texts import INSPECTION_TEXTS
from field_app.i18n.phone_texts import PHONE_TEXTS
from field_app.i18n.refusal_texts import REFUSAL_TEXTS
from field_app.i18n.texts import TEXTS
from field_app.phone import Phone, Unlocked
from field_app.screens.base import FieldScreen
from field_app.screens.pin.screen import Pin
from field_app.screens.sign_in.screen import SignIn
from field_app.syncing import SyncState
from mobile.device.ports import Device, Fix, Network
from mobile.kit import fonts
from mobile.kit.i18n import language, t
from mobile.kit.navigator import Navigator
from mobile.kit.pictures import readers
from mobile.kit.screen import Screen
from mobile.kit.theme import TEXT_SIZES, theme
from mobile.kit.widgets.dialog import Dialog
from mobile.kit.work import post

Routes = Mapping[str, Callable[..., Screen]]
LOCK_ROUTES: Routes = {"sign_in": SignIn, "pin": Pin}
LOCKED_AFTER_S = 600.0
"""A phone that lies about unlocked locks itself."""


def work_routes() -> ModuleType:
    """Give the screens of the open phone; they are read from the disk while somebody types the PIN, not before it."""
    return importlib.import_module("field_app.screens.work_routes")


class FieldNavigator(Navigator):
    """A navigator whose screens reach the app by `navigator.field`."""

    def __init__(self, field: Field, *parts: Any, **more: Any) -> None:
        """Take the app before everything else: the first screen asks for it at once."""
        self.field = field
        super().__init__(*parts, **more)


class FieldApp(App):
    """One window: the lock, or the work."""

    def __init__(self, phone: Phone, device: Device, **properties: Any) -> None:
        """Take the phone and the device's ports (`mobile.device`)."""
        super().__init__(**properties)
        self.phone = phone
        self.field = Field(phone, device, on_unlocked=self._enter, go_to_lock=self._lock, keep_look=self._keep_look)
        self.navigator: FieldNavigator | None = None
        self._unwatch: list[Callable[[], None]] = []
        self._said: deque[SyncState] = deque()
        self._idle: Any = None

    def build(self) -> BoxLayout:
        """Begin at the lock."""
        fonts.register()
        language.add(TEXTS)
        language.add(INSPECTION_TEXTS)
        language.add(REFUSAL_TEXTS)
        language.add(PHONE_TEXTS)
        self._recall()
        self.frame = BoxLayout()
        self._lock("pin" if self.phone.vault.is_set_up and self.phone.account.is_known else "sign_in")
        # A field that is written in is moved above the phone's keyboard.
        Window.softinput_mode = "below_target"
        Window.bind(on_keyboard=self._on_key, on_touch_down=self._stay_awake)
        # After the first frame, which the first call comes before.
        Clock.schedule_once(lambda _dt: Clock.schedule_once(lambda _dt: work_routes(), 0), 0)
        return self.frame

    def on_pause(self) -> bool:
        """Stay alive in the background; everything is kept already."""
        return True

    def on_resume(self) -> None:
        """Come to the front: try to sync."""
        self.field.wake_sync(at_once=True)

    def on_stop(self) -> None:
        """End: lock."""
        Window.unbind(on_keyboard=self._on_key, on_touch_down=self._stay_awake)
        self._close()
        self._put(None)

    # --- look, kept outside of the locked database: the lock speaks the user's language ---------------------------

    def _recall(self) -> None:
        kept = self.phone.around.folder / "look.txt"
        with contextlib.suppress(OSError, ValueError):
            spoken, dark, size = kept.read_text().split()
            language.change(spoken)
            theme.change(dark=dark == "1", text_size=min(TEXT_SIZES, key=lambda offered: abs(offered - float(size))))

    def _keep_look(self) -> None:
        """Keep language, dark or light, and text size for the next start."""
        look = theme.appearance
        text = f"{language.current} {int(look.dark)} {look.text_size}"
        (self.phone.around.folder / "look.txt").write_text(text)

    # --- the two navigators ---------------------------------------------------------------------------------------

    def _lock(self, route: str) -> None:
        self._close()
        self._put(FieldNavigator(self.field, LOCK_ROUTES, home=route))

    def _enter(self, unlocked: Unlocked) -> None:
        self.field.unlocked = unlocked
        readers.update(queue=unlocked.files.read, case=unlocked.seen.read)
        unlocked.sync.on_change = self._hear
        with contextlib.suppress(Exception):  # a locked lease: the town's colour is not worth a refusal
            theme.change(accent=unlocked.desk.town().accent)
        if unlocked.engine.store.is_send_only:
            self._put(FieldNavigator(self.field, work_routes().SEND_ONLY, home="send_only"))
        else:
            routes = work_routes().ROUTES
            work = FieldNavigator(self.field, routes, home="today", remember=lambda state: _keep(unlocked, state))
            work.restore(str(unlocked.engine.store.get("navigator", "")))
            self._put(work)
        self._unwatch = [
            self.field.device.location.watch(lambda fix: post(lambda: self._moved(fix))),
            self.field.device.connectivity.watch(lambda network: post(lambda: self._connected(network))),
        ]
        unlocked.sync.start()
        self._stay_awake()

    def _close(self) -> None:
        unlocked, self.field.unlocked = self.field.unlocked, None
        if self._idle is not None:
            self._idle.cancel()
        for unwatch in self._unwatch:
            unwatch()
        self._unwatch = []
        if unlocked is not None:
            if self.navigator is not None:
                _keep(unlocked, self.navigator.state())
            self._put(None)
            unlocked.close()

    def _put(self, navigator: FieldNavigator | None) -> None:
        if self.navigator is not None:
            self.navigator.close()
        self.frame.clear_widgets()
        if navigator is not None:
            self.frame.add_widget(navigator)
        self.navigator = navigator

    def _moved(self, fix: Fix) -> None:
        is_first, self.field.fix = self.field.fix is None, fix
        if is_first and self.navigator is not None and isinstance(self.navigator.current, FieldScreen):
            self.navigator.current.refresh()

    def _connected(self, network: Network) -> None:
        if network is not Network.OFFLINE:
            self.field.wake_sync(at_once=True)

    def _hear(self, state: SyncState) -> None:
        """Take what the loop's thread says: of all that it says between two frames the screens show the last."""
        self._said.append(state)
        post(self._show_last)

    def _show_last(self) -> None:
        last: SyncState | None = None
        while self._said:
            last = self._said.popleft()
        if last is not None:
            self._synced(last)

    def _synced(self, state: SyncState) -> None:
        self.field.sync_state = state
        unlocked = self.field.unlocked
        if unlocked is None:
            return
        if unlocked.engine.store.get("wiped"):
            self.field.unlocked = None
            unlocked.close()
            self.phone.forget()
            self._lock("sign_in")
            Dialog(t("wiped.title"), t("kit.done"), t("wiped.text"), test_id="wiped").open(self.navigator)
            return
        self.field.tell()

    def _on_key(self, window: Any, key: int, *more: Any) -> bool:
        return self.navigator is not None and self.navigator.on_key(window, key, *more)

    def _stay_awake(self, *_: Any) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self.field.unlocked is not None:
            self._idle = Clock.schedule_once(lambda _dt: self._lock("pin"), LOCKED_AFTER_S)


def _keep(unlocked: Unlocked, state: str) -> None:
    store = unlocked.engine.store
    if not store.is_send_only:
        with store.transaction():
            store.put(navigator=state)

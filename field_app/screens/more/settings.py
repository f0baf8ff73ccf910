"""Settings: language, light or dark, text size, PIN, and signing out."""

from typing import Any

from field_app.screens.base import FieldScreen
from mobile.kit.i18n import language, t
from mobile.kit.theme import TEXT_SIZES, dp, theme
from mobile.kit.tokens import GAP_L
from mobile.kit.widgets.bars import TopBar
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.card import Card
from mobile.kit.widgets.dialog import Dialog
from mobile.kit.widgets.layout import Column, Scroll
from mobile.kit.widgets.segmented import Segmented
from mobile.kit.widgets.text import Text
from mobile.kit.widgets.toggle import Toggle


class Settings(FieldScreen):
    """How the app looks and speaks."""

    is_detail = True

    def build(self) -> None:
        """Make the choices; each holds at once."""
        speak = Segmented([("tr", "Türkçe"), ("en", "English")], value=language.current, test_id="language")
        speak.bind(value=lambda _w, value: self._later(lambda: language.change(value)))
        sizes = Segmented(
            [(str(size), t(f"settings.size.{at}")) for at, size in enumerate(TEXT_SIZES)],
            value=str(theme.appearance.text_size), test_id="size",
        )  # fmt: skip
        sizes.bind(value=lambda _w, value: self._later(lambda: theme.change(text_size=float(value))))
        dark = Toggle(t("settings.dark"), is_on=theme.appearance.dark, test_id="dark")
        dark.bind(is_on=lambda _w, is_on: self._later(lambda: theme.change(dark=is_on)))
        look = Card(
            Text(t("settings.language"), style="label"), speak, Text(t("settings.size"), style="label"), sizes, dark,
            spacing=dp(GAP_L),
        )  # fmt: skip
        pin = PushButton(t("change_pin.title"), kind="secondary", icon="key", test_id="change_pin")
        pin.bind(on_tap=lambda *_: self.navigator.go("change_pin"))
        leave = PushButton(
            t("settings.sign_out"), kind="secondary", icon="logout", test_id="sign_out", on_tap=self._ask
        )
        about = Text(t("settings.about"), style="caption", tone="text_soft")
        self.add_widget(TopBar(t("more.settings"), has_back=not self.navigator.is_wide, on_back=self.go_back))
        self.add_widget(Scroll(Column(look, pin, leave, about, padding=dp(GAP_L), spacing=dp(GAP_L))))

    def _later(self, change: Any) -> None:
        # The screens are made anew: not while one of them is being touched.
        self.work.run(lambda: None, lambda _done: self._change(change))

    def _change(self, change: Any) -> None:
        change()
        self.field.keep_look()

    def _ask(self, *_: Any) -> None:
        waiting = self.field.open.engine.numbers()
        count = waiting["waiting"] + waiting["waiting_photos"]
        text = t("settings.sign_out_waiting", count=count) if count else t("settings.sign_out_clean")
        Dialog(
            title=t("settings.sign_out"), text=text, confirm=t("settings.sign_out"), cancel=t("pin.cancel"),
            kind="danger", on_confirm=lambda *_: self._sign_out(), test_id="sign_out_dialog",
        ).open(self.navigator)  # fmt: skip

    def _sign_out(self) -> None:
        # The database stays, locked by the PIN: whoever signs in again goes on where this ended.
        account, go = self.field.account, self.field.go_to_lock
        self.work.run(account.end_session, lambda _done: go("sign_in"))

"""The sign-in screen: municipality, name, password, code; then what the server still asks for."""

from typing import Any

from field_app.account import Offline
from field_app.screens.sign_in.server_part import ServerPart
from field_app.screens.sign_in.vm import SignInModel, State
from mobile.device.ports import Fix
from mobile.kit.i18n import t
from mobile.kit.screen import Screen
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_L, GAP_XL
from mobile.kit.widgets.banner import Banner
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.choice import Choice
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Column, Scroll, show
from mobile.kit.widgets.text import Icon, Text
from mobile.kit.work import post


class SignIn(Screen):
    """Done once, online; afterwards the PIN opens the phone."""

    def build(self) -> None:
        """Make the fields; the municipalities are asked for at once."""
        self.field = self.navigator.field
        self.model = SignInModel(self.field.account, self.field.phone.around.label, self._show)
        self.towns = Choice(t("sign_in.town"), options=[], test_id="town")
        self.username = TextField(t("sign_in.username"), test_id="username")
        self.password = TextField(t("sign_in.password"), is_secret=True, test_id="password")
        self.code = TextField(t("sign_in.code"), keyboard="number", helper=t("sign_in.code_help"), test_id="code")
        self.new_password = TextField(t("sign_in.new_password"), is_secret=True, test_id="new_password")
        self.secret = Text(style="title", halign="center", test_id="secret")
        self.retry = PushButton(
            t("sign_in.retry"), kind="secondary", icon="refresh", test_id="retry", on_tap=self._load_towns
        )
        self.go = PushButton(t("sign_in.go"), icon="login", test_id="sign_in", on_tap=self._attempt)
        self.server = ServerPart(self.field.phone, self._load_towns)
        self.problem = Banner(tone="danger", icon="alert-circle", test_id="problem")
        self.column = Column(padding=dp(GAP_XL), spacing=dp(GAP_L))
        self.add_widget(Scroll(self.column))
        self._show(self.model.state)

    def on_enter(self) -> None:
        """Load the municipalities, and again when the phone knows where it is: the nearest come first."""
        self._load_towns()
        self.field.device.location.current(
            lambda fix: post(lambda: self._located(fix)),
            # Without a place they come by name.
            lambda _refused: None,
        )

    def save(self) -> dict[str, Any]:
        """Keep what was typed, but for secrets."""
        return {"town": self.towns.value, "username": self.username.text}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take it back."""
        self.towns.value, self.username.text = saved.get("town", ""), saved.get("username", "")

    def _located(self, fix: Fix) -> None:
        self.field.fix = fix
        if not self.work.is_closed:
            self._load_towns()

    def _load_towns(self, *_: Any) -> None:
        here = self.field.here

        def shown(towns: list[tuple[str, str]]) -> None:
            self.towns.options = towns
            if len(towns) == 1:
                self.towns.value = towns[0][0]
            if self.model.state.error == "sign_in.offline":
                self.model.change(error="")

        def failed(error: Exception) -> None:
            if not isinstance(error, Offline):
                raise error
            self.model.change(error="sign_in.offline")

        self.work.run(lambda: self.field.account.municipalities(here), shown, failed)

    def _attempt(self, *_: Any) -> None:
        typed = self.towns.value, self.username.text, self.password.text
        missing = self.model.missing(*typed)
        if missing:
            self.model.change(error=missing)
            return
        self.model.change(is_busy=True, error="")
        code, new_password = self.code.text.strip(), self.new_password.text
        self.work.run(lambda: self.model.attempt(*typed, code, new_password), lambda told: self.model.change(**told))

    def _show(self, state: State) -> None:
        if state.step == "done":
            # Whoever signs in although there is a database has forgotten its PIN, or was signed out by the office.
            self.navigator.start("pin", is_recovery=self.field.phone.vault.is_set_up)
            return
        title = Text(t("sign_in.title"), style="display", halign="center")
        icon = Icon("shield-account", side=64, tone="accent", pos_hint={"center_x": 0.5})
        intro = Text(t("sign_in.intro"), tone="text_soft", halign="center")
        is_offline = state.error == "sign_in.offline" and not self.towns.options
        parts: list[Any] = [icon, title, intro]
        if state.error:
            self.problem.text = t(state.error) if state.error.startswith("sign_in.") else state.error
            parts.append(self.problem)
        if state.step == "credentials":
            parts += [self.towns, self.username, self.password, self.code]
        elif state.step == "code":
            self.secret.text = state.secret
            parts += [Text(t("sign_in.enrol")), self.secret, self.code]
        else:
            parts += [Text(t("sign_in.choose_password")), self.new_password]
        self.go.disabled = state.is_busy
        self.column.spacing = dp(GAP_L) * theme.appearance.text_size
        server = [self.server] if state.step == "credentials" and self.field.phone.is_new else []
        show(self.column, *parts, *([self.retry] if is_offline else []), self.go, *server)

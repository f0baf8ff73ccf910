"""Questions that are answered by a photo or a signature."""

from typing import Any

from mobile.kit.forms.question import Question
from mobile.kit.i18n import t
from mobile.kit.painting import Painted
from mobile.kit.theme import dp, theme
from mobile.kit.tokens import GAP_S, RADIUS_S
from mobile.kit.widgets.button import PushButton
from mobile.kit.widgets.dialog import BottomSheet
from mobile.kit.widgets.field import TextField
from mobile.kit.widgets.layout import Row
from mobile.kit.widgets.photo import Picture
from mobile.kit.widgets.signature import SignaturePad
from mobile.kit.widgets.text import Icon, Text

_PAD_HEIGHT, _SEEN_HEIGHT = 280, 140
_SEEN_PIXELS = 900


class PhotoQuestion(Question):
    """Photos, up to as many as the form wants."""

    def ask(self) -> None:
        """Put the strip."""
        self._strip = self.ports.photo_strip(self._add, self._drop, self.path)
        self.put(*self.heading(), self._strip)
        self._show()

    def _ids(self) -> list[str]:
        held = self.value
        return [one for one in held if isinstance(one, str)] if isinstance(held, list) else []

    def _add(self, photo_id: str) -> None:
        self.answer([*self._ids(), photo_id])
        self._show()

    def _drop(self, photo_id: str) -> None:
        self.answer([one for one in self._ids() if one != photo_id] or None)
        self._show()

    def _show(self) -> None:
        self._strip.show_ids(self._ids(), int(self.item.most or 1))


class SignatureQuestion(Question):
    """A signature drawn on a sheet; or that it was refused, with a witness."""

    def ask(self) -> None:
        """Put what was done before: signed, refused, or neither yet."""
        self._arrange()

    def _arrange(self) -> None:
        held = self.value
        if isinstance(held, dict):
            note = TextField(
                t("form.refused_note"), rows=2, limit=500, text=str(held.get("note", "")), test_id=f"{self.path}.note"
            )
            note.bind(text=lambda _field, text: self._refuse(text))
            mark = Row(Icon("alert", tone="warning"), Text(t("form.refused"), style="strong", tone="warning"))
            self.put(*self.heading(), mark, note, self._button(t("form.will_sign"), "draw", "sign"))
        elif isinstance(held, str):
            self.put(*self.heading(), self._seen(held), self._button(t("form.sign_again"), "draw", "sign"))
        else:
            refuse = self._button(t("form.refused"), "close", "refuse")
            may_refuse = [refuse] if self.item.raw.get("may_refuse") else []
            self.put(*self.heading(), self._button(t("form.sign"), "draw", "sign"), *may_refuse)

    def _button(self, text: str, icon: str, act: str) -> PushButton:
        acts = {"sign": self._open, "refuse": lambda *_: self._refused()}
        return PushButton(text, kind="secondary", icon=icon, test_id=f"{self.path}.{act}", on_tap=acts[act])

    def _seen(self, photo_id: str) -> Painted:
        # White in the dark as well: it looks as it will be printed.
        ground = Painted(size_hint_y=None, height=dp(_SEEN_HEIGHT), fill=(1, 1, 1, 1), radius=dp(RADIUS_S))
        ground.edge, ground.edge_width = theme.colour("line"), dp(1)
        picture = Picture(_SEEN_PIXELS, source=self.ports.picture_of(photo_id))
        ground.add_widget(picture)
        inset = dp(GAP_S)

        def fit(*_: Any) -> None:
            picture.pos = ground.x + inset, ground.y + inset
            picture.size = ground.width - 2 * inset, ground.height - 2 * inset

        ground.bind(pos=fit, size=fit)
        return ground

    def _open(self, *_: Any) -> None:
        pad = SignaturePad(hint=t("form.sign_here"), height=dp(_PAD_HEIGHT), test_id=f"{self.path}.pad")
        done = PushButton(t("form.signed"), icon="check", disabled=True, test_id=f"{self.path}.done")
        pad.bind(is_signed=lambda _pad, is_signed: setattr(done, "disabled", not is_signed))
        undo = PushButton(t("form.undo"), kind="secondary", icon="undo", test_id=f"{self.path}.undo", on_tap=pad.undo)
        clear = PushButton(t("form.clear"), kind="secondary", icon="eraser", on_tap=pad.clear)
        sheet = BottomSheet(pad, Row(undo, clear), done, title=self.label(), test_id=f"{self.path}.sheet")
        # A touch beside the pad while signing must not take the signature away.
        sheet.is_dismissable = False
        done.bind(on_tap=lambda *_: self._keep(sheet, pad))
        sheet.open(self)

    def _keep(self, sheet: BottomSheet, pad: SignaturePad) -> None:
        sheet.dismiss()
        self.ports.keep_signature(pad.png, self._signed)

    def _signed(self, photo_id: str) -> None:
        self._forget()
        self.answer(photo_id)
        self._arrange()

    def _forget(self) -> None:
        if isinstance(self.value, str):
            self.ports.forget(self.value)

    def _refused(self) -> None:
        self._refuse("")
        self._arrange()

    def _refuse(self, note: str) -> None:
        self.answer({"refused": True, "note": note} if note else {"refused": True})

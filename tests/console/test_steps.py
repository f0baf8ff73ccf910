"""What is carried from the sign-in's first page to its second."""

from datetime import timedelta

import pytest

from api.console.steps import LIFETIME, Step, StepOver, seal, unseal
from api.core import clock, keys
from tests.factories.towns import MASTER_KEY

STEP = Step(
    "enrol", "kadikoy", "naksoy", "gizli-parola-söz", "/console", "otpauth://totp/x", "JBSWY3DP", needs_password=True
)


@pytest.fixture(autouse=True)
def _master_key():
    keys.install_master_key(MASTER_KEY)


def test_a_step_opens_in_its_browser_as_it_was():
    assert unseal(seal(STEP, "browser"), "browser") == STEP


def test_a_sealed_step_shows_neither_password_nor_secret_and_differs_every_time():
    sealed = seal(STEP, "browser")
    assert "gizli" not in sealed
    assert sealed != seal(STEP, "browser")


def test_another_browser_cannot_open_it():
    with pytest.raises(StepOver):
        unseal(seal(STEP, "browser"), "another")


def test_it_opens_for_ten_minutes_only():
    with clock.frozen() as frozen:
        sealed = seal(STEP, "browser")
        frozen.advance(seconds=LIFETIME / timedelta(seconds=1))
        assert unseal(sealed, "browser") == STEP
        frozen.advance(seconds=1)
        with pytest.raises(StepOver):
            unseal(sealed, "browser")


@pytest.mark.parametrize("text", ["", "x", "ğ", "A" * 5000, "AAAA" * 20])
def test_anything_else_does_not_open(text):
    with pytest.raises(StepOver):
        unseal(text, "browser")


def test_a_changed_letter_does_not_open():
    sealed = seal(STEP, "browser")
    changed = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]
    with pytest.raises(StepOver):
        unseal(changed, "browser")

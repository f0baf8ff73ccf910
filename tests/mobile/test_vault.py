import json

import pytest

from mobile.sdk import sealing
from mobile.sdk.vault import FREE_TRIES, LONGEST_WAIT_MS, MustWait, NoRecovery, Vault, WeakPin, WrongPin

PIN, OTHER = "135790", "246802"


class Store:
    """A key store as the system's: secrets by name, gone when they are forgotten."""

    def __init__(self):
        self.secrets = {}

    def read(self, name):
        return self.secrets.get(name)

    def write(self, name, secret):
        self.secrets[name] = secret

    def forget(self, name):
        self.secrets.pop(name, None)


class Phone:
    def __init__(self, path):
        self.boot, self.up, self.store, self.path = "1", 5_000, Store(), path

    @property
    def vault(self):
        """The vault as an app that has just started sees it."""
        return Vault(self.path, self.store, lambda: (self.boot, self.up))

    def fail(self, times):
        for _ in range(times):
            with pytest.raises(WrongPin):
                self.vault.open(OTHER)


@pytest.fixture
def phone(tmp_path, monkeypatch):
    # What a try costs is not what these tests are about.
    monkeypatch.setitem(sealing._SCRYPT, "n", 16)
    return Phone(tmp_path / "vault.json")


def test_the_pin_opens_the_key_and_nothing_of_either_lies_on_the_disk(phone):
    key = phone.vault.set_up("ayse", PIN)
    assert len(key) == 32
    assert phone.vault.open(PIN) == key
    raw = phone.path.read_bytes()
    assert key not in raw
    assert PIN.encode() not in raw


def test_a_vault_that_is_there_is_not_made_again(phone):
    key = phone.vault.set_up("ayse", PIN)
    with pytest.raises(FileExistsError):
        phone.vault.set_up("ayse", OTHER)
    assert phone.vault.open(PIN) == key


def test_without_the_key_stores_secret_the_right_pin_opens_nothing(phone):
    phone.vault.set_up("ayse", PIN)
    phone.store.secrets.clear()
    with pytest.raises(WrongPin):
        phone.vault.open(PIN)


@pytest.mark.parametrize("pin", ["12345", "abcdef", "111111", "123456", "987654", "١٢٣٥٧٩", ""])
def test_a_pin_that_anybody_would_try_first_is_refused(phone, pin):
    with pytest.raises(WeakPin):
        phone.vault.set_up("ayse", pin)
    assert not phone.vault.is_set_up


def test_after_ten_wrong_pins_every_further_one_waits_longer_up_to_a_day(phone):
    key = phone.vault.set_up("ayse", PIN)
    for tries in range(1, FREE_TRIES + 1):
        with pytest.raises(WrongPin) as caught:
            phone.vault.open(OTHER)
        assert caught.value.tries_left == FREE_TRIES - tries
    waits = []
    for _ in range(13):
        with pytest.raises(MustWait) as waiting:
            phone.vault.open(PIN)
        waits.append(waiting.value.left_ms)
        phone.up += waiting.value.left_ms - 1
        with pytest.raises(MustWait):
            phone.vault.open(PIN)
        phone.up += 1
        phone.fail(1)
    assert waits[:4] == [60_000, 120_000, 240_000, 480_000]
    assert waits[-1] == LONGEST_WAIT_MS
    phone.up += LONGEST_WAIT_MS
    assert phone.vault.open(PIN) == key
    phone.fail(FREE_TRIES)


def test_starting_the_phone_again_does_not_shorten_a_wait(phone):
    phone.vault.set_up("ayse", PIN)
    phone.fail(FREE_TRIES)
    phone.up += 59_000
    phone.boot, phone.up = "2", 3_600_000
    with pytest.raises(MustWait) as waiting:
        phone.vault.open(PIN)
    assert waiting.value.left_ms == 60_000
    phone.up += 60_000
    assert phone.vault.open(PIN)


def test_an_app_that_is_killed_while_it_tries_has_tried(phone, monkeypatch):
    phone.vault.set_up("ayse", PIN)

    def die(*_):
        raise KeyboardInterrupt

    for _ in range(FREE_TRIES):
        with monkeypatch.context() as patch:
            patch.setattr("mobile.sdk.sealing.decrypt", die)
            with pytest.raises(KeyboardInterrupt):
                phone.vault.open(OTHER)
    with pytest.raises(MustWait):
        phone.vault.open(OTHER)


def test_a_changed_pin_opens_the_same_key_and_the_old_one_does_not(phone):
    key = phone.vault.set_up("ayse", PIN)
    with pytest.raises(WrongPin):
        phone.vault.change_pin(OTHER, PIN)
    with pytest.raises(WeakPin):
        phone.vault.change_pin(PIN, "000000")
    phone.vault.change_pin(PIN, OTHER)
    assert phone.vault.open(OTHER) == key
    with pytest.raises(WrongPin):
        phone.vault.open(PIN)


def test_whoever_forgot_the_pin_and_signed_in_again_gets_the_same_key_even_while_pins_must_wait(phone):
    key = phone.vault.set_up("ayse", PIN)
    phone.fail(FREE_TRIES)
    assert phone.vault.recover("ayse", OTHER) == key
    assert phone.vault.open(OTHER) == key


def test_another_user_recovers_nothing_and_nobody_does_when_the_key_store_has_lost_its_secret(phone):
    phone.vault.set_up("ayse", PIN)
    before = phone.path.read_bytes()
    with pytest.raises(NoRecovery):
        phone.vault.recover("mehmet", OTHER)
    told = json.loads(before)
    phone.path.write_text(json.dumps({**told, "staff_id": "mehmet"}))
    with pytest.raises(NoRecovery):
        phone.vault.recover("mehmet", OTHER)
    phone.path.write_bytes(before)
    phone.store.forget("recovery")
    with pytest.raises(NoRecovery):
        phone.vault.recover("ayse", OTHER)
    assert phone.path.read_bytes() == before


def test_a_pin_secret_that_the_key_store_lost_is_made_anew_by_a_recovery(phone):
    key = phone.vault.set_up("ayse", PIN)
    phone.store.forget("pin")
    assert phone.vault.recover("ayse", OTHER) == key
    assert phone.vault.open(OTHER) == key


def test_what_is_forgotten_opens_never_again(phone):
    phone.vault.set_up("ayse", PIN)
    kept = phone.path.read_bytes()
    phone.vault.forget()
    assert not phone.vault.is_set_up
    phone.path.write_bytes(kept)
    with pytest.raises(WrongPin):
        phone.vault.open(PIN)
    with pytest.raises(NoRecovery):
        phone.vault.recover("ayse", PIN)

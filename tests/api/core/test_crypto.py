import base64
import dataclasses
import secrets
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.core import crypto

ROW = UUID("019a0000-0000-7000-8000-000000000001")


def keyring(municipality_id: int = 34, **changes) -> crypto.Keyring:
    keys = {"current_key_id": 1, "data_keys": {1: b"d" * 32}, "index_key": b"i" * 32} | changes
    return crypto.Keyring(municipality_id, **keys)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(1, 1_400))
def test_a_sealed_field_opens_at_its_place(plaintext: str, municipality_id: int) -> None:
    ring = keyring(municipality_id)
    sealed = ring.encrypt("citizen", "tckn", ROW, plaintext)
    assert ring.decrypt("citizen", "tckn", ROW, sealed) == plaintext
    assert len(plaintext) < 3 or plaintext.encode() not in sealed


@given(st.binary(max_size=200))
def test_sealed_bytes_open_at_their_place_only(data: bytes) -> None:
    sealed = keyring().encrypt_bytes("stored_file", "original", ROW, data)
    assert keyring().decrypt_bytes("stored_file", "original", ROW, sealed) == data
    with pytest.raises(crypto.DecryptError):
        keyring().decrypt_bytes("stored_file", "thumbnail", ROW, sealed)


@pytest.mark.parametrize(
    ("municipality_id", "table", "column", "row"),
    [
        (35, "citizen", "tckn", ROW),
        (34, "staff", "tckn", ROW),
        (34, "citizen", "phone", ROW),
        (34, "citizen", "tckn", UUID(int=ROW.int + 1)),
        (34, "citizen", "tckn", ""),
    ],
)
def test_a_value_moved_to_another_place_does_not_open(municipality_id, table, column, row) -> None:
    sealed = keyring(34).encrypt("citizen", "tckn", ROW, "10000000146")
    with pytest.raises(crypto.DecryptError) as refusal:
        keyring(municipality_id).decrypt(table, column, row, sealed)
    assert refusal.value.code == "decrypt_failed"


names = st.text(alphabet="abz_", min_size=1, max_size=4)


@given(st.tuples(names, names, st.text(max_size=4)), st.tuples(names, names, st.text(max_size=4)))
def test_two_places_open_each_other_only_when_they_are_one(here, there) -> None:
    sealed = keyring().encrypt(*here, "değer")
    if here == there:
        assert keyring().decrypt(*there, sealed) == "değer"
    else:
        with pytest.raises(crypto.DecryptError):
            keyring().decrypt(*there, sealed)


@given(st.integers(min_value=0), st.integers(1, 255))
def test_every_changed_byte_is_noticed(position: int, flip: int) -> None:
    sealed = bytearray(keyring().encrypt("citizen", "phone", 7, "+905321234567"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(crypto.DecryptError):
        keyring().decrypt("citizen", "phone", 7, bytes(sealed))


@given(st.binary(max_size=80))
def test_foreign_bytes_are_refused_in_one_way(blob: bytes) -> None:
    with pytest.raises(crypto.DecryptError):
        keyring().decrypt("citizen", "phone", 7, blob)


def test_equal_values_are_sealed_differently() -> None:
    assert len({keyring().encrypt("citizen", "tckn", ROW, "1") for _ in range(100)}) == 100


def test_after_a_rotation_old_and_new_values_open_and_the_old_ones_are_known() -> None:
    old = keyring()
    sealed_before = old.encrypt("citizen", "tckn", ROW, "eski")
    new = keyring(current_key_id=2, data_keys={1: b"d" * 32, 2: b"e" * 32})
    sealed_after = new.encrypt("citizen", "tckn", ROW, "yeni")
    assert new.decrypt("citizen", "tckn", ROW, sealed_before) == "eski"
    assert new.decrypt("citizen", "tckn", ROW, sealed_after) == "yeni"
    assert [crypto.sealed_key_id(value) for value in (sealed_before, sealed_after)] == [1, 2]
    with pytest.raises(crypto.DecryptError):
        old.decrypt("citizen", "tckn", ROW, sealed_after)


def test_a_destroyed_key_leaves_nothing_to_read() -> None:
    sealed = keyring().encrypt("citizen", "tckn", ROW, "10000000146")
    survivor = keyring(current_key_id=2, data_keys={2: b"e" * 32})
    with pytest.raises(crypto.DecryptError):
        survivor.decrypt("citizen", "tckn", ROW, sealed)


def test_a_blind_index_finds_equal_values_only_within_purpose_and_municipality() -> None:
    index = keyring(34).blind_index("citizen.tckn", "10000000146")
    assert len(index) == 16
    assert index == keyring(34).blind_index("citizen.tckn", "10000000146")
    others = [
        keyring(34).blind_index("citizen.tckn", "10000000147"),
        keyring(34).blind_index("staff.tckn", "10000000146"),
        keyring(35).blind_index("citizen.tckn", "10000000146"),
        keyring(34, index_key=b"j" * 32).blind_index("citizen.tckn", "10000000146"),
    ]
    assert index not in others
    assert len(set(others)) == 4


def test_keys_stay_out_of_the_printed_form() -> None:
    ring = keyring(data_keys={1: b"\xaa" * 32}, index_key=b"\xbb" * 32)
    assert "aa" not in repr(ring)
    assert "key=" not in repr(ring)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ring.index_key = b""


@pytest.mark.parametrize(
    "changes",
    [
        {"current_key_id": 2},
        {"data_keys": {1: b"short"}},
        {"index_key": b""},
        {"data_keys": {0: b"d" * 32}, "current_key_id": 0},
        {"data_keys": {1 << 32: b"d" * 32}, "current_key_id": 1 << 32},
    ],
)
def test_an_unusable_keyring_is_refused(changes) -> None:
    with pytest.raises(crypto.BadKey):
        keyring(**changes)


@pytest.mark.parametrize("name", ["", "a|b"])
def test_a_name_that_could_blur_two_places_is_refused(name: str) -> None:
    for act in (
        lambda: keyring().encrypt(name, "tckn", 1, "x"),
        lambda: keyring().encrypt("citizen", name, 1, "x"),
        lambda: keyring().blind_index(name, "x"),
    ):
        with pytest.raises(crypto.CryptoError):
            act()


def test_a_wrapped_key_opens_only_with_its_master_key_and_context() -> None:
    kek, dek = crypto.new_key(), crypto.new_key()
    wrapped = crypto.wrap(kek, dek, b"34|1")
    assert crypto.unwrap(kek, wrapped, b"34|1") == dek
    assert dek not in wrapped
    changed = bytes([*wrapped[:-1], wrapped[-1] ^ 1])
    for key, blob, context in [
        (crypto.new_key(), wrapped, b"34|1"),
        (kek, wrapped, b"35|1"),
        (kek, changed, b"34|1"),
        (kek, wrapped[:-1], b"34|1"),
        (kek, b"", b"34|1"),
    ]:
        with pytest.raises(crypto.DecryptError):
            crypto.unwrap(key, blob, context)


def test_only_keys_of_32_bytes_are_used() -> None:
    for act in (
        lambda: crypto.wrap(b"k" * 16, crypto.new_key()),
        lambda: crypto.wrap(crypto.new_key(), b"k" * 31),
        lambda: crypto.keyed_hash(b"k" * 8, "123456"),
    ):
        with pytest.raises(crypto.BadKey):
            act()


def test_the_master_key_of_the_settings_is_read_and_patterned_ones_are_refused() -> None:
    key = crypto.new_key()
    assert crypto.read_master_key(f" {base64.b64encode(key).decode()}\n") == key
    for weak in (b"\x00" * 32, b"0123456789abcdef" * 2, crypto.new_key()[:16], b""):
        with pytest.raises(crypto.BadKey):
            crypto.read_master_key(base64.b64encode(weak).decode())
    with pytest.raises(crypto.BadKey):
        crypto.read_master_key("değil")


def test_token_hashes_tell_tokens_apart_and_codes_need_the_key() -> None:
    assert crypto.hash_token("a") == crypto.hash_token("a") != crypto.hash_token("b")
    one, two = crypto.new_key(), crypto.new_key()
    assert crypto.keyed_hash(one, "123456") == crypto.keyed_hash(one, "123456") != crypto.keyed_hash(two, "123456")
    assert len(crypto.hash_token("a")) == len(crypto.keyed_hash(one, "123456")) == 32


@pytest.mark.parametrize(
    "value",
    [
        "",
        "secret",
        "x" * 64,
        "abcdef0123" * 2,
        "abcdefghijkl" * 4,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "3f9Q-changeme-Zk28dLw0-pQx7vTnB5yR2",
        "Belediye2026!Guclu-Bir-Anahtar-Xy7#",
        "correct-horse-" * 3,
        "Kq8vT2mZ5xW9bN3rL6yP1sD4fG7hJ0c",
    ],
)
def test_a_weak_secret_stops_the_start_and_is_not_repeated(value: str) -> None:
    with pytest.raises(crypto.WeakSecret) as refusal:
        crypto.refuse_weak_secret("BELEDIYE_TOKEN_KEY", value)
    assert refusal.value.code == "weak_secret"
    assert "BELEDIYE_TOKEN_KEY" in refusal.value.message_tr
    assert not value or value not in str(refusal.value)


def test_random_secrets_are_accepted() -> None:
    for _ in range(300):
        crypto.refuse_weak_secret("A", secrets.token_urlsafe(32))
        crypto.refuse_weak_secret("A", secrets.token_hex(32))
        crypto.refuse_weak_secret("A", f"{uuid4()}")

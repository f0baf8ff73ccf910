import ast
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile.sdk import sealing
from tests.sync.public_key import public_half

PRIVATE = bytes(range(32))
KEY = bytes(range(1, 33))


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_only_the_holder_of_the_private_key_reads_what_was_sealed_and_only_for_its_purpose(plain):
    sealed = sealing.seal(public_half(PRIVATE), plain, "bundle")
    assert plain not in sealed or len(plain) < 4
    assert sealing.unseal(PRIVATE, sealed, "bundle") == plain
    for private, purpose in ((bytes(reversed(PRIVATE)), "bundle"), (PRIVATE, "another")):
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(private, sealed, purpose)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=100), st.data())
def test_one_changed_bit_of_a_file_or_another_name_makes_it_unreadable(plain, data):
    coded = bytearray(sealing.encrypt(KEY, plain, "a"))
    assert sealing.decrypt(KEY, bytes(coded), "a") == plain
    with pytest.raises(sealing.Unreadable):
        sealing.decrypt(KEY, bytes(coded), "b")
    at = data.draw(st.integers(0, len(coded) * 8 - 1))
    coded[at // 8] ^= 1 << at % 8
    with pytest.raises(sealing.Unreadable):
        sealing.decrypt(KEY, bytes(coded), "a")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(32), bytes(80)])
def test_rubbish_is_unreadable_and_nothing_worse(sealed):
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(PRIVATE, sealed, "bundle")


def test_the_same_plain_bytes_never_look_alike():
    assert len({sealing.encrypt(KEY, b"x", "a") for _ in range(50)}) == 50
    assert len({sealing.seal(public_half(PRIVATE), b"x", "a") for _ in range(50)}) == 50


def test_keys_for_different_purposes_are_different_and_always_the_same():
    assert sealing.derive(KEY, "a") != sealing.derive(KEY, "b")
    # Frozen: photos that were written by an older version are read with it.
    assert (
        sealing.derive(KEY, "photo files").hex() == "55f21ffc112176ba4ed03636f7ab95fb72afba756861b875f4b69b331be2dcc9"
    )


def test_a_pin_alone_and_a_secret_alone_open_nothing():
    salt = bytes(32)
    keys = {
        sealing.pin_key(pin, salt, secret) for pin in ("135790", "135791") for secret in (KEY, bytes(reversed(KEY)))
    }
    assert len(keys) == 4


def test_a_try_of_a_pin_costs_sixteen_mebibytes():
    assert 128 * sealing._SCRYPT["n"] * sealing._SCRYPT["r"] == 16 * 1024 * 1024


def test_a_signature_is_of_these_bytes_and_this_key():
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"told")
    assert sealing.is_signed(public, b"told", signature)
    assert not sealing.is_signed(public, b"tolD", signature)
    assert not sealing.is_signed(public, b"told", signature[:-1])
    assert not sealing.is_signed(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), b"told", signature)
    assert not sealing.is_signed(b"no key", b"told", signature)


def test_no_other_module_of_the_phones_imports_the_cryptography():
    folder = Path(sealing.__file__).parents[1]
    found = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if "cryptography" in {name.split(".")[0] for name in imported(path)}
    }
    assert found == {"sdk/sealing.py"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_engine_starts_without_waiting_for_the_cryptography():
    code = "import sys, mobile.sdk.engine, mobile.sdk.vault; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

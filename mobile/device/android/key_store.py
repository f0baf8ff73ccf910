"""Secrets sealed by a key that never leaves the phone's secure hardware. NOT RUN ON A PHONE YET.

The hardware keeps one AES-256 key (Android Keystore, AES/GCM); the secrets lie in files of the app, sealed by it.
A copy of the disk, or a backup, cannot open them.
"""

import os
import re
from pathlib import Path
from typing import Any

from mobile.device.android.system import java

_ALIAS, _STORE, _CIPHER = "cep-belediye", "AndroidKeyStore", "AES/GCM/NoPadding"
_TAG_BITS, _KEY_BITS = 128, 256
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,79}")


class HardwareKeyStore:
    """One file for each secret: the length of the nonce, the nonce, and what was sealed."""

    def __init__(self, folder: Path) -> None:
        """Take the app's private folder."""
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """Open a secret; None when there is none, or the hardware has forgotten its key (the lock was removed)."""
        path = self._path(name)
        if not path.exists():
            return None
        sealed = path.read_bytes()
        nonce, body = sealed[1 : 1 + sealed[0]], sealed[1 + sealed[0] :]
        key = self._key()
        if key is None:
            return None
        kinds = java("javax.crypto.Cipher")
        cipher = kinds.getInstance(_CIPHER)
        cipher.init(kinds.DECRYPT_MODE, key, java("javax.crypto.spec.GCMParameterSpec")(_TAG_BITS, nonce))
        return bytes(cipher.doFinal(body))

    def write(self, name: str, secret: bytes) -> None:
        """Seal a secret; the old one stays until the new one is whole."""
        kinds = java("javax.crypto.Cipher")
        cipher = kinds.getInstance(_CIPHER)
        cipher.init(kinds.ENCRYPT_MODE, self._key() or self._new_key())
        body, nonce = bytes(cipher.doFinal(secret)), bytes(cipher.getIV())
        path = self._path(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        with fresh.open("wb") as file:
            file.write(bytes([len(nonce)]) + nonce + body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def forget(self, name: str) -> None:
        """Remove a secret's file."""
        self._path(name).unlink(missing_ok=True)

    def _key(self) -> Any:
        store = java("java.security.KeyStore").getInstance(_STORE)
        store.load(None)
        return store.getKey(_ALIAS, None)

    def _new_key(self) -> Any:
        purposes = java("android.security.keystore.KeyProperties")
        builder = java("android.security.keystore.KeyGenParameterSpec$Builder")
        spec = builder(_ALIAS, purposes.PURPOSE_ENCRYPT | purposes.PURPOSE_DECRYPT)
        spec.setBlockModes([purposes.BLOCK_MODE_GCM])
        spec.setEncryptionPaddings([purposes.ENCRYPTION_PADDING_NONE])
        spec.setKeySize(_KEY_BITS)
        maker = java("javax.crypto.KeyGenerator").getInstance(purposes.KEY_ALGORITHM_AES, _STORE)
        maker.init(spec.build())
        return maker.generateKey()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for a secret: {name!r}")
        return self._folder / f"{name}.sealed"

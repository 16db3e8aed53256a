"""JSON at rest: plain, or sealed with AES-GCM when `STATE_KEY` is set.

A sealed value begins with a byte that no JSON text begins with, so both kinds can be read after the key was set or
while it is being introduced. The key's name (what the value belongs to) is bound in as associated data: a value
copied under another key does not open.
"""

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.core.records import plain
from bot.errors import RecordUnreadable

SEALED = b"\x01"
NONCE_BYTES = 12


class Seal:
    def __init__(self, secret: str | None = None) -> None:
        self._cipher = AESGCM(_key(secret)) if secret else None

    def pack(self, value: dict[str, Any], belongs_to: str) -> bytes:
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if self._cipher is None:
            return plain
        nonce = os.urandom(NONCE_BYTES)
        return SEALED + nonce + self._cipher.encrypt(nonce, plain, belongs_to.encode())

    def unpack(self, data: bytes, belongs_to: str) -> dict[str, Any]:
        """Raises RecordUnreadable."""
        return plain(self._open(data, belongs_to))

    def _open(self, data: bytes, belongs_to: str) -> bytes:
        if not data.startswith(SEALED):
            return data
        if self._cipher is None:
            raise RecordUnreadable("sealed, and STATE_KEY is not set")
        nonce, sealed = data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, sealed, belongs_to.encode())
        except (InvalidTag, ValueError):
            raise RecordUnreadable("sealed under another STATE_KEY, or damaged") from None


def _key(secret: str) -> bytes:
    """32 random bytes in base64 are the key itself; anything else is a passphrase and is hashed to one."""
    try:
        raw = base64.b64decode(secret, validate=True)
    except ValueError:
        raw = b""
    return raw if len(raw) == 32 else hashlib.sha256(secret.encode()).digest()

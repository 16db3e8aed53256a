"""Seal stores values as they are, or encrypted with AES-GCM when `STATE_KEY` is set.

A sealed value begins with a byte that no JSON text begins with, so both kinds can be read after the key was set, or
while it is being introduced. The value's place, its key and its field, is bound in as associated data: a value copied
to another place does not open. Values in the form of earlier releases are still read.
"""

import asyncio
import base64
import hashlib
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis

from bot.core.records import plain
from bot.errors import RecordUnreadable
from bot.store.keys import Keys

EARLIER = b"\x01"  # the form of earlier releases: the passphrase was only hashed, and only the key's name was bound in
SEALED = b"\x02"
# Marks sealed bytes: files and pictures may begin with any byte, also with that of SEALED.
SEALED_BYTES = b"\x02GLM sealed\n"
NONCE_BYTES = 12
KEY_BYTES = 32
SALT_BYTES = 16
# RFC 7914 and OWASP: 32 MiB and a tenth of a second, once per process.
SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_PARALLEL = 1 << 15, 8, 1


class Seal:
    """`salt` belongs to a passphrase (`open_seal` stores it beside the sealed values); a key needs none."""

    def __init__(self, secret: str | None = None, salt: bytes = b"") -> None:
        self._cipher = AESGCM(_key(secret, salt)) if secret else None
        self._earlier_cipher = AESGCM(_key(secret, b"")) if secret else None

    def pack(self, value: dict[str, Any], belongs_to: str, field: str = "") -> bytes:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return text if self._cipher is None else SEALED + _sealed(self._cipher, text, _place(belongs_to, field))

    def unpack(self, data: bytes, belongs_to: str, field: str = "") -> dict[str, Any]:
        """Return the value. Raises RecordUnreadable."""
        if data.startswith(SEALED):
            return plain(_opened(self._cipher, data[len(SEALED) :], _place(belongs_to, field)))
        if data.startswith(EARLIER):
            return plain(_opened(self._earlier_cipher, data[len(EARLIER) :], belongs_to.encode()))
        return plain(data)

    def close(self, data: bytes, belongs_to: str) -> bytes:
        """Seal bytes that are no JSON: a file or a picture."""
        if self._cipher is None:
            return data
        return SEALED_BYTES + _sealed(self._cipher, data, _place(belongs_to, ""))

    def open(self, data: bytes, belongs_to: str) -> bytes:
        """Return the bytes that `close` sealed. Raises RecordUnreadable."""
        if not data.startswith(SEALED_BYTES):
            return data
        return _opened(self._cipher, data[len(SEALED_BYTES) :], _place(belongs_to, ""))


async def open_seal(redis: Redis, keys: Keys, secret: str | None) -> Seal:
    """Return the seal, with the salt that all processes share. The salt is no secret: it makes the same passphrase give
    another key elsewhere.
    """
    if secret is None or _is_key(secret):
        return Seal(secret)
    await redis.set(keys.salt, os.urandom(SALT_BYTES), nx=True)
    salt: Any = await redis.get(keys.salt)
    return await asyncio.to_thread(Seal, secret, bytes(salt))


def _sealed(cipher: AESGCM, plain: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, place)


def _opened(cipher: AESGCM | None, sealed: bytes, place: bytes) -> bytes:
    if cipher is None:
        raise RecordUnreadable("sealed, and STATE_KEY is not set")
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise RecordUnreadable("sealed under another STATE_KEY, or damaged") from None


def _place(belongs_to: str, field: str) -> bytes:
    """Put the length first, so that no key with a field reads like another key with another field."""
    return f"{len(belongs_to)}:{belongs_to}{field}".encode()


def _is_key(secret: str) -> bool:
    try:
        return len(base64.b64decode(secret, validate=True)) == KEY_BYTES
    except ValueError:
        return False


def _key(secret: str, salt: bytes) -> bytes:
    """Return the key: 32 random bytes in base64 are the key itself; any other text is a passphrase, stretched by
    scrypt.
    """
    if _is_key(secret):
        return base64.b64decode(secret)
    if not salt:
        return hashlib.sha256(secret.encode()).digest()
    return hashlib.scrypt(
        secret.encode(), salt=salt, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=SCRYPT_PARALLEL, maxmem=1 << 27, dklen=KEY_BYTES
    )

import base64
import hashlib
import json
import os
from typing import Any

import fakeredis
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from hypothesis import given
from hypothesis import strategies as st

from bot.core.thread.inbound import ThreadId
from bot.errors import RecordUnreadable, StateError
from bot.store.blobs import Blobs
from bot.store.encryption import Seal, open_seal
from bot.store.keys import Keys
from bot.store.previews import Previews
from bot.store.threads.threads import Threads
from tests.core.values import TEXT

THREAD = ThreadId("T1", "C1", "1.0")
KEY = base64.b64encode(bytes(range(32))).decode()
VALUES = st.dictionaries(TEXT, TEXT | st.integers() | st.none() | st.lists(TEXT, max_size=2), max_size=4)


@pytest.mark.parametrize("secret", [None, "a passphrase", KEY])
@given(value=VALUES)
def test_what_is_packed_is_unpacked(secret: str | None, value: dict[str, object]) -> None:
    seal = Seal(secret)
    assert seal.unpack(seal.pack(value, "k"), "k") == value


def test_without_a_key_it_is_plain_json() -> None:
    assert json.loads(Seal().pack({"a": "é"}, "k")) == {"a": "é"}


def test_with_a_key_nothing_can_be_read_and_no_two_are_the_same() -> None:
    seal = Seal("secret")
    first, second = seal.pack({"a": "private"}, "k"), seal.pack({"a": "private"}, "k")
    assert b"private" not in first
    assert first != second


def test_plain_values_are_read_after_a_key_was_set() -> None:
    assert Seal("secret").unpack(Seal().pack({"a": 1}, "k"), "k") == {"a": 1}


@pytest.mark.parametrize(
    ("secret", "belongs_to"), [("another", "k"), ("secret", "other"), (None, "k")], ids=["key", "place", "no key"]
)
def test_a_value_opens_with_its_key_in_its_place_only(secret: str | None, belongs_to: str) -> None:
    sealed = Seal("secret").pack({"a": 1}, "k")
    with pytest.raises(StateError):
        Seal(secret).unpack(sealed, belongs_to)


def test_a_changed_value_does_not_open() -> None:
    sealed = bytearray(Seal("secret").pack({"a": 1}, "k"))
    for at in range(1, len(sealed)):
        changed = bytes(sealed[:at]) + bytes([sealed[at] ^ 1]) + bytes(sealed[at + 1 :])
        with pytest.raises(StateError):
            Seal("secret").unpack(changed, "k")


def test_thirty_two_bytes_in_base64_are_the_key_itself() -> None:
    sealed = Seal(KEY).pack({"a": 1}, "k")
    assert Seal(KEY).unpack(sealed, "k") == {"a": 1}
    with pytest.raises(StateError):
        Seal(base64.b64encode(os.urandom(32)).decode()).unpack(sealed, "k")


def earlier(value: dict[str, object], belongs_to: str, key: bytes) -> bytes:
    """As the releases before sealed it."""
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, json.dumps(value).encode(), belongs_to.encode())


def test_what_earlier_releases_sealed_is_read() -> None:
    hashed = hashlib.sha256(b"a passphrase").digest()
    for secret, salt, key in (("a passphrase", b"s" * 16, hashed), (KEY, b"", base64.b64decode(KEY))):
        assert Seal(secret, salt).unpack(earlier({"a": 1}, "k", key), "k", "any field") == {"a": 1}


def test_a_value_copied_to_another_field_or_a_key_that_reads_alike_does_not_open() -> None:
    seal = Seal(KEY)
    sealed = seal.pack({"a": 1}, "k", "field")
    assert seal.unpack(sealed, "k", "field") == {"a": 1}
    for place in (("k", "other"), ("k", ""), ("kfield", ""), ("kf", "ield")):
        with pytest.raises(RecordUnreadable):
            seal.unpack(sealed, *place)


def test_a_passphrase_is_stretched_with_its_salt() -> None:
    """RFC 7914's scrypt, as another program computes it."""
    sealed = Seal("a passphrase", b"s" * 16).pack({"a": 1}, "k")
    key = Scrypt(salt=b"s" * 16, length=32, n=1 << 15, r=8, p=1).derive(b"a passphrase")
    assert Seal(base64.b64encode(key).decode()).unpack(sealed, "k") == {"a": 1}
    for other in (Seal("a passphrase", b"t" * 16), Seal("a passphrase")):
        with pytest.raises(RecordUnreadable):
            other.unpack(sealed, "k")


async def test_all_processes_share_one_salt_and_each_place_has_its_own() -> None:
    here, elsewhere = fakeredis.FakeAsyncRedis(), fakeredis.FakeAsyncRedis()
    first, second = await open_seal(here, Keys(), "a passphrase"), await open_seal(here, Keys(), "a passphrase")
    sealed = first.pack({"a": 1}, "k")
    assert second.unpack(sealed, "k") == {"a": 1}
    with pytest.raises(RecordUnreadable):
        (await open_seal(elsewhere, Keys(), "a passphrase")).unpack(sealed, "k")
    assert await here.ttl(Keys().salt) == -1
    await open_seal(elsewhere, Keys(), None)


@pytest.mark.parametrize("data", [b"", b"\x01raw", b"\x02raw", b"{}", b"\x89PNG" + bytes(range(256))])
def test_bytes_are_sealed_and_plain_ones_still_read(data: bytes) -> None:
    seal = Seal(KEY)
    sealed = seal.close(data, "k")
    assert sealed != data
    assert seal.open(sealed, "k") == seal.open(data, "k") == Seal().close(data, "k") == data
    for wrong, place in ((seal, "other"), (Seal(), "k"), (Seal("another"), "k")):
        with pytest.raises(RecordUnreadable):
            wrong.open(sealed, place)


async def test_with_a_key_nothing_of_a_person_stands_in_redis_in_clear() -> None:
    redis, keys = fakeredis.FakeAsyncRedis(), Keys()
    seal = await open_seal(redis, keys, "a passphrase")
    blobs = Blobs(redis, keys, seal=seal)
    await blobs.put("T1", "sha", "original", b"WORDS of a file")
    await blobs.note_file("T1", "F1", {"name": "WORDS.pdf"})
    await Previews(redis, keys, seal, "https://glm.example.com").link("<p>WORDS</p>", THREAD)
    threads = Threads(redis, keys, seal)
    await threads.note_feedback(THREAD, "1.0", "U1", {"text": "WORDS"})
    assert await blobs.get("T1", "sha", "original") == b"WORDS of a file"
    assert await blobs.file("T1", "F1") == {"name": "WORDS.pdf"}
    assert await Blobs(redis, keys).get("T1", "sha", "original") is None
    assert b"WORDS" not in await everything(redis)


async def everything(redis: Any) -> bytes:
    ways = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
    }
    return repr([(key, await ways[await redis.type(key)](key)) for key in await redis.keys("*")]).encode()

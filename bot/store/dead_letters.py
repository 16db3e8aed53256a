"""DeadLetters keeps messages that broke their worker repeatedly, or that can't be read.

People can look at them and run them again by hand (`python -m bot retry REFERENCE`).
"""

import base64
import time
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.records import VERSION, read
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import PayloadMalformed, RecordUnreadable
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.unreadable import UnreadableRecord, noted

# As long as a message may wait in an inbox.
KEPT_S = 7 * DAY_S


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message as it stood in the inbox, in base64. It may become readable under another key or version."""

    field: str
    value: str

    @classmethod
    def of(cls, field: bytes, value: bytes) -> "RawMessage":
        return cls(base64.b64encode(field).decode(), base64.b64encode(value).decode())

    @property
    def raw(self) -> tuple[bytes, bytes]:
        return base64.b64decode(self.field), base64.b64decode(self.value)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message set aside. `unread` holds what can't be read, for `reason`. Without a thread the letter itself
    can't.
    """

    reference: str
    thread: ThreadId | None
    messages: tuple[Inbound, ...] = ()
    at_s: float = 0.0
    unread: tuple[RawMessage, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _LetterRecord:
    thread: str
    messages: tuple[Inbound, ...]
    at_s: float
    unread: tuple[RawMessage, ...] = ()
    reason: str = ""


class DeadLetters:
    """`kept_s`: letters older than this are removed when the next one is put; 0: they are never removed."""

    def __init__(self, redis: Redis, keys: Keys, seal: Seal, kept_s: int = 0) -> None:
        self._redis = redis
        self._keys = keys
        self._kept_s = kept_s
        self._key = keys.dead_letters
        self._seal = seal

    @tells_outage
    async def put(self, reference: str, thread: ThreadId, messages: tuple[Inbound, ...]) -> None:
        since = time.time() - self._kept_s
        if old := [letter.reference for letter in await self.all() if self._kept_s and 0 < letter.at_s < since]:
            await self._redis.hdel(self._key, *old)
        await self._redis.hset(self._key, reference, self._packed(_LetterRecord(str(thread), messages, time.time())))

    def packed_unread(self, thread: ThreadId, message: RawMessage, reason: str) -> bytes:
        """Pack a message for the script that takes it out of the inbox in the same step."""
        return self._packed(_LetterRecord(str(thread), (), time.time(), (message,), reason))

    @tells_outage
    async def all(self) -> tuple[DeadLetter, ...]:
        fields: Any = await self._redis.hgetall(self._key)
        found = (self._letter(reference.decode(errors="replace"), value) for reference, value in fields.items())
        return tuple(sorted(found, key=lambda letter: letter.at_s))

    @tells_outage
    async def count(self) -> int:
        return int(await self._redis.hlen(self._key))

    @tells_outage
    async def unread(self) -> tuple[UnreadableRecord, ...]:
        """Return the records of other kinds that could not be read lately."""
        return await noted(self._redis, self._keys)

    @tells_outage
    async def take(self, reference: str) -> DeadLetter | None:
        """Remove a letter and return it, to be run again. When it can't be read it stays, and RecordUnreadable is
        raised.
        """
        value: Any = await self._redis.hget(self._key, reference)
        if value is None:
            return None
        found = self._read(reference, value)
        return found if await self._redis.hdel(self._key, reference) else None

    @tells_outage
    async def put_back(self, thread: ThreadId, message: RawMessage) -> None:
        """Put a message back into the inbox as it stood there. A newer version of the same message stays."""
        field, value = message.raw
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(self._keys.inbox(thread), field, value)
            pipe.expire(self._keys.inbox(thread), KEPT_S)
            pipe.zadd(self._keys.waiting, {str(thread): time.time()}, nx=True)
            await pipe.execute()

    def _packed(self, stored: _LetterRecord) -> bytes:
        messages = [message.to_json() for message in stored.messages]
        return self._seal.pack({"v": VERSION, **asdict(stored), "messages": messages}, self._key)

    def _letter(self, reference: str, value: bytes) -> DeadLetter:
        try:
            return self._read(reference, value)
        except RecordUnreadable as error:
            return DeadLetter(reference, None, reason=error.detail)

    def _read(self, reference: str, value: bytes) -> DeadLetter:
        stored = read(_LetterRecord, self._seal.unpack(value, self._key))
        try:
            thread = ThreadId.parse(stored.thread)
        except PayloadMalformed as error:
            raise RecordUnreadable(error.detail) from None
        return DeadLetter(reference, thread, stored.messages, stored.at_s, stored.unread, stored.reason)

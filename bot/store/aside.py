"""Messages that broke their worker again and again: set aside, to be looked at and run again by hand."""

import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.inbound import Inbound, ThreadId
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.seal import Seal


@dataclass(frozen=True, slots=True)
class SetAside:
    reference: str
    thread: ThreadId
    messages: tuple[Inbound, ...]
    at_s: float


class Aside:
    def __init__(self, redis: Redis, keys: Keys, seal: Seal) -> None:
        self._redis = redis
        self._key = keys.aside
        self._seal = seal

    @tells_outage
    async def put(self, reference: str, thread: ThreadId, messages: tuple[Inbound, ...]) -> None:
        value = {"thread": str(thread), "messages": [message.to_json() for message in messages], "at_s": time.time()}
        await self._redis.hset(self._key, reference, self._seal.pack(value, self._key))

    @tells_outage
    async def all(self) -> tuple[SetAside, ...]:
        fields: Any = await self._redis.hgetall(self._key)
        found = (self._read(reference.decode(), value) for reference, value in fields.items())
        return tuple(sorted(found, key=lambda one: one.at_s))

    @tells_outage
    async def count(self) -> int:
        return int(await self._redis.hlen(self._key))

    @tells_outage
    async def take(self, reference: str) -> SetAside | None:
        """Remove it and give it back, to be run again."""
        value: Any = await self._redis.hget(self._key, reference)
        if value is None or not await self._redis.hdel(self._key, reference):
            return None
        return self._read(reference, value)

    def _read(self, reference: str, value: bytes) -> SetAside:
        data = self._seal.unpack(value, self._key)
        messages = tuple(Inbound.from_json(message) for message in data["messages"])
        return SetAside(reference, ThreadId.parse(data["thread"]), messages, float(data["at_s"]))

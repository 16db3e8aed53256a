"""Approved calls of the turn that runs in a thread: begun, or ended and what they told. The commit forgets them
(`scripts.COMMIT`), so the next turn may do the same again when it is approved again.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.core.agent.approved_calls import Left
from bot.core.inbound import ThreadId
from bot.core.records import read
from bot.errors import RecordUnreadable, StateError
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.unreadable import note

BEGUN = b"begun"


@dataclass(frozen=True, slots=True)
class Ended:
    told: str


class Deeds:
    def __init__(self, redis: Redis, keys: Keys, seal: Seal) -> None:
        self._redis = redis
        self._keys = keys
        self._seal = seal

    @tells_outage
    async def found(self, thread: ThreadId, deed: str) -> Left | None:
        """What an earlier attempt at this turn left of it."""
        key = self._keys.deeds(thread)
        kept: Any = await self._redis.hget(key, deed)
        if kept is None:
            return None
        if kept == BEGUN:
            return Left(None)
        try:
            return Left(read(Ended, self._seal.unpack(kept, key, deed)).told)
        except RecordUnreadable as wrong:
            await note(self._redis, self._keys, "deed", f"{key} {deed}", wrong.detail)
            return Left(None)  # it was begun, and what came of it is not known

    @tells_outage
    async def begin(self, thread: ThreadId, deed: str) -> Left | None:
        """None for the first who begins it; only that one does it."""
        key = self._keys.deeds(thread)
        if await self._redis.hsetnx(key, deed, BEGUN):
            await self._redis.expire(key, DAY_S)
            return None
        return await self.found(thread, deed) or Left(None)

    async def ended(self, thread: ThreadId, deed: str, told: str) -> None:
        """When this can't be written down the deed stays begun: then nobody does it again, and nobody knows."""
        key = self._keys.deeds(thread)
        with suppress(StateError):
            await self._put(key, deed, self._seal.pack({"v": 1, "told": told}, key, deed))

    @tells_outage
    async def _put(self, key: str, deed: str, value: bytes) -> None:
        if await self._redis.hexists(key, deed):  # not after the commit of whoever took the turn over
            await self._redis.hset(key, deed, value)

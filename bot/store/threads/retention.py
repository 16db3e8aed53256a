"""Retention tells how long threads are kept: the operator's days, or fewer where an admin says so."""

import time
from collections.abc import AsyncGenerator
from typing import Any

from redis.asyncio import Redis

from bot.core.people.preferences import Source
from bot.core.thread.inbound import ThreadId
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.threads.records import ThreadRecords

NAME = "retention"
# Other processes see a change after this time. So a message is acknowledged without asking Redis for it.
KEPT_S = 30.0
SCANNED = 500


class Retention:
    """`most_days` is the operator's limit, which nobody can extend. `keeps_texts` False: turns are stored without
    texts.
    """

    def __init__(self, redis: Redis, keys: Keys, seal: Seal, most_days: int, *, keeps_texts: bool = True) -> None:
        self.keeps_texts = keeps_texts
        self._redis = redis
        self._keys = keys
        self._records = ThreadRecords(redis, keys, seal)
        self._known: dict[tuple[str, str], tuple[float, int]] = {}
        self.most_days = most_days

    async def seconds(self, team: str, channel: str) -> int:
        cached = self._known.get((team, channel))
        if cached and cached[0] > time.monotonic():
            return cached[1]
        days = await self.days(team, channel)
        if len(self._known) >= SCANNED:
            self._known.clear()
        self._known[team, channel] = time.monotonic() + KEPT_S, days * DAY_S
        return days * DAY_S

    @tells_outage
    async def days(self, team: str, channel: str = "") -> int:
        """Return the days that count in a channel, or without a channel in the workspace."""
        return (await self.counting(team, channel))[0]

    @tells_outage
    async def counting(self, team: str, channel: str = "") -> tuple[int, Source]:
        """Return the days that count, and where they come from."""
        scopes: dict[Source, str] = {"here": channel, "everyone": ""} if channel else {"everyone": ""}
        async with self._redis.pipeline(transaction=False) as pipe:
            for scope in scopes.values():
                pipe.hget(self._keys.prefs(team, scope), NAME)
            values: Any = await pipe.execute()
        found = zip(map(self._days, values), scopes, strict=True)
        return next(((days, source) for days, source in found if days), (self.most_days, "default"))

    @tells_outage
    async def choose(self, team: str, channel: str, days: int) -> None:
        """Set the days of a channel, or without a channel of the workspace; 0 removes the setting."""
        key = self._keys.prefs(team, channel)
        await (self._redis.hset(key, NAME, str(days)) if days else self._redis.hdel(key, NAME))
        self._known.clear()

    @tells_outage
    async def apply(self, team: str, channel: str = "") -> None:
        """Forget threads that are now too old at once, the others in time."""
        async for key in self._threads(team, channel):
            _, of_channel, _ = self._keys.thread_in(key).split(":")
            seconds_left = await self._last_said(key) + await self.seconds(team, of_channel) - time.time()
            if seconds_left < 1:
                previews: Any = await self._redis.smembers(key.replace(":thread:", ":previews:", 1))
                names = [self._keys.preview(name.decode()) for name in previews]
                await self._redis.delete(key, *names)
            else:
                await self._redis.expire(key, int(seconds_left))

    async def _threads(self, team: str, channel: str) -> AsyncGenerator[str]:
        async for raw in self._redis.scan_iter(match=self._keys.threads_of(team, channel), count=SCANNED):
            key = raw.decode(errors="replace")
            if self._keys.thread_in(key).count(":") == 2:
                yield key

    async def _last_said(self, key: str) -> float:
        """Return the time of the last message; now for a thread without a turn."""
        fields: Any = await self._redis.hgetall(key)
        said = [float(said.ts or 0) async for _, turn in self._records.turns(key, fields) for said in turn.said]
        return max(said, default=time.time())

    def _days(self, value: bytes | None) -> int:
        """Return 0 for a setting that is missing, no number, or more than the operator allows."""
        days = int(value) if value and value.isdigit() and len(value) < 6 else 0
        return days if days <= self.most_days else 0


async def kept_s(retention: int | Retention, thread: ThreadId) -> int:
    """Return for how many seconds a thread is kept: as admins say, or the same number everywhere."""
    return retention if isinstance(retention, int) else await retention.seconds(thread.team, thread.channel)

"""WaitingSigns knows which waiting messages carry our 👀, so that it is removed when their answer is there."""

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.store.keys import DAY_S, Keys
from bot.store.outage import tells_outage
from bot.store.replies import text_of
from bot.store.threads.retention import Retention, kept_s

FIELD = "sign:"
KEPT_S = 30 * DAY_S


class WaitingSigns:
    def __init__(self, redis: Redis, keys: Keys, retention: int | Retention = KEPT_S) -> None:
        self._redis = redis
        self._keys = keys
        self._retention = retention

    @tells_outage
    async def note(self, thread: ThreadId, ts: str) -> bool:
        """Note a sign. Return False when the message waits no more, so that the sign has to go at once."""
        if not await self._redis.hexists(self._keys.inbox(thread), ts):
            return False
        key, seconds = self._keys.thread(thread), await kept_s(self._retention, thread)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, f"{FIELD}{ts}", "1")
            pipe.expire(key, seconds)
            await pipe.execute()
        return bool(await self._redis.hexists(self._keys.inbox(thread), ts))

    @tells_outage
    async def take(self, thread: ThreadId, until: str = "") -> tuple[str, ...]:
        """Return the messages up to this ts that carry the sign. Each is returned once."""
        key, found = self._keys.thread(thread), []
        for name in await self._redis.hkeys(key):
            field = text_of(name)
            ts = field.removeprefix(FIELD)
            if field == ts or (until and float(ts) > float(until)):
                continue
            if await self._redis.hdel(key, name):
                found.append(ts)
        return tuple(sorted(found, key=float))

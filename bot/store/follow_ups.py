"""Which follow-ups of requests are done: Slack may deliver the same request once more, and a job may be run again."""

from redis.asyncio import Redis

from bot.store.keys import Keys
from bot.store.outage import tells_outage

# Slack delivers again within seconds, over a socket that broke (slack.md §5).
KEPT_S = 3_600


class DoneFollowUps:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    @tells_outage
    async def has(self, key: str) -> bool:
        return bool(await self._redis.exists(self._keys.followed(key)))

    @tells_outage
    async def add(self, key: str) -> None:
        await self._redis.set(self._keys.followed(key), b"1", ex=KEPT_S)

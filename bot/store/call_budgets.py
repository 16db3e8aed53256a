"""CallBudgets counts how many Slack calls of a kind a workspace has left, over all processes.

Slack's tiers count per method and workspace (slack.md §2). The count is an estimate that Slack's own 429 corrects. When
Redis is away no call is held back, since Slack refuses by itself.
"""

import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.store import scripts
from bot.store.keys import Keys

MINUTE_S = 60.0
KEPT_S = 600


class CallBudgets:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._take = redis.register_script(scripts.TAKE)

    async def take(self, team: str, method: str, per_minute: int, keep: int = 0) -> bool:
        """Take one call. Return False when fewer than `keep` would be left."""
        try:
            is_allowed = await self._take(
                keys=[self._keys.budget(team, method)], args=[per_minute, per_minute / MINUTE_S, time.time(), keep]
            )
        except (RedisError, OSError):
            return True
        return bool(is_allowed)

    async def refused(self, team: str, method: str, retry_after_s: float) -> None:
        """Note Slack's 429: no call is left until `retry_after_s` from now."""
        try:
            key, at = self._keys.budget(team, method), time.time() + retry_after_s
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hset(key, mapping={"level": 0, "at": at})
                pipe.expire(key, KEPT_S + round(retry_after_s))
                await pipe.execute()
        except (RedisError, OSError):
            return

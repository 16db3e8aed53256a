"""FollowUpMarks knows which follow-ups of requests are done, and what the others have already posted.

Slack may deliver a request twice, and a job whose process died runs again.
"""

from typing import Any

from redis.asyncio import Redis

from bot.store.keys import Keys
from bot.store.outage import tells_outage

# Slack repeats a delivery within seconds, when a socket broke (slack.md §5).
KEPT_S = 3_600


class FollowUpMarks:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    @tells_outage
    async def has(self, key: str) -> bool:
        return bool(await self._redis.exists(self._keys.followed(key)))

    @tells_outage
    async def add(self, key: str) -> None:
        await self._redis.set(self._keys.followed(key), b"1", ex=KEPT_S)

    @tells_outage
    async def posted(self, key: str) -> str:
        """Return the ts of the message that the follow-up has posted; "" when it has posted none."""
        ts: Any = await self._redis.get(self._keys.posted(key))
        return ts.decode() if ts else ""

    @tells_outage
    async def note_posted(self, key: str, ts: str) -> None:
        await self._redis.set(self._keys.posted(key), ts, ex=KEPT_S)

"""TitleMarks knows which threads have a title and who gave it: a person's title is never replaced."""

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.store.keys import Keys
from bot.store.outage import tells_outage

OURS, THEIRS = "ours", "theirs"


class TitleMarks:
    def __init__(self, redis: Redis, keys: Keys, kept_s: int) -> None:
        self._redis = redis
        self._keys = keys
        self._kept_s = kept_s

    @tells_outage
    async def claim(self, thread: ThreadId) -> bool:
        """Return whether the thread gets its first title from us: true once, and never when a person was first."""
        return bool(await self._redis.set(self._key(thread), OURS, ex=self._kept_s, nx=True))

    @tells_outage
    async def claim_again(self, thread: ThreadId) -> bool:
        """Return whether the title may change with its question: not when a person gave it."""
        if await self._redis.get(self._key(thread)) == THEIRS.encode():
            return False
        await self._redis.set(self._key(thread), OURS, ex=self._kept_s)
        return True

    @tells_outage
    async def given(self, thread: ThreadId) -> None:
        """Note that a person gave the title."""
        await self._redis.set(self._key(thread), THEIRS, ex=self._kept_s)

    def _key(self, thread: ThreadId) -> str:
        return self._keys.title(thread)

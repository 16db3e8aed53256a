"""ConcurrencyLimit lets so many turns run at once for one person and one workspace; the others wait by arrival."""

import time
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.errors import PayloadMalformed
from bot.store import scripts
from bot.store.keys import Keys
from bot.store.outage import tells_outage
from bot.store.unreadable import note

# Longer than any turn may last.
GIVEN_UP_AFTER_S = 660.0


@dataclass(frozen=True, slots=True)
class RunningTurnLimits:
    """How many turns may run at once."""

    per_user: int = 16
    per_workspace: int = 48


class ConcurrencyLimit:
    def __init__(self, redis: Redis, keys: Keys, limits: RunningTurnLimits) -> None:
        self._redis = redis
        self._keys = keys
        self._limits = limits
        self._enter = redis.register_script(scripts.ENTER)

    @tells_outage
    async def enter(self, thread: ThreadId, user: str) -> bool:
        """Return True when the turn may run; call `leave` at its end. False: it has to wait, and keeps its place in
        line.
        """
        team, now = thread.team, time.time()
        entered = await self._enter(
            keys=[self._keys.running(team), self._keys.running(team, user), self._keys.line(team, user)],
            args=[str(thread), now, now + GIVEN_UP_AFTER_S, self._limits.per_workspace, self._limits.per_user],
        )
        return bool(entered)

    @tells_outage
    async def leave(self, thread: ThreadId, user: str) -> ThreadId | None:
        """End a turn. Return this person's next waiting thread, if there is one."""
        team = thread.team
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys.running(team), str(thread))
            pipe.zrem(self._keys.running(team, user), str(thread))
            pipe.zrem(self._keys.line(team, user), str(thread))
            pipe.zrange(self._keys.line(team, user), 0, -1)
            line = (await pipe.execute())[-1]
        return await self._first(line, self._keys.line(team, user))

    async def _first(self, line: list[bytes], key: str) -> ThreadId | None:
        """Return the first thread in line. An entry that is no thread is removed, so that it blocks nobody."""
        for member in line:
            try:
                return ThreadId.parse(member.decode(errors="replace"))
            except PayloadMalformed as error:
                await note(self._redis, self._keys, "place in line", key, error.detail)
                await self._redis.zrem(key, member)
        return None

"""Who may start: so many turns at once for one person and for one workspace, the rest in line by arrival."""

import time
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.core.inbound import ThreadId
from bot.store import scripts
from bot.store.keys import Keys
from bot.store.outage import tells_outage

# Longer than any turn lives.
GIVEN_UP_AFTER_S = 660.0


@dataclass(frozen=True, slots=True)
class Room:
    per_user: int = 16
    per_workspace: int = 48


class Turnstile:
    def __init__(self, redis: Redis, keys: Keys, room: Room) -> None:
        self._redis = redis
        self._keys = keys
        self._room = room
        self._enter = redis.register_script(scripts.ENTER)

    @tells_outage
    async def enter(self, thread: ThreadId, user: str) -> bool:
        """True: go on, and `leave` when done. False: wait; the thread keeps its place in line."""
        team, now = thread.team, time.time()
        entered = await self._enter(
            keys=[self._keys.running(team), self._keys.running(team, user), self._keys.line(team, user)],
            args=[str(thread), now, now + GIVEN_UP_AFTER_S, self._room.per_workspace, self._room.per_user],
        )
        return bool(entered)

    @tells_outage
    async def leave(self, thread: ThreadId, user: str) -> ThreadId | None:
        """The next of this person's threads that waits, if one does."""
        team = thread.team
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys.running(team), str(thread))
            pipe.zrem(self._keys.running(team, user), str(thread))
            pipe.zrem(self._keys.line(team, user), str(thread))
            pipe.zrange(self._keys.line(team, user), 0, 0)
            first = (await pipe.execute())[-1]
        return ThreadId.parse(first[0].decode()) if first else None

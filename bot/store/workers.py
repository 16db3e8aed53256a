"""Workers keeps the workers' signs of life, and finds the turns that dead workers left."""

from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.errors import PayloadMalformed
from bot.store import scripts
from bot.store.keys import Keys
from bot.store.outage import tells_outage

MOST_THREADS = 1_000


class Workers:
    """`worker` is this process's own name; `key` exists as long as it shows signs of life (jobs.heartbeat)."""

    def __init__(self, redis: Redis, keys: Keys, worker: str) -> None:
        self._redis = redis
        self._keys = keys
        self._worker = worker
        self._abandoned = redis.register_script(scripts.ABANDONED)

    @property
    def key(self) -> str:
        return self._keys.worker(self._worker)

    @tells_outage
    async def abandoned(self, answering: Iterable[ThreadId]) -> tuple[tuple[ThreadId, int], ...]:
        """Return the waiting threads whose turn was begun but that nobody answers any more, with their fencing numbers.

        `answering` are the threads that this worker itself answers.
        """
        mine = [str(thread) for thread in answering]
        prefixes: list[str | int] = [self._keys.turn_prefix, self._keys.worker(""), self._worker, MOST_THREADS]
        found: Any = await self._abandoned(keys=[self._keys.waiting], args=[*prefixes, *mine])
        pairs = zip(found[::2], found[1::2], strict=True)
        return tuple((thread, _number(fence)) for name, fence in pairs if (thread := _thread(name)) is not None)

    @tells_outage
    async def forget_all(self) -> None:
        """Delete all signs of life, since no other process can be at work."""
        keys: list[bytes] = [key async for key in self._redis.scan_iter(match=self._keys.worker("*"), count=1_000)]
        if keys:
            await self._redis.delete(*keys)


def _thread(name: bytes) -> ThreadId | None:
    try:
        return ThreadId.parse(name.decode(errors="replace"))
    except PayloadMalformed:
        return None  # the sweep removes such an entry


def _number(value: bytes) -> int:
    return int(value) if value.isdigit() else 0

"""A worker's sign of life in Redis: a key that is gone a few seconds after the worker is.

A thread of its own gives the sign, so that work which holds up the event loop does not look like death. A worker that
was paused or killed gives none, and what it was answering is taken over by whoever sees that first.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

LIFE_S = 4.0
BEAT_S = 1.0
TIMEOUT_S = 2.0


@asynccontextmanager
async def beating(url: str, key: str) -> AsyncGenerator[None]:
    """Keep `key` alive in the Redis at `url` for the life of the context, from before it is entered.

    A Redis that is away is tried again at every beat.
    """
    heart = _Heart(url, key)
    await asyncio.to_thread(heart.beat)
    thread = threading.Thread(target=heart.keep_beating, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        heart.stopping.set()
        await asyncio.to_thread(thread.join, 2 * TIMEOUT_S)
        await asyncio.to_thread(heart.end)


class _Heart:
    def __init__(self, url: str, key: str) -> None:
        self.stopping = threading.Event()
        self._redis = Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
        self._key = key

    def keep_beating(self) -> None:
        while not self.stopping.wait(BEAT_S):
            self.beat()

    def beat(self) -> None:
        try:
            self._redis.set(self._key, "1", px=int(LIFE_S * 1000))
        except (RedisError, OSError) as error:
            log.warning("worker.no_heartbeat", reason=type(error).__name__)

    def end(self) -> None:
        """What it was answering may be taken over at once."""
        with suppress(RedisError, OSError):
            self._redis.delete(self._key)
        self._redis.close()

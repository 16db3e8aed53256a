"""Keeps a worker's sign of life in Redis: a key that expires a few seconds after the worker died.

A thread of its own renews the key, so that work which blocks the event loop does not look like death. A worker that was
paused or killed renews nothing, and the first other worker to see that takes its answers over.
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
    """Keep `key` in the Redis at `url` as long as the context lasts; it exists before the context is entered.

    When Redis is away, each beat tries again.
    """
    heartbeat = _Heartbeat(url, key)
    await asyncio.to_thread(heartbeat.beat)
    thread = threading.Thread(target=heartbeat.keep_beating, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        heartbeat.stopping.set()
        await asyncio.to_thread(thread.join, 2 * TIMEOUT_S)
        await asyncio.to_thread(heartbeat.end)


class _Heartbeat:
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
        """Remove the sign, so that the worker's answers can be taken over at once."""
        with suppress(RedisError, OSError):
            self._redis.delete(self._key)
        self._redis.close()

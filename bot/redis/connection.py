"""Opens a bounded connection to Redis, and waits for Redis at start-up with a log line that says so."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as RedisDisconnected
from redis.exceptions import TimeoutError as RedisTimedOut

from bot.errors import StateError

log = structlog.get_logger(__name__)

MAX_CONNECTIONS = 64
COMMAND_TIMEOUT_S = 5.0


def connect(url: str) -> Redis:
    """Return a client whose pool opens at most MAX_CONNECTIONS. Nothing is sent yet."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MAX_CONNECTIONS,
        timeout=COMMAND_TIMEOUT_S,
        socket_timeout=COMMAND_TIMEOUT_S,
        socket_connect_timeout=COMMAND_TIMEOUT_S,
        # Quick retries hide a connection that died while idle; the caller decides about longer outages.
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 2),
        retry_on_error=[RedisDisconnected, RedisTimedOut],
    )
    pool.connection_class = type("CancellableConnection", (Cancellable, pool.connection_class), {})
    return Redis.from_pool(pool)


class Cancellable(AbstractConnection):
    """Raises a cancellation that was lost while a command was sent.

    redis-py sends by asyncio.wait_for, which on Python 3.11 ends normally when the cancellation comes at the moment
    when it is done: half of all did (https://github.com/python/cpython/issues/86296).
    """

    async def send_packed_command(self, *args: Any, **options: Any) -> None:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        await super().send_packed_command(*args, **options)
        if task and task.cancelling() > before:
            await self.disconnect(nowait=True)  # nobody will read the answer
            raise asyncio.CancelledError


async def wait_until_ready(redis: Redis, url: str, *, patience_s: float = 120.0) -> None:
    """Return when Redis answers. Raises StateError when the patience ends or the password is wrong."""
    deadline = asyncio.get_running_loop().time() + patience_s
    where = _without_password(url)
    while True:
        try:
            await redis.ping()
        except AuthenticationError as error:
            raise StateError(f"Redis at {where} refuses the password in REDIS_URL") from error
        except (RedisError, OSError) as error:
            if isinstance(error.__cause__, AuthenticationError):
                raise StateError(f"Redis at {where} refuses the password in REDIS_URL") from error
            if asyncio.get_running_loop().time() >= deadline:
                raise StateError(f"Redis at {where} did not answer for {patience_s:.0f} s") from error
            log.warning("redis.waiting", where=where, reason=type(error).__name__)
            await asyncio.sleep(1)
        else:
            return


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"

"""A bounded connection to Redis, and waiting for it at start-up with a line that says what is waited for."""

import asyncio
from urllib.parse import urlsplit

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
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
    """A client whose pool never opens more than MAX_CONNECTIONS; nothing is sent yet."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=MAX_CONNECTIONS,
        timeout=COMMAND_TIMEOUT_S,
        socket_timeout=COMMAND_TIMEOUT_S,
        socket_connect_timeout=COMMAND_TIMEOUT_S,
        # One quick second try hides a connection that died while idle; longer outages are the caller's to decide on.
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 2),
        retry_on_error=[RedisDisconnected, RedisTimedOut],
    )
    return Redis.from_pool(pool)


async def wait_until_ready(redis: Redis, url: str, *, patience_s: float = 120.0) -> None:
    """Return when Redis answers. StateError when patience ends or the password is wrong."""
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

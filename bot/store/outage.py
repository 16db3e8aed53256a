"""Redis away, full or refusing: told apart from our own mistakes, as the core's StateError."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from redis.exceptions import RedisError

from bot.errors import StateError

FULL = "Redis is full: raise its maxmemory"
P = ParamSpec("P")
T = TypeVar("T")


def tells_outage(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Raise StateError where the store did not answer, or has no room (`OOM command not allowed`)."""

    @wraps(method)
    async def telling(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except (RedisError, OSError) as error:
            told = str(error)
            full = "OOM" in told or "maxmemory" in told
            raise StateError(FULL if full else f"{type(error).__name__}: {told[:80]}") from error

    return telling

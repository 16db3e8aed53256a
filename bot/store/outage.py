"""Redis away, full or refusing: told apart from our own mistakes, as the core's StateError.

A key that holds another type of thing than ours (a restore gone wrong, a hand that slipped) would make every call on
it fail for ever: it is moved out of the way once, and the call made again.
"""

import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.errors import StateError
from bot.store.keys import Keys
from bot.store.replies import text_of
from bot.store.unreadable import note

FULL = "Redis is full: raise its maxmemory"
WRONG_TYPE = "WRONGTYPE"
SCANNED = 1_000
KINDS = ("string", "hash", "zset", "list", "set", "stream")
P = ParamSpec("P")
T = TypeVar("T")


class Store(Protocol):
    _redis: Redis
    _keys: Keys


S = TypeVar("S", bound=Store)


def tells_outage(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Raise StateError where the store did not answer, or has no room (`OOM command not allowed`)."""

    async def telling(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            try:
                return await method(self, *args, **kwargs)
            except ResponseError as error:
                if WRONG_TYPE not in str(error):
                    raise
            await move_misplaced(self._redis, self._keys)
            return await method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            told = str(error)
            full = "OOM" in told or "maxmemory" in told
            raise StateError(FULL if full else f"{type(error).__name__}: {told[:80]}") from error

    return update_wrapper(telling, method)


async def move_misplaced(redis: Redis, keys: Keys) -> None:
    """Rename every key of ours that holds another type of thing than it should."""
    for found in KINDS:
        async for raw in redis.scan_iter(match=f"{keys.namespace}:*", count=SCANNED, _type=found):
            key = text_of(raw)
            if keys.type_of(key) in {found, ""}:
                continue
            with suppress(ResponseError):  # gone meanwhile
                await redis.rename(raw, keys.misplaced(key))
                await note(redis, keys, "key", key, f"a {found}")
                if key == keys.waiting:
                    await _write_down_anew(redis, keys)


async def _write_down_anew(redis: Redis, keys: Keys) -> None:
    """Which threads wait: those with an inbox."""
    beginning = keys.inbox_of("")[:-1].encode()
    async for raw in redis.scan_iter(match=f"{keys.namespace}:inbox:*", count=SCANNED, _type="hash"):
        await redis.zadd(keys.waiting, {bytes(raw)[len(beginning) : -1]: time.time()}, nx=True)

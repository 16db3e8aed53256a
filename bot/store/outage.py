"""Turns errors of Redis (away, full, refusing) into the core's StateError, so that they differ from our own mistakes.

A key of ours may hold another type (after a bad restore, or by hand). Every call on it would then fail for ever, so it
is renamed once, and the call is made again.
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


class RedisStore(Protocol):
    _redis: Redis
    _keys: Keys


S = TypeVar("S", bound=RedisStore)


def tells_outage(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Decorate a method so that it raises StateError when Redis does not answer or has no room (`OOM`)."""

    async def translated(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            try:
                return await method(self, *args, **kwargs)
            except ResponseError as error:
                if WRONG_TYPE not in str(error):
                    raise
            await move_misplaced(self._redis, self._keys)
            return await method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            detail = str(error)
            is_full = "OOM" in detail or "maxmemory" in detail
            raise StateError(FULL if is_full else f"{type(error).__name__}: {detail[:80]}") from error

    return update_wrapper(translated, method)


async def move_misplaced(redis: Redis, keys: Keys) -> None:
    """Rename every key of ours that holds another type than it should."""
    for type_found in KINDS:
        async for raw in redis.scan_iter(match=f"{keys.namespace}:*", count=SCANNED, _type=type_found):
            key = text_of(raw)
            if keys.type_of(key) in {type_found, ""}:
                continue
            with suppress(ResponseError):  # the key is gone meanwhile
                await redis.rename(raw, keys.misplaced(key))
                await note(redis, keys, "key", key, f"a {type_found}")
                if key == keys.waiting:
                    await _rebuild_waiting(redis, keys)


async def _rebuild_waiting(redis: Redis, keys: Keys) -> None:
    """Rebuild the list of waiting threads: those with an inbox wait."""
    beginning = keys.inbox_of("")[:-1].encode()
    async for raw in redis.scan_iter(match=f"{keys.namespace}:inbox:*", count=SCANNED, _type="hash"):
        await redis.zadd(keys.waiting, {bytes(raw)[len(beginning) : -1]: time.time()}, nx=True)

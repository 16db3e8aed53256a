"""What is left of a request of Slack's once it has its acknowledgement, as jobs in Redis: written down before the
acknowledgement, done after it, and done by somebody else when the process dies between the two.

They have a docket of their own, worked by whoever receives: a press is not to wait behind answers that take minutes,
nor is the press that an answer waits for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol

import structlog
from docket import Docket
from redis.exceptions import RedisError

from bot.errors import StateError

log = structlog.get_logger(__name__)

TASK = "follow_up"
# Slack waits 3 s for its acknowledgement.
ADD_S = 2.0
# The record of a finished job is of no use to us: what is done is noted by itself.
RECORD_TTL = timedelta(seconds=1)

CarryOut = Callable[[str, dict[str, Any]], Awaitable[None]]


class Sealing(Protocol):
    def pack(self, value: dict[str, Any], belongs_to: str) -> bytes: ...

    def unpack(self, data: bytes, belongs_to: str) -> dict[str, Any]: ...


class DoneFollowUps(Protocol):
    """Which are done already. Raises StateError when that can't be told."""

    async def has(self, key: str) -> bool: ...

    async def add(self, key: str) -> None: ...


class FollowUpQueue:
    """`seal`: what people typed may be in it."""

    def __init__(self, docket: Docket, seal: Sealing) -> None:
        self._docket = docket
        self._seal = seal

    async def add(self, name: str, key: str, payload: dict[str, Any]) -> None:
        """The same key twice is one job; raises StateError when it can't be promised."""
        sealed = self._seal.pack(payload, key)
        try:
            async with asyncio.timeout(ADD_S):
                await self._docket.add(TASK, key=key)(name=name, key=key, sealed=sealed)
        except (RedisError, OSError, TimeoutError) as error:
            raise StateError(type(error).__name__) from error


def open_follow_ups(namespace: str, url: str) -> Docket:
    """To be entered with `async with`; `register_follow_ups` before anything is added."""
    return Docket(name=f"{namespace}-follow-ups", url=url, execution_ttl=RECORD_TTL)


def register_follow_ups(docket: Docket, seal: Sealing, done: DoneFollowUps, carry_out: CarryOut) -> None:
    """Arguments travel pickled, so they are plain values (facts/queue.md)."""

    async def follow_up(name: str, key: str, sealed: bytes) -> None:
        try:
            payload = seal.unpack(sealed, key)
        except StateError as trouble:
            log.warning("follow_up.unreadable", name=name, reason=trouble.detail)  # written under another STATE_KEY
            return
        if await done.has(key):
            return
        await carry_out(name, payload)
        await done.add(key)

    docket.register(follow_up, names=[TASK])

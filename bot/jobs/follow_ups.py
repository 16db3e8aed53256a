"""FollowUpQueue keeps the rest of a Slack request as a job: what is to be done after the acknowledgement.

The job is written before the acknowledgement and done after it. When the process dies between the two, another process
does it. Follow-ups have a docket of their own, worked by the process that receives: a press must not wait behind
answers that take minutes, since an answer may be waiting for that press.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from docket import Docket
from redis.exceptions import RedisError

from bot.errors import StateError
from bot.jobs.running import RunningJobs

log = structlog.get_logger(__name__)

TASK = "follow_up"
# Slack waits 3 s for the acknowledgement.
ADD_S = 2.0
# How long to wait each time before a job is done again that found Redis away. Nobody may be there who would ask for it
# again: a file was deleted, or days to keep things were changed.
WAITS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
# Nobody needs the record of a finished job: FollowUpMarks notes what is done.
RECORD_TTL = timedelta(seconds=1)

CarryOut = Callable[[str, dict[str, Any]], Awaitable[None]]


class Sealing(Protocol):
    """Seals what people typed, which may be in a follow-up."""

    def pack(self, value: dict[str, Any], belongs_to: str) -> bytes: ...

    def unpack(self, data: bytes, belongs_to: str) -> dict[str, Any]: ...


class DoneFollowUps(Protocol):
    """Knows which follow-ups are done. Raises StateError when it can't tell."""

    async def has(self, key: str) -> bool: ...

    async def add(self, key: str) -> None: ...


async def through_outage(step: Callable[[], Awaitable[None]]) -> None:
    """Do a step, and do it again as long as Redis is away. Raises StateError when Redis does not come back.

    docket can't acknowledge the job then either, so it delivers the job again.
    """
    for wait_s in WAITS_S:
        try:
            await step()
        except StateError as error:
            log.info("follow_up.waits", reason=error.detail)
            await asyncio.sleep(wait_s)
        else:
            return
    await step()


class FollowUpQueue:
    """Adds follow-ups. `seal` protects what people typed."""

    def __init__(self, docket: Docket, seal: Sealing) -> None:
        self._docket = docket
        self._seal = seal

    async def add(self, name: str, key: str, payload: dict[str, Any]) -> None:
        """Add a follow-up; the same key twice is one job. Raises StateError when it can't be kept."""
        sealed = self._seal.pack(payload, key)
        try:
            async with asyncio.timeout(ADD_S):
                await self._docket.add(TASK, key=key)(name=name, key=key, sealed=sealed)
        except (RedisError, OSError, TimeoutError) as error:
            raise StateError(type(error).__name__) from error


def open_follow_ups(namespace: str, url: str) -> Docket:
    """Open the docket, to be entered with `async with`. Call `register_follow_ups` before anything is added."""
    return Docket(name=f"{namespace}-follow-ups", url=url, execution_ttl=RECORD_TTL)


def register_follow_ups(docket: Docket, seal: Sealing, done: DoneFollowUps, carry_out: CarryOut) -> RunningJobs:
    """Register what is done with a follow-up, and return those that will run here.

    Arguments travel pickled, so they are plain values (facts/queue.md).
    """
    running = RunningJobs()

    async def follow_up(name: str, key: str, sealed: bytes) -> None:
        try:
            payload = seal.unpack(sealed, key)
        except StateError as error:
            log.warning("follow_up.unreadable", name=name, reason=error.detail)  # sealed under another STATE_KEY
            return

        async def carry_out_once() -> None:
            # Looked up before each try: another process may have done it since Redis is back.
            if not await done.has(key):
                await carry_out(name, payload)

        with running.job():
            await through_outage(carry_out_once)
            await through_outage(partial(done.add, key))

    docket.register(follow_up, names=[TASK])
    return running

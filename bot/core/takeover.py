"""Twice a second: what a dead worker was answering gets a new job, long before the queue gives its old one up."""

from collections.abc import Callable, Iterable
from typing import Protocol

from bot.core.inbound import ThreadId
from bot.core.receive import Jobs


class Left(Protocol):
    async def abandoned(self, answering: Iterable[ThreadId]) -> tuple[tuple[ThreadId, int], ...]: ...


class Takeover:
    """`answering` tells what this worker itself answers just now."""

    def __init__(self, left: Left, jobs: Jobs, answering: Callable[[], Iterable[ThreadId]]) -> None:
        self._left = left
        self._jobs = jobs
        self._answering = answering

    async def __call__(self) -> None:
        for thread, fence in await self._left.abandoned(self._answering()):
            # A job of its own: the old one's key is taken until the queue knows that its worker is dead.
            await self._jobs.add(thread, f"after:{fence}")

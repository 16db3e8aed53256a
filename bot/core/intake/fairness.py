"""FairTurns decides when a thread is answered. A person with many questions leaves room for others, and a message that
crashes its worker costs nobody else their turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Protocol

from bot.core.intake.receive import Jobs
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError

# A turn that was begun twice without coming to its end may be what crashes the worker. Such turns run one at a time,
# so that a crash counts only for the turn that causes it (MAX_ATTEMPTS in core.turn.failures).
SUSPECT_AFTER = 2


class ConcurrencyLimit(Protocol):
    async def enter(self, thread: ThreadId, user: str) -> bool: ...

    async def leave(self, thread: ThreadId, user: str) -> ThreadId | None: ...


class WaitingMessages(Protocol):
    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def attempts(self, thread: ThreadId) -> int: ...


# Returns False when somebody else answers the thread.
AnswerThread = Callable[[ThreadId], Awaitable[bool]]


class FairTurns:
    """A job calls `run`, which calls `answer` when it is the thread's turn."""

    def __init__(self, limit: ConcurrencyLimit, waiting: WaitingMessages, jobs: Jobs, answer: AnswerThread) -> None:
        self._limit = limit
        self._waiting = waiting
        self._jobs = jobs
        self._answer = answer
        self._one_suspect = asyncio.Lock()

    async def run(self, thread: ThreadId) -> None:
        """Answer the thread when it is its turn. Otherwise leave it in line: the next turn of its person that ends adds
        a job for it.
        """
        waiting = await self._waiting.waiting(thread)
        if not waiting:
            await self._answer(thread)  # the model is not asked, so no limit is needed; a deleted answer may be removed
            return
        user = waiting[0].user
        if not await self._limit.enter(thread, user):
            return
        is_ours = True
        try:
            is_suspect = await self._waiting.attempts(thread) >= SUSPECT_AFTER
            async with self._one_suspect if is_suspect else nullcontext():
                is_ours = await self._answer(thread)
        finally:
            if is_ours:  # otherwise the place in the limit belongs to the worker that answers
                await asyncio.shield(self._leave(thread, user))

    async def _leave(self, thread: ThreadId, user: str) -> None:
        try:
            next_thread = await self._limit.leave(thread, user)
            while next_thread:
                waiting = await self._waiting.waiting(next_thread)
                if waiting:
                    await self._jobs.add(next_thread, f"{waiting[0].ts}:next")
                    return
                next_thread = await self._limit.leave(next_thread, user)  # its question was deleted
        except StateError:
            return  # the sweep adds a job for every thread that waits

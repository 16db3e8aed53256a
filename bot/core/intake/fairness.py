"""Who is answered when: one person with many questions leaves room for others, and a message that breaks its worker
breaks nobody else's turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Protocol

from bot.core.intake.receive import Jobs
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError

# After two crashes a turn may be what crashes: from then on such turns run one at a time, so that only the guilty one
# comes to its third (core.answer).
SUSPECT_AFTER = 2


class ConcurrencyLimit(Protocol):
    async def enter(self, thread: ThreadId, user: str) -> bool: ...

    async def leave(self, thread: ThreadId, user: str) -> ThreadId | None: ...


class WaitingMessages(Protocol):
    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def attempts(self, thread: ThreadId) -> int: ...


# False where somebody else answers the thread.
AnswerThread = Callable[[ThreadId], Awaitable[bool]]


class FairTurns:
    """Around `answer`: what a job really runs."""

    def __init__(self, limit: ConcurrencyLimit, waiting: WaitingMessages, jobs: Jobs, answer: AnswerThread) -> None:
        self._limit = limit
        self._waiting = waiting
        self._jobs = jobs
        self._answer = answer
        self._one_suspect = asyncio.Lock()

    async def run(self, thread: ThreadId) -> None:
        """Answer the thread when it is its turn; otherwise leave it in line, where the next to finish wakes it."""
        waiting = await self._waiting.waiting(thread)
        if not waiting:
            await self._answer(thread)  # nothing to pay for: at most something to tidy up
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
            if is_ours:  # else the place is that of whoever answers it
                await asyncio.shield(self._leave(thread, user))

    async def _leave(self, thread: ThreadId, user: str) -> None:
        try:
            following = await self._limit.leave(thread, user)
            while following:
                waiting = await self._waiting.waiting(following)
                if waiting:
                    await self._jobs.add(following, f"{waiting[0].ts}:next")
                    return
                following = await self._limit.leave(following, user)  # its question was deleted
        except StateError:
            return  # the sweep wakes who waits

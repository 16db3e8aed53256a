"""Twice a second: what a dead worker was answering gets a new job. Every few seconds: nothing that waits is without a
job, and who waits long is told.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from bot.core.intake.receive import Jobs
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError
from bot.words import fill, text

TOLD_AFTER_S = 10.0
# Slack takes a status away after 2 minutes (slack.md §1.5).
TOLD_AGAIN_AFTER_S = 60
YOURS_IS_NEXT = text("is busy; yours is next…")
IN_LINE = text("is busy; yours is number {place} in line…")


class Inbox(Protocol):
    async def waiting_threads(self) -> tuple[ThreadId, ...]: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...

    async def waits_since(self, thread: ThreadId) -> float: ...

    async def answerer(self, thread: ThreadId) -> str: ...

    async def is_running(self, thread: ThreadId) -> bool: ...

    async def tell_once(self, thread: ThreadId, within_s: int) -> bool: ...


class AbandonedTurns(Protocol):
    async def abandoned(self, answering: Iterable[ThreadId]) -> tuple[tuple[ThreadId, int], ...]: ...


class Notices(Protocol):
    async def waits(self, asked: Inbound, words: str) -> None:
        """`words` are to be said in the language of who asked."""
        ...


class Sweep:
    """A job may be missing after a crash between admitting and adding, after Redis was full, or after one gave up
    because Slack or Redis was away. What somebody answers needs none: whoever answers looks again when done.

    `answering` tells what this worker itself answers just now.
    """

    def __init__(
        self,
        inbox: Inbox,
        jobs: Jobs,
        notices: Notices,
        left: AbandonedTurns,
        answering: Callable[[], Iterable[ThreadId]],
    ) -> None:
        self._inbox = inbox
        self._jobs = jobs
        self._notices = notices
        self._left = left
        self._answering = answering

    async def __call__(self) -> None:
        """All that waits: what the dead have left, and what nobody is at."""
        await self._look_at_all(await self.take_over())

    async def take_over(self) -> frozenset[ThreadId]:
        """Give a job to what dead workers were answering, long before the queue gives the old one up."""
        left = await self._left.abandoned(self._answering())
        for thread, fence in left:
            # A job of its own: the old one's key is taken until the queue knows that its worker is dead.
            await self._jobs.add(thread, f"after:{fence}")
        return frozenset(thread for thread, _ in left)

    async def _look_at_all(self, left: Collection[ThreadId]) -> None:
        """A thread that makes trouble keeps no other waiting: the first trouble is raised when all were looked at."""
        places: Counter[str] = Counter()
        troubles: list[Exception] = []
        for thread in await self._inbox.waiting_threads():
            try:
                await self._look_at(thread, places, has_job=thread in left)
            except StateError as trouble:
                troubles.append(trouble)
                await self._inbox.waiting_threads()  # raises where the store is away for all
            except Exception as bug:  # noqa: BLE001  # raised below
                troubles.append(bug)
        if troubles:
            raise troubles[0]

    async def _look_at(self, thread: ThreadId, places: Counter[str], *, has_job: bool) -> None:
        if await self._inbox.answerer(thread):
            return
        messages = await self._inbox.waiting(thread)
        if not messages:
            return
        if not has_job:
            await self._jobs.add(thread, messages[0].ts)  # changes nothing where it is there already
        if await self._inbox.is_running(thread):
            return  # by a worker of an earlier release, of which nobody knows whether it lives
        places[thread.team] += 1
        if time.time() - await self._inbox.waits_since(thread) > TOLD_AFTER_S:
            await self._tell(thread, places[thread.team])

    async def _tell(self, thread: ThreadId, place: int) -> None:
        if not await self._inbox.tell_once(thread, TOLD_AGAIN_AFTER_S):
            return
        # Looked up again: this process may have slept, and nobody clears a status that comes after the answer.
        waiting = await self._inbox.waiting(thread)
        if waiting and not await self._inbox.is_running(thread):
            words = YOURS_IS_NEXT if place == 1 else fill(IN_LINE, place=place)
            await self._notices.waits(waiting[0], words)

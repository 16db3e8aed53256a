"""Sweep gives a new job to threads that a dead worker was answering (twice a second) and to waiting threads that have
none (every few seconds). It tells people who wait long how many are before them.
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
# Slack removes a status after 2 minutes (slack.md §1.5), so it is shown again before that.
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
        """Show the author how long the message waits. `words` is a marked text, said in the author's language."""
        ...


class Sweep:
    """A waiting thread may have no job after a crash between admitting and adding, after Redis was full, or when a job
    gave up because Slack or Redis was away. A thread that is being answered needs no job: its worker looks again.

    `answering` returns the threads that this worker itself is answering.
    """

    def __init__(
        self,
        inbox: Inbox,
        jobs: Jobs,
        notices: Notices,
        abandoned: AbandonedTurns,
        answering: Callable[[], Iterable[ThreadId]],
    ) -> None:
        self._inbox = inbox
        self._jobs = jobs
        self._notices = notices
        self._abandoned = abandoned
        self._answering = answering

    async def __call__(self) -> None:
        """Look at the threads of dead workers, then at every waiting thread."""
        await self._look_at_all(await self.take_over())

    async def take_over(self) -> frozenset[ThreadId]:
        """Add a job for each thread that a dead worker was answering. The queue itself notices much later that the
        worker is dead. Return these threads.
        """
        abandoned = await self._abandoned.abandoned(self._answering())
        for thread, fence in abandoned:
            # The job needs a key of its own: the queue holds the key of the old job until it gives that job up.
            await self._jobs.add(thread, f"after:{fence}")
        return frozenset(thread for thread, _ in abandoned)

    async def _look_at_all(self, with_job: Collection[ThreadId]) -> None:
        """Look at every waiting thread. An error at one thread does not stop the others; the first is raised at the
        end.
        """
        places: Counter[str] = Counter()
        errors: list[Exception] = []
        for thread in await self._inbox.waiting_threads():
            try:
                await self._look_at(thread, places, has_job=thread in with_job)
            except StateError as error:
                errors.append(error)
                await self._inbox.waiting_threads()  # raises when the store is away for all threads
            except Exception as error:  # noqa: BLE001  # raised below
                errors.append(error)
        if errors:
            raise errors[0]

    async def _look_at(self, thread: ThreadId, places: Counter[str], *, has_job: bool) -> None:
        if await self._inbox.answerer(thread):
            return
        messages = await self._inbox.waiting(thread)
        if not messages:
            return
        if not has_job:
            await self._jobs.add(thread, messages[0].ts)  # adds nothing when the job is there already
        if await self._inbox.is_running(thread):
            return  # a worker of an earlier release runs it, and such a worker does not say whether it lives
        places[thread.team] += 1
        if time.time() - await self._inbox.waits_since(thread) > TOLD_AFTER_S:
            await self._tell(thread, places[thread.team])

    async def _tell(self, thread: ThreadId, place: int) -> None:
        if not await self._inbox.tell_once(thread, TOLD_AGAIN_AFTER_S):
            return
        # Look it up again: this process may have slept. Nobody removes a status that is shown after the answer.
        waiting = await self._inbox.waiting(thread)
        if waiting and not await self._inbox.is_running(thread):
            words = YOURS_IS_NEXT if place == 1 else fill(IN_LINE, place=place)
            await self._notices.waits(waiting[0], words)

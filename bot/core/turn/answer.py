"""Answerer answers all messages that wait in a thread, and answers each of them once (design §4.4–4.8).

A turn that does not come to its end is given back, so that another job answers its messages.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Literal, Protocol

from bot.core.ports import TurnStart
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import Lease, TurnTaken
from bot.core.turn.attempt import Attempt, TurnContext
from bot.core.turn.respond import TurnParts
from bot.errors import BotError, StateError

log = logging.getLogger(__name__)

# "nothing": no message waits. "taken": another worker answers the thread.
AnswerResult = Literal["answered", "nothing", "taken"]


class AccessGate(Protocol):
    async def turned_away(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """Return the messages that are not answered, because their authors may not use the bot. The gate has told the
        authors.
        """
        ...


class Answerer:
    """A job calls `answer`; nothing else answers questions."""

    def __init__(self, parts: TurnParts, context: TurnContext, gate: AccessGate, turn_timeout_s: float) -> None:
        self._parts = parts
        self._context = context
        self._threads = context.threads
        self._gate = gate
        self._timeout_s = turn_timeout_s
        # True: another job asked for the thread while this process was answering it.
        self._answering: dict[ThreadId, bool] = {}

    async def answer(self, thread: ThreadId) -> bool:
        """Answer all messages that wait in the thread. Return False when somebody else answers it.

        Raises StateError when Redis is away and SlackError when Slack is: the messages keep waiting, and the job has to
        run again. Every other error ends as a sentence in the thread.
        """
        if thread in self._answering:
            self._answering[thread] = True
            return False
        self._answering[thread] = False
        try:
            result: AnswerResult = "answered"
            while result == "answered" or (result == "nothing" and self._answering[thread]):
                # A job that came for a newer message has returned at once, so this loop has to look for that message.
                self._answering[thread] = False
                # A turn first looks things up, which takes time. A Stop that comes meanwhile counts too.
                with self._parts.interrupts.expecting(thread):
                    result = await self._answer_one(thread)
            return result == "nothing"
        finally:
            del self._answering[thread]

    @property
    def answering(self) -> tuple[ThreadId, ...]:
        """The threads that this process is answering now."""
        return tuple(self._answering)

    async def _answer_one(self, thread: ThreadId) -> AnswerResult:
        started = await self._begin(thread)
        if started.fence <= 0:
            return "nothing" if started.fence == 0 else "taken"
        since_ts = started.waiting[0].ts if started.waiting else ""
        lease = Lease(self._threads, thread, started.fence, started.version, since_ts)
        try:
            async with self._given_back(lease):
                await Attempt(self._parts, self._context, started, lease, self._begin, self._timeout_s).run()
        except TurnTaken:
            log.info("turn.taken_over", extra={"conversation": str(thread)})
            return "taken"
        return "answered"

    async def _begin(self, thread: ThreadId) -> TurnStart:
        """Begin a turn. Messages of people who may not use the bot are deleted from the inbox first."""
        while True:
            started = await self._threads.begin(thread)
            if started.fence <= 0:
                return started
            async with self._given_back(Lease(self._threads, thread, started.fence)):
                refused = await self._gate.turned_away(started.waiting)
                for message in refused:
                    await self._threads.delete(thread, message.ts)
            if not refused:
                return started
            await self._threads.release(thread, started.fence)

    @asynccontextmanager
    async def _given_back(self, lease: Lease) -> AsyncGenerator[None]:
        """Give the turn back when its block fails: a cancelled turn may begin again at once, any other one in a later
        job.
        """
        try:
            yield
        except TurnTaken:
            raise
        except asyncio.CancelledError:
            await asyncio.shield(self._threads.release(lease.thread, lease.fence))
            raise
        except BotError:
            with suppress(StateError):
                await self._threads.leave(lease.thread, lease.fence)
            raise

"""Answering a thread: everything that waits in it, once, whatever happens on the way (design §4.4–4.8)."""

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

# What a look at a thread came to: a turn, nothing that waits, or a thread that another worker has.
AnswerResult = Literal["answered", "nothing", "taken"]


class AccessGate(Protocol):
    async def turned_away(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """Those that are not answered: their authors may not use the bot, and were told so."""
        ...


class Answerer:
    """The use case behind every question; `answer` is what a job runs."""

    def __init__(self, parts: TurnParts, around: TurnContext, gate: AccessGate, turn_timeout_s: float) -> None:
        self._parts = parts
        self._around = around
        self._threads = around.threads
        self._gate = gate
        self._timeout_s = turn_timeout_s
        # Whether somebody came for a thread while it was being answered here.
        self._answering: dict[ThreadId, bool] = {}

    async def answer(self, thread: ThreadId) -> bool:
        """Answer all that waits in the thread; False when it is somebody else who answers it.

        Raises StateError or SlackError when the state or Slack is away: the messages stay where they are and the
        job is to be run again. Every other trouble ends in a sentence in the thread.
        """
        if thread in self._answering:
            self._answering[thread] = True
            return False
        self._answering[thread] = False
        try:
            came: AnswerResult = "answered"
            while came == "answered" or (came == "nothing" and self._answering[thread]):
                # Whoever came for a message that is not yet seen here has left it to us.
                self._answering[thread] = False
                # A Stop counts from here on, though a turn begins with looking things up.
                with self._parts.interrupts.expecting(thread):
                    came = await self._answer_one(thread)
            return came == "nothing"
        finally:
            del self._answering[thread]

    @property
    def answering(self) -> tuple[ThreadId, ...]:
        """What this worker answers just now."""
        return tuple(self._answering)

    async def _answer_one(self, thread: ThreadId) -> AnswerResult:
        started = await self._begin(thread)
        if started.fence <= 0:
            return "nothing" if started.fence == 0 else "taken"
        since_ts = started.waiting[0].ts if started.waiting else ""
        lease = Lease(self._threads, thread, started.fence, started.version, since_ts)
        try:
            async with self._held(lease):
                await Attempt(self._parts, self._around, started, lease, self._begin, self._timeout_s).run()
        except TurnTaken:
            log.info("turn.taken_over", extra={"conversation": str(thread)})
            return "taken"
        return "answered"

    async def _begin(self, thread: ThreadId) -> TurnStart:
        """A turn of what waits, without the messages of those who may not use the bot: they wait no more."""
        while True:
            started = await self._threads.begin(thread)
            if started.fence <= 0:
                return started
            async with self._held(Lease(self._threads, thread, started.fence)):
                refused = await self._gate.turned_away(started.waiting)
                for message in refused:
                    await self._threads.delete(thread, message.ts)
            if not refused:
                return started
            await self._threads.release(thread, started.fence)

    @asynccontextmanager
    async def _held(self, lease: Lease) -> AsyncGenerator[None]:
        """A turn that does not come to its end is let go: at once when it is cancelled, else for a later job."""
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

"""Answering a thread: everything that waits in it, once, whatever happens on the way (design §4.4–4.8)."""

import asyncio
import logging
import uuid
from dataclasses import replace

from bot.core.compose import Composer
from bot.core.ending import Ending
from bot.core.inbound import Inbound, ThreadId
from bot.core.interrupts import Interrupted
from bot.core.lease import Lease, TurnTaken
from bot.core.ports import Done, Replies, SetAside, Started, Threads
from bot.core.respond import Responder, Task
from bot.errors import SlackError, StateError

log = logging.getLogger(__name__)

THINKING = "is thinking…"
UNEXPECTED = "Something went wrong on my side (reference {reference}). Please ask again."
GAVE_UP = "I broke down on this several times and have set it aside (reference {reference}). Please ask in another way."
MAX_ATTEMPTS = 3


class Answerer:
    """The use case behind every question; `answer` is what a job runs."""

    def __init__(
        self,
        threads: Threads,
        composer: Composer,
        responder: Responder,
        ending: Ending,
        replies: Replies,
        aside: SetAside,
    ) -> None:
        self._aside = aside
        self._threads = threads
        self._composer = composer
        self._responder = responder
        self._ending = ending
        self._replies = replies

    async def answer(self, thread: ThreadId) -> None:
        """Answer all that waits in the thread.

        Raises StateError or SlackError when the state or Slack is away: the messages stay where they are and the
        job is to be run again. Every other trouble ends in a sentence in the thread.
        """
        while True:
            started = await self._threads.begin(thread)
            if not started.waiting and started.progress is None:
                return
            lease = Lease(self._threads, thread, started.fence, started.version)
            try:
                await self._attempt(started, lease)
            except TurnTaken:
                log.info("turn.taken_over", extra={"conversation": str(thread)})
                return
            except asyncio.CancelledError:
                # Handed over, not failed.
                await asyncio.shield(self._threads.release(thread, lease.fence))
                raise

    async def _attempt(self, started: Started, lease: Lease) -> None:
        conversation = await self._threads.load(lease.thread)
        known = frozenset(ts for turn in conversation.turns for ts in turn.reply_ts)
        question = started.waiting[-1] if started.waiting else _nobody(lease.thread)
        async with self._replies.open(question, lease, known) as reply:
            task = Task(started.waiting, conversation, lease, reply)
            try:
                await self._take(started, task)
            except asyncio.CancelledError:
                await asyncio.shield(reply.hand_over())
                raise
            except SlackError as refused:
                if not refused.is_final:
                    await self._threads.release(lease.thread, lease.fence)
                    raise
                log.warning("turn.undeliverable", extra={"code": refused.code})
                await self._ending.commit(lease, await self._unheard(started.waiting))
            except (TurnTaken, StateError):
                raise
            except Exception as broke:  # noqa: BLE001  # the one place where a turn that broke becomes a sentence
                await self._apologise(task, UNEXPECTED, _reference(), broke)

    async def _take(self, started: Started, task: Task) -> None:
        """Begin, or go on where an earlier attempt was killed; again when the question changes meanwhile."""
        while True:
            try:
                await self._go_on(started, task)
            except Interrupted:
                started = await self._again(task.lease)
                task = replace(task, waiting=started.waiting)
                await task.reply.restart()
            else:
                return

    async def _go_on(self, started: Started, task: Task) -> None:
        left, lease = started.progress, task.lease
        if left and left.turn and left.delivered:
            lease.progress = left
            await self._ending.remember(lease, left.turn)
            return
        task.reply.show_status(THINKING)
        if left:
            lease.take_over(left)
            await task.reply.discard(left)
        if not task.waiting:
            await task.reply.withdraw()
            await self._ending.commit(lease, Done(()))
        elif left and left.turn and left.version == started.version:
            await self._ending.tell(lease, task.reply, left.turn)
        elif started.attempt > MAX_ATTEMPTS:
            reference = _reference()
            await self._aside.put(reference, lease.thread, task.waiting)
            await self._apologise(task, GAVE_UP, reference)
        else:
            await self._responder.respond(task)

    async def _again(self, lease: Lease) -> Started:
        """The thread as it waits now; what is on the screen stays ours."""
        await self._threads.release(lease.thread, lease.fence)
        started = await self._threads.begin(lease.thread)
        lease.renew(started.fence, started.version)
        return replace(started, progress=None)

    async def _unheard(self, waiting: tuple[Inbound, ...]) -> Done:
        """Nothing can be shown there any more: the messages are done with."""
        if not waiting:
            return Done(())
        return Done(tuple(message.ts for message in waiting), (await self._composer.bare(waiting)).turn)

    async def _apologise(self, task: Task, sentence: str, reference: str, broke: Exception | None = None) -> None:
        conversation = str(task.lease.thread)
        log.error("turn.broke", exc_info=broke, extra={"reference": reference, "conversation": conversation})
        question = await self._composer.bare(task.waiting)
        turn = replace(question.turn, failure=sentence.format(reference=reference))
        await self._ending.tell(task.lease, task.reply, turn)


def _reference() -> str:
    return uuid.uuid4().hex[:8]


def _nobody(thread: ThreadId) -> Inbound:
    """For taking a reply off the screen whose question is gone."""
    return Inbound(thread.team, thread.channel, thread.root_ts, thread.root_ts, "", thread.team, "channel", "")

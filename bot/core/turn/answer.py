"""Answering a thread: everything that waits in it, once, whatever happens on the way (design §4.4–4.8)."""

import asyncio
import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.core.audit import Audited, note
from bot.core.checkpoint import Progress
from bot.core.conversation import Conversation
from bot.core.inbound import Inbound, ThreadId
from bot.core.interrupts import Interrupted
from bot.core.lease import Lease, TurnTaken
from bot.core.ports import Done, Foot, Person, Replies, SetAside, Started, Threads
from bot.core.prompt.question import Composer
from bot.core.turn.finish import Ending
from bot.core.turn.respond import Responded, Responder
from bot.core.turn.state import Task
from bot.core.waiting import THINKING
from bot.errors import BotError, SlackError, StateError
from bot.words import say, text

log = logging.getLogger(__name__)

UNEXPECTED = text("Something went wrong on my side (reference {reference}). Please ask again.")
GAVE_UP = text(
    "This question failed several times, so I've stopped. Please ask in another way (reference {reference})."
)
MAX_ATTEMPTS = 3


# What a look at a thread came to: a turn, nothing that waits, or a thread that another worker has.
Came = Literal["answered", "nothing", "taken"]


class Afterwards(Protocol):
    """Work that follows an answer, in a job of its own."""

    async def add_reasoning(
        self, thread: ThreadId, ts: str, *, in_full: bool, language: str, user: str = ""
    ) -> None: ...


class Memory(Protocol):
    async def load(self, thread: ThreadId) -> Conversation: ...


class TurningAway(Protocol):
    async def turned_away(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """Those that are not answered: their authors may not use the bot, and were told so."""
        ...


@dataclass(frozen=True, slots=True)
class Spares:
    """Where a turn goes that can't be answered, where what follows an answer, who is answered at all, and where the
    words of a thread are to be had.
    """

    aside: SetAside
    afterwards: Afterwards
    gate: TurningAway
    memory: Memory


class Answerer:
    """The use case behind every question; `answer` is what a job runs."""

    def __init__(
        self,
        threads: Threads,
        composer: Composer,
        responder: Responder,
        ending: Ending,
        replies: Replies,
        spares: Spares,
    ) -> None:
        self._aside = spares.aside
        self._afterwards = spares.afterwards
        self._gate = spares.gate
        self._memory = spares.memory
        self._threads = threads
        self._composer = composer
        self._responder = responder
        self._ending = ending
        self._replies = replies
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
            return await self._answer_all(thread)
        finally:
            del self._answering[thread]

    @property
    def answering(self) -> tuple[ThreadId, ...]:
        """What this worker answers just now."""
        return tuple(self._answering)

    async def _answer_all(self, thread: ThreadId) -> bool:
        came: Came = "answered"
        while came == "answered" or (came == "nothing" and self._answering[thread]):
            # Whoever came for a message that is not yet seen here has left it to us.
            self._answering[thread] = False
            with self._responder.listening(thread):
                came = await self._answer_one(thread)
        return came == "nothing"

    async def _answer_one(self, thread: ThreadId) -> Came:
        started = await self._begin(thread)
        if started.fence <= 0:
            return "nothing" if started.fence == 0 else "taken"
        since_ts = started.waiting[0].ts if started.waiting else ""
        lease = Lease(self._threads, thread, started.fence, started.version, since_ts)
        try:
            await self._attempt(started, lease)
        except TurnTaken:
            log.info("turn.taken_over", extra={"conversation": str(thread)})
            return "taken"
        except asyncio.CancelledError:
            # Handed over, not failed.
            await asyncio.shield(self._threads.release(thread, lease.fence))
            raise
        except BotError:
            with suppress(StateError):
                await self._threads.leave(thread, lease.fence)
            raise
        return "answered"

    async def _begin(self, thread: ThreadId) -> Started:
        """A turn of what waits, without the messages of those who may not use the bot: they wait no more."""
        while True:
            started = await self._threads.begin(thread)
            if started.fence <= 0:
                return started
            try:
                refused = await self._gate.turned_away(started.waiting)
                for message in refused:
                    await self._threads.delete(thread, message.ts)
            except StateError:
                with suppress(StateError):
                    await self._threads.leave(thread, started.fence)
                raise
            except asyncio.CancelledError:
                await asyncio.shield(self._threads.release(thread, started.fence))
                raise
            if not refused:
                return started
            await self._threads.release(thread, started.fence)

    async def _attempt(self, started: Started, lease: Lease) -> None:
        conversation = await self._memory.load(lease.thread)
        known = frozenset(ts for turn in conversation.turns for ts in turn.reply_ts)
        waiting = _one_turn(started.waiting)
        asker = await self._composer.asker(waiting)
        async with self._replies.open(waiting[-1] if waiting else _nobody(lease.thread), lease, known) as reply:
            task = Task(waiting, conversation, lease, reply, asker)
            try:
                await self._take(started, task)
            except asyncio.CancelledError:
                await asyncio.shield(reply.hand_over())
                raise
            except SlackError as refused:
                if not refused.is_final and started.attempt <= MAX_ATTEMPTS:
                    if refused.is_passing:
                        await self._threads.release(lease.thread, lease.fence)
                    raise
                log.warning("turn.undeliverable", extra={"code": refused.code})
                await self._ending.commit(lease, await self._unheard(started.waiting, asker))
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
                waiting = _one_turn(started.waiting)
                task = replace(task, waiting=waiting, asker=await self._composer.asker(waiting))
                await task.reply.restart()
            else:
                return

    async def _go_on(self, started: Started, task: Task) -> None:
        left, lease = started.progress, task.lease
        if left and left.turn and left.delivered:
            lease.progress = left
            await self._ending.remember(lease, left.turn)
            return
        if task.waiting:
            task.reply.show_status(say(THINKING, task.language))
        if left is None and started.attempt > 1:
            # An attempt before us left no word: its words may have been lost while the store was away.
            left = Progress(posting=True)
        if left:
            lease.take_over(left)
            await task.reply.discard(left)
        if not task.waiting:
            await task.reply.withdraw()
            await self._ending.commit(lease, Done(()))
        elif left and left.turn and left.version == started.version:
            await self._responder.show_again(task, left.turn)
        elif started.attempt > MAX_ATTEMPTS:
            reference = _reference()
            await self._aside.put(reference, lease.thread, task.waiting)
            await self._apologise(task, GAVE_UP, reference)
        else:
            await self._rewrite_in_place(task)
            responded = await self._responder.respond(task)
            if responded:
                await self._after(responded, task)

    async def _rewrite_in_place(self, task: Task) -> None:
        """An answer that is written anew takes the place of the old one on the screen."""
        before = task.conversation.turn_of(task.waiting[0].ts) if task.redo else None
        if before and before.reply_ts:
            await task.lease.adopt(before.reply_ts)
            await task.reply.restart()

    async def _after(self, responded: Responded, task: Task) -> None:
        """What is not to delay the answer."""
        if responded.turn.reasoning and responded.choice.reasoning in {"summary", "full"}:
            await self._afterwards.add_reasoning(
                task.lease.thread,
                responded.turn.said[-1].ts,
                in_full=responded.choice.reasoning == "full",
                language=task.language,
                user=task.last.user,
            )

    async def _again(self, lease: Lease) -> Started:
        """The thread as it waits now; what is on the screen stays ours."""
        await self._threads.release(lease.thread, lease.fence)
        started = await self._begin(lease.thread)
        if started.fence < 0:
            raise TurnTaken
        lease.renew(started.fence, started.version)
        return replace(started, progress=None)

    async def _unheard(self, waiting: tuple[Inbound, ...], asker: Person) -> Done:
        """Nothing can be shown there any more: the messages are done with."""
        if not waiting:
            return Done(())
        return Done(tuple(message.ts for message in waiting), (await self._composer.bare(waiting, asker)).turn)

    async def _apologise(self, task: Task, sentence: str, reference: str, broke: Exception | None = None) -> None:
        conversation = str(task.lease.thread)
        log.error("turn.broke", exc_info=broke, extra={"reference": reference, "conversation": conversation})
        last, broken = task.last, type(broke).__name__ if broke else "gave_up"
        note(Audited("answer", last.team, last.channel, last.user, outcome="failure", error_type=broken))
        question = await self._responder.bare(task)
        shown = task.reply.text
        turn = replace(question.turn, answer=shown, failure=say(sentence, task.language, reference=reference))
        foot = Foot(question_ts=task.last.ts, has_versions=bool(turn.versions), language=task.language, is_failed=True)
        await self._ending.tell(task.lease, task.reply, turn, shown, foot)


def _one_turn(waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
    """What is answered together: an answer that is to be written anew goes by itself, and first."""
    again = tuple(message for message in waiting if message.redo or message.brief)
    return again[:1] or waiting


def _reference() -> str:
    return uuid.uuid4().hex[:8]


def _nobody(thread: ThreadId) -> Inbound:
    """For taking a reply off the screen whose question is gone."""
    return Inbound(thread.team, thread.channel, thread.root_ts, thread.root_ts, "", thread.team, "channel", "")

"""One attempt of one worker at a turn: begun, resumed or begun again, until it is committed or let go.

bot/README.md draws these states.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from bot.core.audit import AuditEvent, note
from bot.core.chosen_model import answered_by
from bot.core.money.payer import Bill, billed_to
from bot.core.people.preferences import Choice
from bot.core.ports import DeadLetters, Footer, ReasoningNote, Replies, Reply, Threads, TurnCommit, TurnStart
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation, Instructions, Turn
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import Lease, TurnTaken
from bot.core.turn.failures import MAX_ATTEMPTS, ended_by, step_after
from bot.core.turn.payment import payer_of, with_money
from bot.core.turn.respond import Responder, TurnParts
from bot.core.turn.state import Answer, Task
from bot.core.turn.telling import foot_of
from bot.core.waiting import THINKING
from bot.words import say, text

log = logging.getLogger(__name__)

UNEXPECTED = text("Something went wrong on my side (reference {reference}). Please ask again.")
GAVE_UP = text(
    "This question failed several times, so I've stopped. Please ask in another way (reference {reference})."
)

Begin = Callable[[ThreadId], Awaitable[TurnStart]]
NextStep = Callable[[], Awaitable[None]]


class Memory(Protocol):
    async def load(self, thread: ThreadId) -> Conversation: ...


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Where a turn comes from and where it goes: the threads, the screen, `dead_letters` for what can't be answered,
    `memory` for the words of a thread.
    """

    threads: Threads
    replies: Replies
    dead_letters: DeadLetters
    memory: Memory


class Attempt:
    """`begin` gives the thread as it waits, for when the turn has to begin again."""

    def __init__(
        self, parts: TurnParts, around: TurnContext, started: TurnStart, lease: Lease, begin: Begin, timeout_s: float
    ) -> None:
        self._parts = parts
        self._around = around
        self._responder = Responder(parts)
        self._started = started
        self._number = started.attempt
        self._lease = lease
        self._begin = begin
        self._timeout_s = timeout_s
        self._answer: Answer | None = None  # for as long as it can be ended early
        self._has_apologised = False

    async def run(self) -> None:
        """Raises what leaves the messages where they are: TurnTaken, StateError, SlackError."""
        lease, waiting = self._lease, self._started.waiting
        conversation = await self._around.memory.load(lease.thread)
        known = frozenset(ts for turn in conversation.turns for ts in turn.reply_ts)
        question = _one_turn(waiting)[-1] if waiting else _nobody(lease.thread)
        async with self._around.replies.open(question, lease, known) as reply:
            self._task = await self._asked(conversation, reply)
            step: NextStep = self._go_on
            while True:
                try:
                    await step()
                except asyncio.CancelledError:
                    await asyncio.shield(reply.hand_over())
                    raise
                except Exception as trouble:  # noqa: BLE001  # the one place where what breaks a turn is decided on
                    step = await self._after(trouble)
                else:
                    return

    async def _after(self, trouble: Exception) -> NextStep:
        """What there is to do then; raises the trouble again where that is nothing."""
        match step_after(trouble, self._number, is_answering=self._answer is not None):
            case "hand_over":
                await self._around.threads.release(self._lease.thread, self._lease.fence)
                raise trouble
            case "begin_again":
                return self._begin_again
            case "close":
                log.warning("turn.undeliverable", extra={"code": getattr(trouble, "code", "")})
                return self._close
            case "end_early":
                return partial(self._end_early, trouble)
            case "apologise" if not self._has_apologised:
                return partial(self._apologise, UNEXPECTED, _reference(), trouble)
            case _:
                raise trouble

    async def _asked(self, conversation: Conversation, reply: Reply) -> Task:
        waiting = _one_turn(self._started.waiting)
        return Task(waiting, conversation, self._lease, reply, await self._parts.composer.asker(waiting))

    # -- from where it stands ------------------------------------------------------------------------------------

    async def _go_on(self) -> None:
        """Begin, or resume where an earlier attempt was killed."""
        started, task, left = self._started, self._task, self._started.progress
        if left and left.turn and left.delivered:
            self._lease.progress = left
            await self._parts.ending.remember(self._lease, left.turn)
            return
        if task.waiting:
            task.reply.show_status(say(THINKING, task.language))
        if left is None and started.attempt > 1:
            # An attempt before us left no word: its words may have been lost while the store was away.
            left = Checkpoint(posting=True)
        if left:
            self._lease.take_over(left)
            await task.reply.discard(left)
        if not task.waiting:
            await task.reply.withdraw()
            await self._parts.ending.commit(self._lease, TurnCommit(()))
        elif left and left.turn and left.version == started.version:
            await self._show_again(left.turn)
        elif started.attempt > MAX_ATTEMPTS:
            await self._give_up()
        else:
            await self._respond()

    async def _begin_again(self) -> None:
        """The question has changed: with what waits now. What is on the screen stays ours."""
        self._answer = None
        await self._around.threads.release(self._lease.thread, self._lease.fence)
        started = await self._begin(self._lease.thread)
        if started.fence < 0:
            raise TurnTaken
        self._lease.renew(started.fence, started.version)
        self._started = replace(started, progress=None)
        self._task = await self._asked(self._task.conversation, self._task.reply)
        await self._task.reply.restart()
        await self._go_on()

    async def _respond(self) -> None:
        parts = self._parts
        await self._rewrite_in_place()
        choice = await parts.choices.choice(self._task.last)
        task = self._task = await self._instructed(choice)
        bill = parts.charges.bill(payer_of(task))
        model = parts.models.other(choice.model) if parts.models else ""
        artifacts = parts.setup.artifacts_of(task.lease.thread.team, task.before)
        answer = Answer(task, await self._responder.bare(task), choice, bill, model, artifacts)
        self._answer = answer
        with billed_to(bill), answered_by(model):
            async with parts.interrupts.turn(task.lease.thread, self._timeout_s):
                await self._responder.respond(answer)
        self._answer = None
        await self._finish(answer)

    async def _instructed(self, choice: Choice) -> Task:
        """A thread that begins keeps what is asked of its answers now."""
        task, freezes = self._task, self._parts.freezes
        if not (task.conversation.is_new and choice.instructions and freezes):
            return task
        frozen = await freezes.freeze(task.lease.thread, Instructions(choice.instructions))
        return replace(task, conversation=replace(task.conversation, instructions=frozen))

    async def _rewrite_in_place(self) -> None:
        """An answer that is written anew takes the place of the old one on the screen."""
        before = self._task.answered_before
        if before and before.reply_ts:
            await self._lease.adopt(before.reply_ts)
            await self._task.reply.restart()

    # -- to its end ----------------------------------------------------------------------------------------------

    async def _finish(self, answer: Answer) -> None:
        turn = answer.turn(answer.text)
        folded = answer.prepared.request.fitted.folded if answer.prepared else None
        told = await self._reasoning(turn, answer.choice, answer.bill)
        answer.audit("success")
        footer = await with_money(replace(foot_of(answer), told=told), answer, self._parts.charges)
        await self._parts.ending.finish(self._lease, self._task.reply, turn, footer, folded)

    async def _reasoning(self, turn: Turn, choice: Choice, bill: Bill) -> ReasoningNote | None:
        """For under the answer, where its asker wants to see it without a press. The answer is written down first."""
        parts, wanted = self._parts, choice.reasoning
        if parts.reasoning is None or not turn.reasoning or wanted not in {"summary", "full"}:
            return None
        await self._lease.answered(turn)
        with billed_to(bill):
            return await parts.reasoning.told(turn, in_full=wanted == "full", language=self._task.language)

    async def _show_again(self, turn: Turn) -> None:
        """An answer that an earlier attempt has left whole, with what its tools made."""
        task = self._task
        artifacts = self._parts.setup.artifacts_of(task.lease.thread.team, task.conversation)
        artifacts.add(turn)
        task.reply.show_artifacts(artifacts, task.language)
        choice, is_whole = await self._parts.choices.choice(task.last), not turn.failure
        bill = self._parts.charges.bill(payer_of(task))
        footer = Footer(
            question_ts=turn.said[-1].ts,
            has_reasoning=is_whole and bool(turn.reasoning) and choice.reasoning == "line",
            told=await self._reasoning(turn, choice, bill) if is_whole else None,
            has_versions=bool(turn.versions),
            language=task.language,
            is_failed=bool(turn.failure),
        )
        await self._parts.ending.tell(self._lease, task.reply, turn, footer=footer)

    async def _end_early(self, trouble: Exception) -> None:
        """With what there is of the answer, and why it ends there."""
        answer, self._answer = self._answer, None
        assert answer is not None
        ended = ended_by(trouble, answer, self._timeout_s)
        if ended.error:
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": ended.error})
        footer = await with_money(ended.footer, answer, self._parts.charges)
        shown = answer.text
        answer.audit(("partial" if answer.has_begun else "failure") if ended.error else "stopped", ended.error)
        turn = answer.turn(shown + answer.filters.end(), failure=say(ended.sentence, self._task.language))
        footer = replace(footer, has_versions=bool(turn.versions))
        await self._parts.ending.tell(self._lease, self._task.reply, turn, shown, footer)

    async def _give_up(self) -> None:
        reference = _reference()
        await self._around.dead_letters.put(reference, self._lease.thread, self._task.waiting)
        await self._apologise(GAVE_UP, reference)

    async def _apologise(self, sentence: str, reference: str, broke: Exception | None = None) -> None:
        self._answer, self._has_apologised = None, True
        task, last = self._task, self._task.last
        conversation, broken = str(task.lease.thread), type(broke).__name__ if broke else "gave_up"
        log.error("turn.broke", exc_info=broke, extra={"reference": reference, "conversation": conversation})
        note(AuditEvent("answer", last.team, last.channel, last.user, outcome="failure", error_type=broken))
        question = await self._responder.bare(task)
        shown = task.reply.text
        turn = replace(question.turn, answer=shown, failure=say(sentence, task.language, reference=reference))
        footer = Footer(question_ts=last.ts, has_versions=bool(turn.versions), language=task.language, is_failed=True)
        await self._parts.ending.tell(task.lease, task.reply, turn, shown, footer)

    async def _close(self) -> None:
        """Nothing can be shown there any more: the messages are done with."""
        waiting, done = self._started.waiting, TurnCommit(())
        if waiting:
            question = await self._parts.composer.bare(waiting, self._task.asker)
            done = TurnCommit(tuple(message.ts for message in waiting), question.turn)
        await self._parts.ending.commit(self._lease, done)


def _one_turn(waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
    """What is answered together: an answer that is to be written anew goes by itself, and first."""
    again = tuple(message for message in waiting if message.redo or message.brief)
    return again[:1] or waiting


def _reference() -> str:
    return uuid.uuid4().hex[:8]


def _nobody(thread: ThreadId) -> Inbound:
    """For taking a reply off the screen whose question is gone."""
    return Inbound(thread.team, thread.channel, thread.root_ts, thread.root_ts, "", thread.team, "channel", "")

"""An Attempt is one try of one worker at a turn: it begins or resumes the turn, and commits it or gives it back.

bot/README.md draws the states.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.core.audit import AuditEvent, note
from bot.core.chosen_model import answered_by
from bot.core.money.payer import Bill, billed_to
from bot.core.people.preferences import Choice
from bot.core.ports import Conversations, DeadLetters, Threads, TurnCommit, TurnStart
from bot.core.reply import Footer, ReasoningNote, Replies, Reply
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Conversation, Instructions
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import Lease, TurnTaken
from bot.core.thread.turn import Turn
from bot.core.turn.failures import MAX_ATTEMPTS, early_end, footer_again, step_after
from bot.core.turn.payment import payer_of, with_cost_lines
from bot.core.turn.respond import Responder, TurnParts
from bot.core.turn.state import Answer, Task
from bot.core.turn.telling import footer_of
from bot.core.waiting import THINKING
from bot.words import say, text

log = logging.getLogger(__name__)

UNEXPECTED = text("Something went wrong on my side (reference {reference}). Please ask again.")
GAVE_UP = text(
    "This question failed several times, so I've stopped. Please ask in another way (reference {reference})."
)

Begin = Callable[[ThreadId], Awaitable[TurnStart]]
NextStep = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Where a turn's messages come from and where its answer goes.

    `dead_letters` takes questions that failed too often. `memory` gives the conversation with its words, also where
    the store does not keep words.
    """

    threads: Threads
    replies: Replies
    dead_letters: DeadLetters
    memory: Conversations


class Attempt:
    """`begin` begins a turn of the same thread once more, with the messages as they are then."""

    def __init__(
        self, parts: TurnParts, context: TurnContext, started: TurnStart, lease: Lease, begin: Begin, timeout_s: float
    ) -> None:
        self._parts = parts
        self._context = context
        self._responder = Responder(parts)
        self._started = started
        self._number = started.attempt
        self._lease = lease
        self._begin = begin
        self._timeout_s = timeout_s
        self._answer: Answer | None = None  # set while the answer can be ended early
        self._has_apologised = False

    async def run(self) -> None:
        """Raises TurnTaken, StateError and SlackError; after these the messages keep waiting."""
        lease, waiting = self._lease, self._started.waiting
        conversation = await self._context.memory.load(lease.thread)
        known = frozenset(ts for turn in conversation.turns for ts in turn.reply_ts)
        question = _messages_of_turn(waiting)[-1] if waiting else _placeholder_question(lease.thread)
        async with self._context.replies.open(question, lease, known) as reply:
            self._task = await self._task_of(conversation, reply)
            step: NextStep = self._go_on
            while True:
                try:
                    await step()
                except asyncio.CancelledError:
                    await asyncio.shield(reply.hand_over())
                    raise
                except Exception as error:  # noqa: BLE001  # only here it is decided what an error does to a turn
                    step = await self._step_after(error)
                else:
                    return

    async def _step_after(self, error: Exception) -> NextStep:
        """Return the next step. Raise the error again when the turn is to be given back."""
        match step_after(error, self._number, is_answering=self._answer is not None):
            case "hand_over":
                await self._context.threads.release(self._lease.thread, self._lease.fence)
                raise error
            case "begin_again":
                return self._begin_again
            case "close":
                log.warning("turn.undeliverable", extra={"code": getattr(error, "code", "")})
                return self._close
            case "end_early":
                return partial(self._end_early, error)
            case "apologise" if not self._has_apologised:
                return partial(self._apologise, UNEXPECTED, _reference(), error)
            case _:
                raise error

    async def _task_of(self, conversation: Conversation, reply: Reply) -> Task:
        waiting = _messages_of_turn(self._started.waiting)
        return Task(waiting, conversation, self._lease, reply, await self._parts.composer.asker(waiting))

    # -- begin, resume, begin again ------------------------------------------------------------------------------

    async def _go_on(self) -> None:
        """Begin the turn, or resume it where an earlier attempt was killed."""
        started, task, checkpoint = self._started, self._task, self._started.progress
        if checkpoint and checkpoint.turn and checkpoint.delivered:
            self._lease.progress = checkpoint
            await self._parts.ending.remember(self._lease, checkpoint.turn)
            return
        if task.waiting:
            task.reply.show_status(say(THINKING, task.language))
        if checkpoint is None and started.attempt > 1:
            # The earlier attempt left no checkpoint. It may have posted while the store was away.
            checkpoint = Checkpoint(posting=True)
        if checkpoint:
            self._lease.take_over(checkpoint)
            await task.reply.discard(checkpoint)
        if not task.waiting:
            await task.reply.withdraw()
            await self._parts.ending.commit(self._lease, TurnCommit(()))
        elif checkpoint and checkpoint.turn and checkpoint.version == started.version:
            await self._show_again(checkpoint.turn)
        elif started.attempt > MAX_ATTEMPTS:
            await self._give_up()
        else:
            await self._respond()

    async def _begin_again(self) -> None:
        """Begin with the messages as they are now, because the question has changed. The new answer takes the place of
        the one on the screen.
        """
        self._answer = None
        await self._context.threads.release(self._lease.thread, self._lease.fence)
        started = await self._begin(self._lease.thread)
        if started.fence < 0:
            raise TurnTaken
        self._lease.renew(started.fence, started.version)
        self._started = replace(started, progress=None)
        self._task = await self._task_of(self._task.conversation, self._task.reply)
        await self._task.reply.restart()
        await self._go_on()

    async def _respond(self) -> None:
        parts = self._parts
        await self._rewrite_in_place()
        choice = await parts.choices.choice(self._task.last)
        task = self._task = await self._with_instructions(choice)
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

    async def _with_instructions(self, choice: Choice) -> Task:
        """Store the instructions when the thread is new: all its later turns use the same ones."""
        task, store = self._task, self._parts.frozen_instructions
        if not (task.conversation.is_new and choice.instructions and store):
            return task
        frozen = await store.freeze(task.lease.thread, Instructions(choice.instructions))
        return replace(task, conversation=replace(task.conversation, instructions=frozen))

    async def _rewrite_in_place(self) -> None:
        """Let a regenerated answer take the place of the old one on the screen."""
        old_turn = self._task.answered_before
        if old_turn and old_turn.reply_ts:
            await self._lease.adopt(old_turn.reply_ts)
            await self._task.reply.restart()

    # -- end -----------------------------------------------------------------------------------------------------

    async def _finish(self, answer: Answer) -> None:
        turn = answer.turn(answer.text)
        folded = answer.prepared.request.fitted.folded if answer.prepared else None
        reasoning_note = await self._reasoning_note(turn, answer.choice, answer.bill)
        answer.audit("success")
        footer = await with_cost_lines(
            replace(footer_of(answer), reasoning_note=reasoning_note), answer, self._parts.charges
        )
        await self._parts.ending.finish(self._lease, self._task.reply, turn, footer, folded)

    async def _reasoning_note(self, turn: Turn, choice: Choice, bill: Bill) -> ReasoningNote | None:
        """Return the note for people who have chosen to see the reasoning without pressing a button.

        The answer is recorded first: the summary takes seconds, and a crash must not cost the answer.
        """
        parts, wanted = self._parts, choice.reasoning
        if parts.reasoning is None or not turn.reasoning or wanted not in {"summary", "full"}:
            return None
        await self._lease.answered(turn)
        with billed_to(bill):
            return await parts.reasoning.note(turn, in_full=wanted == "full", language=self._task.language)

    async def _show_again(self, turn: Turn) -> None:
        """Show the complete answer of an earlier attempt, with the artifacts of its tools."""
        task = self._task
        artifacts = self._parts.setup.artifacts_of(task.lease.thread.team, task.conversation)
        artifacts.add(turn)
        task.reply.show_artifacts(artifacts, task.language)
        choice, is_complete = await self._parts.choices.choice(task.last), not turn.failure
        bill = self._parts.charges.bill(payer_of(task))
        footer = replace(
            footer_again(turn, task.language),
            has_reasoning=is_complete and bool(turn.reasoning) and choice.reasoning == "line",
            reasoning_note=await self._reasoning_note(turn, choice, bill) if is_complete else None,
        )
        await self._parts.ending.tell(self._lease, task.reply, turn, footer=footer)

    async def _end_early(self, error: Exception) -> None:
        """End the turn with the text there is so far, and a sentence that says why it ends."""
        answer, self._answer = self._answer, None
        assert answer is not None
        end = early_end(error, answer, self._timeout_s)
        if end.error:
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": end.error})
        footer = await with_cost_lines(end.footer, answer, self._parts.charges)
        shown = answer.text
        answer.audit(("partial" if answer.has_begun else "failure") if end.error else "stopped", end.error)
        turn = answer.turn(shown + answer.filters.end(), failure=say(end.sentence, self._task.language))
        turn, footer = replace(turn, ended=end.ended), replace(footer, has_versions=bool(turn.versions))
        await self._parts.ending.tell(self._lease, self._task.reply, turn, shown, footer)

    async def _give_up(self) -> None:
        reference = _reference()
        await self._context.dead_letters.put(reference, self._lease.thread, self._task.waiting)
        await self._apologise(GAVE_UP, reference)

    async def _apologise(self, sentence: str, reference: str, error: Exception | None = None) -> None:
        self._answer, self._has_apologised = None, True
        task, last = self._task, self._task.last
        conversation, error_type = str(task.lease.thread), type(error).__name__ if error else "gave_up"
        log.error("turn.broke", exc_info=error, extra={"reference": reference, "conversation": conversation})
        note(AuditEvent("answer", last.team, last.channel, last.user, outcome="failure", error_type=error_type))
        question = await self._responder.bare(task)
        shown = task.reply.text
        turn = replace(question.turn, answer=shown, failure=say(sentence, task.language, reference=reference))
        footer = Footer(question_ts=last.ts, has_versions=bool(turn.versions), language=task.language, is_failed=True)
        await self._parts.ending.tell(task.lease, task.reply, turn, shown, footer)

    async def _close(self) -> None:
        """Commit the messages without an answer, because Slack shows nothing there any more."""
        waiting, commit = self._started.waiting, TurnCommit(())
        if waiting:
            question = await self._parts.composer.bare(waiting, self._task.asker)
            commit = TurnCommit(tuple(message.ts for message in waiting), question.turn)
        await self._parts.ending.commit(self._lease, commit)


def _messages_of_turn(waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
    """Return the messages that one turn answers together. A regenerated answer and an ordered summary are turns of
    their own, and come first.
    """
    alone = tuple(message for message in waiting if message.redo or message.brief)
    return alone[:1] or waiting


def _reference() -> str:
    return uuid.uuid4().hex[:8]


def _placeholder_question(thread: ThreadId) -> Inbound:
    """A reply needs a question to open. This one serves to take a reply off the screen whose question was deleted."""
    return Inbound(thread.team, thread.channel, thread.root_ts, thread.root_ts, "", thread.team, "channel", "")

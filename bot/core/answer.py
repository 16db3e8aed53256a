"""Answering a thread: everything that waits in it, once, whatever happens on the way (design §4.4–4.8)."""

import asyncio
import logging
import uuid
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.core.compose import Composer, Question
from bot.core.conversation import Conversation, Folded, Turn
from bot.core.inbound import Inbound, ThreadId
from bot.core.lease import Lease, TurnTaken
from bot.core.ports import Model, Replies, Reply, Started, Threads
from bot.core.receipt import footer_lines
from bot.core.request import Request, Requests
from bot.core.turn import Outcome, run_turn
from bot.errors import AnswerEmpty, BotError, ContextTooLong, ModelTimeout, SlackError, StateError

log = logging.getLogger(__name__)

THINKING = "is thinking…"
LOOKING = "is looking at {count} files…"
LOOKING_AT_ONE = "is looking at {name}…"
TROUBLE = "⚠️ {sentence}"
UNEXPECTED = "Something went wrong on my side (reference {reference}). Please ask again."
GAVE_UP = "I broke down on this several times (reference {reference}). Please ask it in another way."
MAX_ATTEMPTS = 3
ROOM_AFTER_REFUSAL = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """`commit_patience_s`: how long an outage of the store a finished turn waits out before it is left to a retry."""

    turn_timeout_s: float = 600.0
    commit_patience_s: float = 60.0


class Answerer:
    """The use case behind every question; `answer` is what a job runs."""

    def __init__(
        self, threads: Threads, composer: Composer, requests: Requests, model: Model, replies: Replies, limits: Limits
    ) -> None:
        self._threads = threads
        self._composer = composer
        self._requests = requests
        self._model = model
        self._replies = replies
        self._limits = limits

    async def answer(self, thread: ThreadId) -> None:
        """Answer all that waits in the thread.

        Raises StateError or SlackError when the state or Slack is away: the messages stay where they are and the
        job is to be run again. Every other trouble ends in a sentence in the thread.
        """
        while True:
            started = await self._threads.begin(thread)
            if not started.waiting:
                return
            lease = Lease(self._threads, thread, started.fence)
            try:
                await self._attempt(started, lease)
            except TurnTaken:
                log.info("turn.taken_over", extra={"conversation": str(thread)})
                return
            except asyncio.CancelledError:
                # Handed over, not failed.
                await asyncio.shield(self._threads.release(thread, started.fence))
                raise

    async def _attempt(self, started: Started, lease: Lease) -> None:
        left = started.progress
        if left and left.turn and left.delivered:
            lease.progress = left
            await self._commit(lease, left.turn)
            return
        conversation = await self._threads.load(lease.thread)
        known = frozenset(ts for turn in conversation.turns for ts in turn.reply_ts)
        async with self._replies.open(started.waiting[-1], lease, known) as reply:
            try:
                await self._take(started, conversation, lease, reply)
            except asyncio.CancelledError:
                await asyncio.shield(reply.hand_over())
                raise
            except SlackError as refused:
                if not refused.is_final:
                    await self._threads.release(lease.thread, lease.fence)
                    raise
                log.warning("turn.undeliverable", extra={"code": refused.code})
                await self._commit(lease, await self._composer.bare(started.waiting))
            except (TurnTaken, StateError):
                raise
            except Exception as broke:  # noqa: BLE001  # the one place where a turn that broke becomes a sentence
                await self._apologise(started, lease, reply, UNEXPECTED, broke)

    async def _take(self, started: Started, conversation: Conversation, lease: Lease, reply: Reply) -> None:
        """Begin, or go on where an earlier attempt was killed."""
        reply.show_status(THINKING)
        if left := started.progress:
            lease.progress = left
            await reply.discard(left)
        if left and left.turn:
            await self._tell(lease, reply, left.turn)
        elif started.attempt > MAX_ATTEMPTS:
            await self._apologise(started, lease, reply, GAVE_UP)
        else:
            await self._respond(started, conversation, lease, reply)

    async def _respond(self, started: Started, conversation: Conversation, lease: Lease, reply: Reply) -> None:
        """The way of a question that nothing is known of yet: look, think, write, remember."""
        waiting = await self._composer.complete(started.waiting)
        if status := _looking(waiting):
            reply.show_status(status)
        question = await self._composer.question(waiting, conversation)
        outcome = Outcome()
        try:
            async with asyncio.timeout(self._limits.turn_timeout_s):
                request = await self._ask(waiting[-1], conversation, question, outcome, reply)
        except (TurnTaken, StateError, SlackError):
            raise
        except (TimeoutError, BotError) as trouble:
            error = trouble if isinstance(trouble, BotError) else ModelTimeout("turn")
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": type(error).__name__})
            await self._tell(lease, reply, replace(_turn(question, outcome), failure=error.user_message), outcome)
        else:
            footer = _footer(question, request, conversation, outcome)
            await self._finish(lease, reply, _turn(question, outcome), footer, request.fitted.folded)

    async def _ask(
        self, last: Inbound, conversation: Conversation, question: Question, outcome: Outcome, reply: Reply
    ) -> Request:
        request = await self._requests.build(last, conversation, question.turn)
        try:
            await self._stream(request, outcome, reply)
        except ContextTooLong:
            if outcome.text:
                raise
            # Our estimate of tokens was too low: once more, with half the room.
            request = await self._requests.build(last, conversation, question.turn, ROOM_AFTER_REFUSAL)
            await self._stream(request, outcome, reply)
        if not outcome.answer.strip():
            raise AnswerEmpty
        return request

    async def _stream(self, request: Request, outcome: Outcome, reply: Reply) -> None:
        async with aclosing(run_turn(self._model, request.ask, outcome)) as pieces:
            async for piece in pieces:
                reply.write(piece)

    async def _apologise(
        self, started: Started, lease: Lease, reply: Reply, sentence: str, broke: Exception | None = None
    ) -> None:
        reference = uuid.uuid4().hex[:8]
        log.error("turn.broke", exc_info=broke, extra={"reference": reference, "conversation": str(lease.thread)})
        asked = await self._composer.bare(started.waiting)
        await self._tell(lease, reply, replace(asked, failure=sentence.format(reference=reference)))

    async def _tell(self, lease: Lease, reply: Reply, turn: Turn, outcome: Outcome | None = None) -> None:
        """Show a turn the model has nothing more to say to: a failure under what is already there (`outcome`), or
        an answer that was complete before a crash.
        """
        shown = outcome.answer if outcome else ""
        text = turn.answer.removeprefix(shown)
        if turn.failure:
            text += ("\n\n" if turn.answer else "") + TROUBLE.format(sentence=turn.failure)
        reply.write(text)
        await self._finish(lease, reply, turn, ())

    async def _finish(
        self, lease: Lease, reply: Reply, turn: Turn, footer: tuple[str, ...], folded: Folded | None = None
    ) -> None:
        await lease.answered(turn)
        await reply.finish(footer)
        turn = replace(turn, reply_ts=lease.progress.reply_ts)
        await lease.delivered(turn)
        await self._commit(lease, turn, folded)

    async def _commit(self, lease: Lease, turn: Turn, folded: Folded | None = None) -> None:
        """The end of a turn. The store may be away for a while: what is shown and paid for is not thrown away."""
        answered = [said.ts for said in turn.said]
        deadline = asyncio.get_running_loop().time() + self._limits.commit_patience_s
        while True:
            try:
                held = await self._threads.commit(lease.thread, lease.fence, answered, turn, folded)
            except StateError:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(1)
                continue
            if not held:
                raise TurnTaken
            return


def _turn(question: Question, outcome: Outcome) -> Turn:
    return replace(
        question.turn,
        answer=outcome.answer,
        reasoning="".join(outcome.reasoning),
        thought_s=round(outcome.thought_s, 1),
        spent=outcome.spent,
    )


def _footer(question: Question, request: Request, before: Conversation, outcome: Outcome) -> tuple[str, ...]:
    fitted = request.fitted
    pictures = {picture.number: picture for turn in fitted.kept for picture in turn.pictures}
    at_limit = outcome.finished is not None and outcome.finished.reason == "length"
    return footer_lines(
        question.receipt,
        tuple(pictures[number] for number in fitted.shrunk),
        folded=fitted.folded.turns > before.folded.turns,
        at_limit=at_limit,
    )


def _looking(waiting: tuple[Inbound, ...]) -> str:
    files = [file for message in waiting for file in message.files]
    if not files:
        return ""
    return LOOKING_AT_ONE.format(name=files[0].name) if len(files) == 1 else LOOKING.format(count=len(files))

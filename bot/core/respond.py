"""Asking the model and showing what it says: the way of a question that nothing is known of yet."""

import logging
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.core.compose import Composer, Question
from bot.core.conversation import Conversation, Turn
from bot.core.ending import Ending
from bot.core.inbound import Inbound
from bot.core.interrupts import Interrupted, Interrupts
from bot.core.lease import Lease, TurnTaken
from bot.core.ports import Model, Reply
from bot.core.receipt import footer_lines
from bot.core.request import Request, Requests
from bot.core.turn import Outcome, run_turn
from bot.errors import AnswerEmpty, BotError, ContextTooLong, SlackError, StateError

log = logging.getLogger(__name__)

LOOKING = "is looking at {count} files…"
LOOKING_AT_ONE = "is looking at {name}…"
STOPPED = "⏹ _{sentence}_"
STOPPED_SENTENCE = "Stopped."
ROOM_AFTER_REFUSAL = 0.5


@dataclass(frozen=True, slots=True)
class Task:
    """A turn under way: what waits to be answered, what was said before, the right to write, the screen."""

    waiting: tuple[Inbound, ...]
    conversation: Conversation
    lease: Lease
    reply: Reply


class Responder:
    def __init__(
        self,
        composer: Composer,
        requests: Requests,
        model: Model,
        ending: Ending,
        interrupts: Interrupts,
        turn_timeout_s: float,
    ) -> None:
        self._composer = composer
        self._requests = requests
        self._model = model
        self._ending = ending
        self._interrupts = interrupts
        self._turn_timeout_s = turn_timeout_s

    async def respond(self, task: Task) -> None:
        """Look, think, write, remember. Raises Interrupted when the question has changed: ask again."""
        outcome = Outcome()
        question = await self._composer.bare(task.waiting)
        try:
            async with self._interrupts.turn(task.lease.thread, self._turn_timeout_s):
                question = await self._question(task)
                request = await self._ask(task, question, outcome)
        except (TurnTaken, StateError, SlackError):
            raise
        except Interrupted as told:
            if told.nudge == "changed":
                raise
            turn = replace(_turn(question, outcome), failure=STOPPED_SENTENCE)
            await self._ending.tell(task.lease, task.reply, turn, outcome.answer, STOPPED)
        except BotError as error:
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": type(error).__name__})
            turn = replace(_turn(question, outcome), failure=error.user_message)
            await self._ending.tell(task.lease, task.reply, turn, outcome.answer)
        else:
            footer = _footer(question, request, task.conversation, outcome)
            await self._ending.finish(task.lease, task.reply, _turn(question, outcome), footer, request.fitted.folded)

    async def _question(self, task: Task) -> Question:
        waiting = await self._composer.complete(task.waiting)
        if status := _looking(waiting):
            task.reply.show_status(status)
        return await self._composer.question(waiting, task.conversation)

    async def _ask(self, task: Task, question: Question, outcome: Outcome) -> Request:
        last, conversation = task.waiting[-1], task.conversation
        request = await self._requests.build(last, conversation, question.turn)
        try:
            await self._stream(request, outcome, task.reply)
        except ContextTooLong:
            if outcome.text:
                raise
            # Our estimate of tokens was too low: once more, with half the room.
            request = await self._requests.build(last, conversation, question.turn, ROOM_AFTER_REFUSAL)
            await self._stream(request, outcome, task.reply)
        if not outcome.answer.strip():
            raise AnswerEmpty
        return request

    async def _stream(self, request: Request, outcome: Outcome, reply: Reply) -> None:
        async with aclosing(run_turn(self._model, request.ask, outcome)) as pieces:
            async for piece in pieces:
                reply.write(piece)


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

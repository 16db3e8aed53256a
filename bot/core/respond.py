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
from bot.core.ports import Choices, Foot, Model, Reply
from bot.core.preferences import Choice
from bot.core.receipt import Facts, footer_lines
from bot.core.request import Request, Requests
from bot.core.thinking import decide
from bot.core.turn import Outcome, run_turn
from bot.errors import AnswerEmpty, BotError, ContextTooLong, SlackError, StateError
from bot.words import say, text

log = logging.getLogger(__name__)

LOOKING = text("is looking at {count} files…")
LOOKING_AT_ONE = text("is looking at {name}…")
STOPPED_SENTENCE = text("Stopped.")
ROOM_AFTER_REFUSAL = 0.5


@dataclass(frozen=True, slots=True)
class Task:
    """A turn under way: what waits to be answered, what was said before, the right to write, the screen."""

    waiting: tuple[Inbound, ...]
    conversation: Conversation
    lease: Lease
    reply: Reply
    language: str = "en"

    @property
    def redo(self) -> bool:
        return bool(self.waiting) and self.waiting[0].redo != ""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a responder works with."""

    composer: Composer
    requests: Requests
    model: Model
    ending: Ending
    interrupts: Interrupts
    choices: Choices


@dataclass(frozen=True, slots=True)
class Responded:
    """What came of it: the turn as it was answered, and what its asker has chosen."""

    turn: Turn
    choice: Choice


class Responder:
    def __init__(self, tools: Tools, turn_timeout_s: float) -> None:
        self._tools = tools
        self._turn_timeout_s = turn_timeout_s

    async def respond(self, task: Task) -> Responded | None:
        """Look, think, write, remember; None when there is no whole answer.

        Raises Interrupted when the question has changed: ask again.
        """
        outcome = Outcome()
        question = await self._tools.composer.bare(task.waiting)
        choice = await self._tools.choices.choice(task.waiting[-1])
        try:
            async with self._tools.interrupts.turn(task.lease.thread, self._turn_timeout_s):
                question = await self._question(task, choice)
                request = await self._ask(task, question, outcome)
        except (TurnTaken, StateError, SlackError):
            raise
        except Interrupted as told:
            if told.nudge == "changed":
                raise
            await self._end_early(task, question, outcome, say(STOPPED_SENTENCE, task.language), is_stopped=True)
        except BotError as error:
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": type(error).__name__})
            await self._end_early(task, question, outcome, say(error.user_message, task.language))
        else:
            turn = _turn(question, outcome)
            foot = _foot(task, question, request, outcome, choice)
            await self._tools.ending.finish(task.lease, task.reply, turn, foot, request.fitted.folded)
            return Responded(turn, choice)
        return None

    async def _end_early(
        self, task: Task, question: Question, outcome: Outcome, sentence: str, *, is_stopped: bool = False
    ) -> None:
        turn = replace(_turn(question, outcome), failure=sentence)
        foot = Foot(question_ts=task.waiting[-1].ts, is_stopped=is_stopped, language=task.language)
        await self._tools.ending.tell(task.lease, task.reply, turn, outcome.answer, foot)

    async def _question(self, task: Task, choice: Choice) -> Question:
        composer = self._tools.composer
        if task.redo:
            question = composer.again(task.waiting[0], task.conversation, await composer.asker(task.waiting))
            if question is not None:
                return replace(question, turn=replace(question.turn, thinking=question.think))
        waiting = await composer.complete(task.waiting)
        if status := _looking(waiting, task.language):
            task.reply.show_status(status)
        question = await composer.question(waiting, task.conversation)
        thinking = decide(choice.thinking, question.think, question.turn, task.conversation)
        return replace(question, turn=replace(question.turn, thinking=thinking))

    async def _ask(self, task: Task, question: Question, outcome: Outcome) -> Request:
        last, turn = task.waiting[-1], question.turn
        conversation = task.conversation.before(turn) if turn.number else task.conversation
        requests = self._tools.requests
        request = await requests.build(last, conversation, turn)
        try:
            await self._stream(request, outcome, task.reply)
        except ContextTooLong:
            if outcome.text:
                raise
            # Our estimate of tokens was too low: once more, with half the room.
            request = await requests.build(last, conversation, turn, ROOM_AFTER_REFUSAL)
            await self._stream(request, outcome, task.reply)
        if not outcome.answer.strip():
            raise AnswerEmpty
        return request

    async def _stream(self, request: Request, outcome: Outcome, reply: Reply) -> None:
        async with aclosing(run_turn(self._tools.model, request.ask, outcome)) as pieces:
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


def _foot(task: Task, question: Question, request: Request, outcome: Outcome, choice: Choice) -> Foot:
    fitted = request.fitted
    pictures = {picture.number: picture for turn in fitted.kept for picture in turn.pictures}
    has_reasoning = bool(outcome.reasoning) and choice.reasoning != "off"
    facts = Facts(
        question.receipt,
        tuple(pictures[number] for number in fitted.shrunk),
        is_folded=fitted.folded.turns > task.conversation.folded.turns,
        is_at_limit=outcome.finished is not None and outcome.finished.reason == "length",
        thought_s=outcome.thought_s if has_reasoning else 0.0,
    )
    return Foot(
        lines=footer_lines(facts, task.language),
        question_ts=task.waiting[-1].ts,
        has_reasoning=has_reasoning,
        has_versions=bool(question.turn.versions),
        language=task.language,
    )


def _looking(waiting: tuple[Inbound, ...], language: str) -> str:
    files = [file for message in waiting for file in message.files]
    if not files:
        return ""
    return (
        say(LOOKING_AT_ONE, language, name=files[0].name)
        if len(files) == 1
        else say(LOOKING, language, count=len(files))
    )

"""Asking the model and showing what it says: the way of a question that nothing is known of yet."""

import asyncio
import logging
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass, replace

from bot.core.agent.loop import run_turn
from bot.core.agent.setup import Equipment, spec_tokens
from bot.core.agent.toolbox import Toolbox
from bot.core.brief import Brief
from bot.core.chosen_model import answered_by, check_sight
from bot.core.citations.filter import Citations
from bot.core.citations.transcript import SPEAKER
from bot.core.conversation import Conversation, Instructions, Turn
from bot.core.events import Retold, Waiting
from bot.core.grounding.draw import Grounding
from bot.core.inbound import ThreadId
from bot.core.interrupts import Interrupted, Interrupts
from bot.core.lease import TurnTaken
from bot.core.models import Models
from bot.core.money.charges import FREE, Charges
from bot.core.money.payer import billed_to
from bot.core.people.preferences import Choice
from bot.core.ports import Choices, Foot, Freezes, Model, Reply
from bot.core.prompt.question import Composer, Question
from bot.core.prompt.request import Requests, Room
from bot.core.prompt.rewritten import back_to
from bot.core.prompt.thinking import decide
from bot.core.summaries.summaries import Order as Summary
from bot.core.summaries.summaries import Summaries
from bot.core.turn.finish import Ending
from bot.core.turn.output import TextFilters
from bot.core.turn.payment import ask_for_cost, foot_after, payer_of, with_money
from bot.core.turn.state import Run, Task
from bot.core.turn.telling import foot_of, looking, watching
from bot.core.waiting import THINKING, waiting_words
from bot.core.webpages.actions import Orders, order_in
from bot.core.webpages.publish import Order, Workshop
from bot.errors import (
    BUSY_THROUGHOUT,
    AnswerCut,
    AnswerEmpty,
    BotError,
    ContextTooLong,
    ModelBusy,
    ModelTimeout,
    ModelUnreachable,
    SlackError,
    StateError,
)
from bot.words import say, text

log = logging.getLogger(__name__)

STOPPED_SENTENCE = text("Stopped.")
ROOM_AFTER_REFUSAL = 0.5
RESTART_WAITS_S = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a responder works with."""

    composer: Composer
    requests: Requests
    model: Model
    ending: Ending
    interrupts: Interrupts
    choices: Choices
    equipment: Equipment
    grounding: Grounding
    workshop: Workshop
    orders: Orders
    summaries: Summaries
    charges: Charges = FREE
    models: Models | None = None
    freezes: Freezes | None = None


@dataclass(frozen=True, slots=True)
class Responded:
    """What came of it: the turn as it was answered, and what its asker has chosen."""

    turn: Turn
    choice: Choice


class Responder:
    def __init__(self, tools: Tools, turn_timeout_s: float) -> None:
        self._tools = tools
        self._turn_timeout_s = turn_timeout_s

    def listening(self, thread: ThreadId) -> AbstractContextManager[None]:
        """A Stop counts from here on, though a turn begins with looking things up."""
        return self._tools.interrupts.expecting(thread)

    async def bare(self, task: Task) -> Question:
        """The question as far as it is known without looking anything up, for when something goes wrong."""
        composer = self._tools.composer
        if task.redo:
            # It keeps its place, and the answers there were.
            question = composer.again(task.waiting[0], task.conversation)
            if question is not None:
                return question
        return await composer.bare(task.waiting, task.asker, task.conversation)

    async def respond(self, task: Task) -> Responded | None:
        """Look, think, write, remember; None when there is no whole answer.

        Raises Interrupted when the question has changed: ask again.
        """
        bill = self._tools.charges.bill(payer_of(task))
        run = Run(await self.bare(task), bill=bill)
        choice = await self._tools.choices.choice(task.last)
        task = await self._instructed(task, choice)
        model = self._tools.models.other(choice.model) if self._tools.models else ""
        with billed_to(bill), answered_by(model):
            return await self._respond(task, run, choice)

    async def _instructed(self, task: Task, choice: Choice) -> Task:
        """A thread that begins keeps what is asked of its answers now."""
        conversation = task.conversation
        if not (conversation.is_new and choice.instructions and self._tools.freezes):
            return task
        frozen = await self._tools.freezes.freeze(task.lease.thread, Instructions(choice.instructions))
        return replace(task, conversation=replace(conversation, instructions=frozen))

    async def _respond(self, task: Task, run: Run, choice: Choice) -> Responded | None:
        try:
            async with self._tools.interrupts.turn(task.lease.thread, self._turn_timeout_s):
                run.question = await self._question(task, choice)
                brief = task.waiting[0].brief or run.question.turn.brief
                if brief and task.waiting[0].redo != "version":
                    await self._ordered(task, run, brief)
                await self._write(task, run)
        except (TurnTaken, StateError, SlackError):
            raise
        except Interrupted as told:
            if told.nudge == "changed":
                raise
            has_begun = bool(run.filters.text.strip())
            foot = replace(foot_of(task, run, choice), is_stopped=True, can_continue=has_begun, is_failed=not has_begun)
            await self._end_early(task, run, STOPPED_SENTENCE, await with_money(foot, run, choice, self._tools.charges))
        except BotError as failure:
            error = self._waited_out(failure, run)
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": type(error).__name__})
            can_continue = isinstance(error, ModelTimeout | AnswerCut) and bool(run.filters.text.strip())
            foot = replace(foot_after(error, task), can_continue=can_continue)
            foot = await with_money(foot, run, choice, self._tools.charges)
            await self._end_early(task, run, error.user_message, foot, type(error).__name__)
        else:
            turn = run.turn(run.filters.text)
            folded = run.request.fitted.folded if run.request else None
            run.audit(task, "success")
            foot = await with_money(foot_of(task, run, choice), run, choice, self._tools.charges)
            await self._tools.ending.finish(task.lease, task.reply, turn, foot, folded)
            return Responded(turn, choice)
        return None

    async def show_again(self, task: Task, turn: Turn) -> None:
        """An answer that an earlier attempt has left whole, with what its tools made."""
        album = self._tools.equipment.albums(task.lease.thread.team, task.conversation)
        album.add(turn)
        task.reply.show_exhibits(album, task.language)
        foot = Foot(
            question_ts=turn.said[-1].ts,
            has_versions=bool(turn.versions),
            language=task.language,
            is_failed=bool(turn.failure),
        )
        await self._tools.ending.tell(task.lease, task.reply, turn, foot=foot)

    async def _end_early(self, task: Task, run: Run, sentence: str, foot: Foot, error: str = "") -> None:
        shown = run.filters.text
        run.audit(task, ("partial" if shown.strip() else "failure") if error else "stopped", error)
        turn = replace(run.turn(shown + run.filters.end()), failure=say(sentence, task.language))
        foot = replace(foot, has_versions=bool(turn.versions))
        await self._tools.ending.tell(task.lease, task.reply, turn, shown, foot)

    async def _question(self, task: Task, choice: Choice) -> Question:
        composer = self._tools.composer
        if version := self._version(task):
            return Question(version[0])
        if task.redo and not task.is_edited:
            question = composer.again(task.waiting[0], task.conversation)
            if question is not None:
                return replace(question, turn=replace(question.turn, thinking=question.think))
        waiting = await composer.complete(task.waiting)
        if status := looking(waiting, task.language):
            task.reply.show_status(status)
        watch = watching(task)
        question = await composer.edited(waiting, task.conversation, task.asker, watch) if task.is_edited else None
        question = question or await composer.question(waiting, task.conversation, task.asker, watch)
        thinking = decide(choice.thinking, question.think, question.turn, task.conversation)
        return replace(question, turn=replace(question.turn, thinking=thinking))

    def _version(self, task: Task) -> tuple[Turn, str] | None:
        """An earlier answer that is to stand again, and the question it is of."""
        first = task.waiting[0]
        before = task.conversation.turn_of(first.ts) if first.redo == "version" else None
        return back_to(before, int(first.order)) if before and first.order.isdecimal() else None

    async def _ordered(self, task: Task, run: Run, brief: Brief) -> None:
        # What was said elsewhere is gathered anew when a summary is written anew.
        said = tuple(said for said in run.question.turn.said if said.speaker != SPEAKER)
        question = replace(run.question, turn=replace(run.question.turn, said=said, brief=brief))
        run.summary = await self._tools.summaries.order(replace(task.waiting[0], brief=brief), question, task.asker)
        run.question = replace(question, turn=run.summary.turn)

    async def _digested(self, task: Task, run: Run, summary: Summary) -> tuple[Turn, Citations]:
        """The turn as the model is asked; the thread remembers it as it was ordered."""
        approve = self._tools.equipment.approval(task.last, task.asker, task.reply)
        digested = await self._tools.summaries.digest(summary, task.language, task.reply.show_status, approve)
        run.outcome.spent, run.outcome.fell_back = digested.spent, digested.fell_back
        run.question = replace(run.question, receipt=digested.receipt(run.question.receipt))
        return digested.turn, Citations(digested.sources, task.language, has_looked=run.has_looked)

    async def _write(self, task: Task, run: Run) -> None:
        last, turn, tools = task.last, run.question.turn, self._tools
        before = task.conversation.before(turn) if turn.number else task.conversation
        run.album, toolbox = await tools.equipment.lay_out(last, before, turn, task.reply, task.asker)
        run.toolbox = toolbox
        if await self._needs_no_model(task, run, before):
            return
        if run.summary:
            turn, citations = await self._digested(task, run, run.summary)
        else:
            citable = await tools.summaries.citable(last.team, [*before.turns, turn])
            citations = Citations(citable, task.language, is_strict=False, has_looked=run.has_looked)
        run.filters = TextFilters(citations, points=bool(run.album.newest))
        await self._asked(task, run, turn, before)
        task.reply.write(run.filters.end())
        run.tell_of_page(task)
        for words in [await self._published(task, run, before), await self._marked(task, run), _late(run, toolbox)]:
            task.reply.write(run.filters.add(words))
        if not run.filters.text.strip():
            raise AnswerEmpty

    async def _asked(self, task: Task, run: Run, turn: Turn, before: Conversation) -> None:
        """Ask the model, and show what it says as it comes."""
        assert run.toolbox is not None
        last, tools, toolbox = task.last, self._tools, run.toolbox
        room = Room(tool_tokens=spec_tokens(toolbox.specs))
        run.request = await tools.requests.build(last, before, turn, room)
        if tools.models:
            check_sight(run.request.ask, tools.models)
        await ask_for_cost(task, run, tools.equipment, tools.charges)
        try:
            await self._stream(task, run, toolbox)
        except ContextTooLong:
            if run.outcome.text:
                raise
            # Our estimate of tokens was too low: once more, with half the room.
            run.request = await tools.requests.build(last, before, turn, replace(room, scale=ROOM_AFTER_REFUSAL))
            await self._stream(task, run, toolbox)

    async def _needs_no_model(self, task: Task, run: Run, before: Conversation) -> bool:
        """An earlier version, or what a button orders."""
        if version := self._version(task):
            task.reply.write(run.filters.add(version[1]))
            return True
        order = task.last.order or order_in(run.question.turn.said[-1].text, before)
        if not order or run.album is None:
            return False
        published = await self._tools.orders.carry_out(order, task.lease.thread, before, run.album, task.language)
        run.page, run.is_order = published.page, True
        task.reply.write(run.filters.add(published.text))
        return True

    async def _stream(self, task: Task, run: Run, toolbox: Toolbox) -> None:
        assert run.request is not None
        reply = task.reply
        answering = run_turn(self._tools.model, run.request.ask, run.outcome, toolbox, run.filters)
        async with aclosing(answering) as pieces:
            async for piece in pieces:
                match piece:
                    case Waiting():
                        run.waiting = piece if piece.place else None
                        reply.show_status(waiting_words(piece, task.language))
                    case Retold(words):
                        await self._retell(task, run, words)
                    case words:
                        reply.write(words)
                        run.tell_of_page(task)

    async def _retell(self, task: Task, run: Run, words: str) -> None:
        """What was shown is not the answer: this takes its place."""
        reply = task.reply
        reply.write("")  # a Stop that the screen knows of comes first
        run.filters.show_anew()
        await self._restarted(reply)
        reply.show_status(say(THINKING, task.language))
        reply.write(run.filters.feed(words))

    async def _restarted(self, reply: Reply) -> None:
        """Slack may be busy just then."""
        for wait_s in RESTART_WAITS_S:
            try:
                await reply.restart()
            except SlackError as refused:
                if not refused.is_passing:
                    raise
                await asyncio.sleep(wait_s)
            else:
                return
        await reply.restart()

    def _waited_out(self, error: BotError, run: Run) -> BotError:
        """The turn's time was over before the model had taken the question: then that is what there is to say."""
        if not isinstance(error, ModelTimeout) or run.waiting is None:
            return error
        if run.filters.text.strip():
            return AnswerCut("turn")
        if run.waiting.is_down:
            return ModelUnreachable("turn")
        minutes = max(1, round(self._turn_timeout_s / 60))
        return ModelBusy("turn", user_message=BUSY_THROUGHOUT, fields={"minutes": minutes})

    async def _published(self, task: Task, run: Run, before: Conversation) -> str:
        """A web page in the answer becomes a file, and a version of the thread's page."""
        html = run.filters.page.html
        if not html or run.request is None or run.album is None:
            return ""
        pictures = run.question.turn.pictures
        picture = pictures[-1].label if pictures else ""
        order = Order(html, task.lease.thread, before, picture, run.album, task.language, task.reply.show_status)
        published = await self._tools.workshop.publish(order, run.request.ask, run.outcome)
        run.page = published.page
        return published.text

    async def _marked(self, task: Task, run: Run) -> str:
        """Boxes in the answer, drawn on the picture."""
        if run.page is not None or run.request is None or run.album is None:
            return ""
        pointing, grounding = run.filters.pointing, self._tools.grounding
        return await grounding.drawn(run.request.ask, run.outcome, pointing, run.album, task.language)


def _late(run: Run, toolbox: Toolbox) -> str:
    """Pictures that tools made for the person, and the model did not place."""
    return "".join(f"\n\n![]({label})" for label in toolbox.late if f"({label})" not in run.filters.text)

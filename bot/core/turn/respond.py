"""From a question to its answer: look, think, write. What goes wrong is raised; bot.core.turn.attempt decides on it."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.core.agent.approved_calls import reminded
from bot.core.agent.loop import run_turn
from bot.core.agent.setup import TurnSetup, spec_tokens
from bot.core.chosen_model import check_sight
from bot.core.citations.filter import Citations
from bot.core.citations.transcript import SPEAKER
from bot.core.grounding.draw import Grounding
from bot.core.model.events import TextReplaced, Waiting
from bot.core.model.models import Models
from bot.core.money.charges import FREE, Charges
from bot.core.ports import ChosenPreferences, FrozenInstructions, Model, Reply
from bot.core.prompt.question import Composer, Question
from bot.core.prompt.request import PromptRoom, Requests
from bot.core.prompt.rewritten import back_to
from bot.core.prompt.thinking import decide
from bot.core.summaries.summaries import Summaries, Summary
from bot.core.thread.interrupts import Interrupts
from bot.core.turn.finish import Ending
from bot.core.turn.output import TextFilters, written
from bot.core.turn.reasoning import ReasoningSummariser
from bot.core.turn.state import Answer, Prepared, Task
from bot.core.turn.telling import looking, watching
from bot.core.waiting import THINKING, waiting_words
from bot.core.webpages.actions import PageActions, order_in
from bot.core.webpages.page_turn import PageTurn
from bot.core.webpages.publish import PagePublisher
from bot.errors import AnswerEmpty, ContextTooLong, SlackError
from bot.words import say

ROOM_AFTER_REFUSAL = 0.5
RESTART_WAITS_S = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class TurnParts:
    """What a turn works with."""

    composer: Composer
    requests: Requests
    model: Model
    ending: Ending
    interrupts: Interrupts
    choices: ChosenPreferences
    setup: TurnSetup
    grounding: Grounding
    publisher: PagePublisher
    orders: PageActions
    summaries: Summaries
    charges: Charges = FREE
    models: Models | None = None
    freezes: FrozenInstructions | None = None
    reasoning: ReasoningSummariser | None = None


class Responder:
    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts

    async def respond(self, answer: Answer) -> None:
        """Fill the answer. Raises what ends it early; Interrupted when the question has changed: ask again."""
        task = answer.task
        if version := _version(task):
            answer.question, text = version
            self._show_exhibits(answer)
            await written(task.reply, answer.filters.add(text))
            return
        answer.question = await self._question(answer)
        summary = await self._summary(answer)
        self._show_exhibits(answer)
        order = task.last.order or order_in(answer.question.turn.said[-1].text, task.before)
        if order:
            await self._carry_out(order, answer)
            return
        answer.prepared = prepared = await self._prepared(answer, summary)
        if self._parts.models:
            check_sight(prepared.request.ask, self._parts.models)
        if summary is None:  # which has been asked about already
            await self._ask_for_cost(answer, prepared)
        await self._ask(answer, prepared)
        await written(task.reply, answer.filters.end())
        answer.tell_of_page()
        await self._add_made(answer, prepared)
        if not answer.has_begun:
            raise AnswerEmpty

    # -- the question --------------------------------------------------------------------------------------------

    async def bare(self, task: Task) -> Question:
        """The question as far as it is known without looking anything up, for when something goes wrong."""
        composer = self._parts.composer
        # One that is answered anew keeps its place, and the answers there were.
        again = composer.again(task.waiting[0], task.conversation) if task.redo else None
        return again or await composer.bare(task.waiting, task.asker, task.conversation)

    async def _question(self, answer: Answer) -> Question:
        composer, task = self._parts.composer, answer.task
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
        thinking = decide(answer.choice.thinking, question.think, question.turn, task.conversation)
        return replace(question, turn=replace(question.turn, thinking=thinking))

    async def _summary(self, answer: Answer) -> Summary | None:
        """What was ordered, where a summary was; from here it is the question."""
        question, first = answer.question, answer.task.waiting[0]
        brief = first.brief or question.turn.brief
        if brief is None or first.redo == "version":
            return None
        # What was said elsewhere is gathered anew when a summary is written anew.
        said = tuple(said for said in question.turn.said if said.speaker != SPEAKER)
        answer.question = replace(question, turn=replace(question.turn, said=said, brief=brief))
        ordered = replace(first, brief=brief)
        summary = await self._parts.summaries.order(ordered, answer.question, answer.task.asker)
        answer.question = replace(answer.question, turn=summary.turn)
        return summary

    # -- without the model ---------------------------------------------------------------------------------------

    def _show_exhibits(self, answer: Answer) -> None:
        answer.artifacts.add(answer.question.turn)
        answer.task.reply.show_artifacts(answer.artifacts, answer.task.language)

    async def _carry_out(self, order: str, answer: Answer) -> None:
        """A step back, an archive, the picture of a page: what asks nothing of the model."""
        published = await self._parts.orders.carry_out(order, self._page_turn(answer))
        answer.page, answer.is_order = published.page, True
        await written(answer.task.reply, answer.filters.add(published.text))

    def _page_turn(self, answer: Answer) -> PageTurn:
        task = answer.task
        return PageTurn(task.lease.thread, task.before, answer.artifacts, task.language, task.reply.show_status)

    # -- with it -------------------------------------------------------------------------------------------------

    async def _prepared(self, answer: Answer, summary: Summary | None) -> Prepared:
        """Lay out the tools, read what is too long for one request, and put the request together."""
        task, parts, turn = answer.task, self._parts, answer.question.turn
        turns = (*task.before.turns, turn)
        toolbox = await parts.setup.toolbox(task.under_way, turns, answer.artifacts)
        if summary:
            contact = parts.setup.contact(task.under_way)
            digested = await parts.summaries.digest(summary, contact)
            answer.outcome.spent, answer.outcome.fell_back = digested.spent, digested.fell_back
            answer.question = replace(answer.question, receipt=digested.receipt(answer.question.receipt))
            turn, sources = digested.turn, digested.sources
        else:
            sources = await parts.summaries.citable(task.last.team, turns)
        citations = Citations(sources, task.language, is_strict=summary is not None, has_looked=toolbox.has_looked)
        answer.filters = TextFilters(citations, points=bool(answer.artifacts.newest))
        room = PromptRoom(tool_tokens=spec_tokens(toolbox.specs))
        return Prepared(turn, toolbox, await parts.requests.build(task.last, task.before, turn, room))

    async def _ask_for_cost(self, answer: Answer, prepared: Prepared) -> None:
        """A dear question is asked about first. Raises CostDeclined."""
        task = answer.task
        contact = None if task.last.bot else self._parts.setup.contact(task.under_way)
        await self._parts.charges.ask_first(replace(prepared.request.ask, tools=prepared.toolbox.specs), contact)

    async def _ask(self, answer: Answer, prepared: Prepared) -> None:
        """Ask the model, and show what it says as it comes."""
        try:
            await self._stream(answer, prepared)
        except ContextTooLong:
            if answer.outcome.text:
                raise
            # Our estimate of tokens was too low: once more, with half the room.
            room = PromptRoom(ROOM_AFTER_REFUSAL, spec_tokens(prepared.toolbox.specs))
            request = await self._parts.requests.build(answer.task.last, answer.task.before, prepared.turn, room)
            answer.prepared = prepared = replace(prepared, request=request)
            await self._stream(answer, prepared)

    async def _stream(self, answer: Answer, prepared: Prepared) -> None:
        task, reply = answer.task, answer.task.reply
        ask, toolbox = prepared.request.ask, prepared.toolbox
        answering = run_turn(self._parts.model, reminded(ask, toolbox.left), answer.outcome, toolbox, answer.filters)
        async with aclosing(answering) as pieces:
            async for piece in pieces:
                match piece:
                    case Waiting():
                        answer.queued = piece if piece.place else None
                        reply.show_status(waiting_words(piece, task.language))
                    case TextReplaced(words):
                        await self._retell(answer, words)
                    case words:
                        await written(reply, words)
                        answer.tell_of_page()

    async def _retell(self, answer: Answer, words: str) -> None:
        """What was shown is not the answer: this takes its place."""
        reply = answer.task.reply
        reply.write("")  # a Stop that the screen knows of comes first
        answer.filters.show_anew()
        await self._restarted(reply)
        reply.show_status(say(THINKING, answer.task.language))
        await answer.filters.show(reply, words)

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

    # -- what stands under its words -----------------------------------------------------------------------------

    async def _add_made(self, answer: Answer, prepared: Prepared) -> None:
        """The page, or the picture with its boxes; and pictures that tools made for the person, and the model did not
        place.
        """
        reply, filters = answer.task.reply, answer.filters
        await written(reply, filters.add(await self._published(answer, prepared)))
        if answer.page is None:
            drawn = self._parts.grounding.drawn
            ask, outcome = prepared.request.ask, answer.outcome
            await written(
                reply, filters.add(await drawn(ask, outcome, filters.pointing, answer.artifacts, answer.task.language))
            )
        late = [label for label in prepared.toolbox.late if f"({label})" not in answer.text]
        await written(reply, filters.add("".join(f"\n\n![]({label})" for label in late)))

    async def _published(self, answer: Answer, prepared: Prepared) -> str:
        """A web page in the answer becomes a file, and a version of the thread's page."""
        html = answer.filters.page.html
        if not html:
            return ""
        pictures = answer.question.turn.pictures
        picture = pictures[-1].label if pictures else ""
        page_turn, ask = self._page_turn(answer), prepared.request.ask
        published = await self._parts.publisher.publish(html, picture, page_turn, ask, answer.outcome)
        answer.page = published.page
        return published.text


def _version(task: Task) -> tuple[Question, str] | None:
    """An earlier answer that is to stand again, and the question it is of."""
    first, before = task.waiting[0], task.answered_before
    if first.redo != "version" or before is None or not first.order.isdecimal():
        return None
    found = back_to(before, int(first.order))
    return (Question(found[0]), found[1]) if found else None

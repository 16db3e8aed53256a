"""Responder turns a question into an answer: it reads the files, asks the model, and shows the answer as it comes.

It raises every error; bot.core.turn.attempt decides what an error does to the turn.
"""

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
from bot.core.ports import ChosenPreferences, FrozenInstructions, Model
from bot.core.prompt.question import Composer, Question
from bot.core.prompt.request import PromptRoom, Requests
from bot.core.prompt.rewritten import back_to
from bot.core.prompt.thinking import decide
from bot.core.reply import Reply
from bot.core.summaries.summaries import Summaries, Summary
from bot.core.thread.interrupts import Interrupts
from bot.core.turn.finish import Ending
from bot.core.turn.output import TextFilters, write_slices
from bot.core.turn.reasoning import ReasoningSummariser
from bot.core.turn.state import Answer, Prepared, Task
from bot.core.turn.telling import files_status, progress_status
from bot.core.waiting import THINKING, waiting_words
from bot.core.webpages.actions import PageActions, order_in
from bot.core.webpages.page_turn import PageTurn
from bot.core.webpages.publish import PagePublisher
from bot.errors import AnswerEmpty, ContextTooLong, SlackError
from bot.words import say

# Of the context window, for the second try when the model refused the first as too long.
ROOM_AFTER_REFUSAL = 0.5
RESTART_WAITS_S = (1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class TurnParts:
    """All that a turn works with. A part is None where its feature is switched off."""

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
    frozen_instructions: FrozenInstructions | None = None
    reasoning: ReasoningSummariser | None = None


class Responder:
    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts

    async def respond(self, answer: Answer) -> None:
        """Fill `answer`, and show it on the way. Raises every error that ends it early, and Interrupted."""
        task = answer.task
        if version := _earlier_version(task):
            answer.question, text = version
            self._show_artifacts(answer)
            await write_slices(task.reply, answer.filters.add(text))
            return
        answer.question = await self._question(answer)
        summary = await self._summary(answer)
        self._show_artifacts(answer)
        order = task.last.order or order_in(answer.question.turn.said[-1].text, task.before)
        if order:
            await self._carry_out(order, answer)
            return
        answer.prepared = prepared = await self._prepare(answer, summary)
        if self._parts.models:
            check_sight(prepared.request.ask, self._parts.models)
        if summary is None:  # the cost of a summary was approved before its parts were read
            await self._approve_cost(answer, prepared)
        await self._ask(answer, prepared)
        await write_slices(task.reply, answer.filters.end())
        answer.show_page_step()
        await self._add_artifacts(answer, prepared)
        if not answer.has_begun:
            raise AnswerEmpty

    # -- the question --------------------------------------------------------------------------------------------

    async def bare(self, task: Task) -> Question:
        """Return the question without its files. It takes no reading, so it is there when a turn fails early."""
        composer = self._parts.composer
        # A regenerated answer keeps the place of its turn and the earlier versions.
        again = composer.again(task.waiting[0], task.conversation) if task.redo else None
        return again or await composer.bare(task.waiting, task.asker, task.conversation)

    async def _question(self, answer: Answer) -> Question:
        composer, task = self._parts.composer, answer.task
        if task.redo and not task.is_edited:
            question = composer.again(task.waiting[0], task.conversation)
            if question is not None:
                return replace(question, turn=replace(question.turn, thinking=question.think))
        waiting = await composer.complete(task.waiting)
        if status := files_status(waiting, task.language):
            task.reply.show_status(status)
        progress = progress_status(task)
        question = await composer.edited(waiting, task.conversation, task.asker, progress) if task.is_edited else None
        question = question or await composer.question(waiting, task.conversation, task.asker, progress)
        thinking = decide(answer.choice.thinking, question.think, question.turn, task.conversation)
        return replace(question, turn=replace(question.turn, thinking=thinking))

    async def _summary(self, answer: Answer) -> Summary | None:
        """Return the summary that was ordered, or None. Its turn takes the place of the question."""
        question, first = answer.question, answer.task.waiting[0]
        brief = first.brief or question.turn.brief
        if brief is None or first.redo == "version":
            return None
        # A regenerated summary gathers what was said in other threads and channels again.
        said = tuple(said for said in question.turn.said if said.speaker != SPEAKER)
        answer.question = replace(question, turn=replace(question.turn, said=said, brief=brief))
        ordered = replace(first, brief=brief)
        summary = await self._parts.summaries.order(ordered, answer.question, answer.task.asker)
        answer.question = replace(answer.question, turn=summary.turn)
        return summary

    # -- without the model ---------------------------------------------------------------------------------------

    def _show_artifacts(self, answer: Answer) -> None:
        answer.artifacts.add(answer.question.turn)
        answer.task.reply.show_artifacts(answer.artifacts, answer.task.language)

    async def _carry_out(self, order: str, answer: Answer) -> None:
        """Carry out an order that needs no model: undo, redo, compare, archive, show a page."""
        published = await self._parts.orders.carry_out(order, self._page_turn(answer))
        answer.page, answer.is_order = published.page, True
        await write_slices(answer.task.reply, answer.filters.add(published.text))

    def _page_turn(self, answer: Answer) -> PageTurn:
        task = answer.task
        return PageTurn(task.lease.thread, task.before, answer.artifacts, task.language, task.reply.show_status)

    # -- with the model ------------------------------------------------------------------------------------------

    async def _prepare(self, answer: Answer, summary: Summary | None) -> Prepared:
        """Choose the tools, read part by part what is too long for one request, and build the request."""
        task, parts, turn = answer.task, self._parts, answer.question.turn
        turns = (*task.before.turns, turn)
        toolbox = await parts.setup.toolbox(task.open_turn, turns, answer.artifacts)
        if summary:
            contact = parts.setup.contact(task.open_turn)
            prepared = await parts.summaries.prepare(summary, contact)
            answer.outcome.spent, answer.outcome.fell_back = prepared.spent, prepared.fell_back
            answer.question = replace(answer.question, receipt=prepared.receipt(answer.question.receipt))
            turn, sources = prepared.turn, prepared.sources
        else:
            sources = await parts.summaries.citable(task.last.team, turns)
        citations = Citations(sources, task.language, is_strict=summary is not None, has_looked=toolbox.has_looked)
        answer.filters = TextFilters(citations, has_picture=bool(answer.artifacts.newest))
        room = PromptRoom(tool_tokens=spec_tokens(toolbox.specs))
        return Prepared(turn, toolbox, await parts.requests.build(task.last, task.before, turn, room))

    async def _approve_cost(self, answer: Answer, prepared: Prepared) -> None:
        """Ask the person first when the question is expensive. Raises CostDeclined."""
        task = answer.task
        contact = None if task.last.bot else self._parts.setup.contact(task.open_turn)
        await self._parts.charges.ask_first(replace(prepared.request.ask, tools=prepared.toolbox.specs), contact)

    async def _ask(self, answer: Answer, prepared: Prepared) -> None:
        """Ask the model, and show its answer as it comes."""
        try:
            await self._stream(answer, prepared)
        except ContextTooLong:
            if answer.outcome.text:
                raise
            # The estimate of tokens was too low. Ask once more, with half the room.
            room = PromptRoom(ROOM_AFTER_REFUSAL, spec_tokens(prepared.toolbox.specs))
            request = await self._parts.requests.build(answer.task.last, answer.task.before, prepared.turn, room)
            answer.prepared = prepared = replace(prepared, request=request)
            await self._stream(answer, prepared)

    async def _stream(self, answer: Answer, prepared: Prepared) -> None:
        task, reply = answer.task, answer.task.reply
        ask, toolbox = prepared.request.ask, prepared.toolbox
        answering = run_turn(
            self._parts.model, reminded(ask, toolbox.earlier_calls), answer.outcome, toolbox, answer.filters
        )
        async with aclosing(answering) as pieces:
            async for piece in pieces:
                match piece:
                    case Waiting():
                        answer.queued = piece if piece.place else None
                        reply.show_status(waiting_words(piece, task.language))
                    case TextReplaced(text):
                        await self._replace_text(answer, text)
                    case text:
                        await write_slices(reply, text)
                        answer.show_page_step()

    async def _replace_text(self, answer: Answer, text: str) -> None:
        """Show this text in place of all that was shown so far, because the model has taken text back."""
        reply = answer.task.reply
        reply.write("")  # raises Interrupted when a Stop has come, which then ends the turn as it stands
        answer.filters.reset_screen()
        await self._restart(reply)
        reply.show_status(say(THINKING, answer.task.language))
        await answer.filters.show(reply, text)

    async def _restart(self, reply: Reply) -> None:
        """Restart the reply. Try again for some seconds while Slack is busy."""
        for wait_s in RESTART_WAITS_S:
            try:
                await reply.restart()
            except SlackError as error:
                if not error.is_passing:
                    raise
                await asyncio.sleep(wait_s)
            else:
                return
        await reply.restart()

    # -- below the text ------------------------------------------------------------------------------------------

    async def _add_artifacts(self, answer: Answer, prepared: Prepared) -> None:
        """Add the web page, or the picture with the boxes. Add the artifacts of tools that the model did not place."""
        reply, filters = answer.task.reply, answer.filters
        await write_slices(reply, filters.add(await self._published(answer, prepared)))
        if answer.page is None:
            ask, outcome, language = prepared.request.ask, answer.outcome, answer.task.language
            drawn = await self._parts.grounding.drawn(ask, outcome, filters.boxes, answer.artifacts, language)
            await write_slices(reply, filters.add(drawn))
        late = [label for label in prepared.toolbox.late if f"({label})" not in answer.text]
        await write_slices(reply, filters.add("".join(f"\n\n![]({label})" for label in late)))

    async def _published(self, answer: Answer, prepared: Prepared) -> str:
        """Publish the web page of the answer as a file and as a version of the thread's page. Return what the answer
        says of it, or "" when there is no page.
        """
        html = answer.filters.page.html
        if not html:
            return ""
        pictures = answer.question.turn.pictures
        picture = pictures[-1].label if pictures else ""
        page_turn, ask = self._page_turn(answer), prepared.request.ask
        published = await self._parts.publisher.publish(html, picture, page_turn, ask, answer.outcome)
        answer.page = published.page
        return published.text


def _earlier_version(task: Task) -> tuple[Question, str] | None:
    """Return the question and the earlier answer that the person wants back, or None when they ask for no version."""
    first, old_turn = task.waiting[0], task.answered_before
    if first.redo != "version" or old_turn is None or not first.order.isdecimal():
        return None
    version = back_to(old_turn, int(first.order))
    return (Question(version[0]), version[1]) if version else None

"""Asking the model and showing what it says: the way of a question that nothing is known of yet."""

import logging
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace

from bot.core.album import Album
from bot.core.citations import Citations
from bot.core.cited_model import CitedModel
from bot.core.compose import Composer, Question
from bot.core.conversation import Conversation, Turn, WebPage
from bot.core.ending import Ending
from bot.core.equipment import Equipment, spec_tokens
from bot.core.grounding import Grounding
from bot.core.inbound import Inbound
from bot.core.interrupts import Interrupted, Interrupts
from bot.core.lease import Lease, TurnTaken
from bot.core.orders import Orders, order_in
from bot.core.ports import Choices, Foot, Model, Reply
from bot.core.preferences import Choice
from bot.core.reading import Reading, Watch
from bot.core.receipt import Facts, footer_lines
from bot.core.request import Request, Requests, Room
from bot.core.summaries import Order as Summary
from bot.core.summaries import Summaries
from bot.core.thinking import decide
from bot.core.toolbox import Toolbox
from bot.core.turn import Outcome, run_turn
from bot.core.visible import Visible
from bot.core.workshop import Order, Workshop
from bot.errors import AnswerEmpty, BotError, ContextTooLong, SlackError, StateError
from bot.words import say, text

log = logging.getLogger(__name__)

LOOKING = text("is looking at {count} files…")
LOOKING_AT_ONE = text("is looking at {name}…")
READING = text("is reading {name}, page {done} of {of}…")
RENDERING = text("is drawing the pages of {name}, {done} of {of}…")
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
    equipment: Equipment
    grounding: Grounding
    workshop: Workshop
    orders: Orders
    summaries: Summaries


@dataclass(frozen=True, slots=True)
class Responded:
    """What came of it: the turn as it was answered, and what its asker has chosen."""

    turn: Turn
    choice: Choice


@dataclass(slots=True)
class Run:
    """One answer being written."""

    question: Question
    outcome: Outcome = field(default_factory=Outcome)
    visible: Visible = field(default_factory=lambda: Visible(points=False))
    album: Album | None = None
    request: Request | None = None
    page: WebPage | None = None
    summary: Summary | None = None
    citations: Citations | None = None

    def turn(self, answer: str) -> Turn:
        outcome = self.outcome
        return replace(
            self.question.turn,
            answer=answer,
            reasoning="".join(outcome.reasoning),
            thought_s=round(outcome.thought_s, 1),
            spent=outcome.spent,
            made=self.album.made if self.album else (),
            page=self.page,
        )


class Responder:
    def __init__(self, tools: Tools, turn_timeout_s: float) -> None:
        self._tools = tools
        self._turn_timeout_s = turn_timeout_s

    async def respond(self, task: Task) -> Responded | None:
        """Look, think, write, remember; None when there is no whole answer.

        Raises Interrupted when the question has changed: ask again.
        """
        run = Run(await self._tools.composer.bare(task.waiting))
        choice = await self._tools.choices.choice(task.waiting[-1])
        try:
            async with self._tools.interrupts.turn(task.lease.thread, self._turn_timeout_s):
                run.question = await self._question(task, choice)
                if task.waiting[0].brief and not task.redo:
                    await self._ordered(task, run)
                await self._write(task, run)
        except (TurnTaken, StateError, SlackError):
            raise
        except Interrupted as told:
            if told.nudge == "changed":
                raise
            await self._end_early(task, run, say(STOPPED_SENTENCE, task.language), is_stopped=True)
        except BotError as error:
            # Without its detail: a provider may quote the prompt in it.
            log.warning("turn.failed", extra={"error": type(error).__name__})
            await self._end_early(task, run, say(error.user_message, task.language))
        else:
            turn = run.turn(run.visible.text)
            folded = run.request.fitted.folded if run.request else None
            await self._tools.ending.finish(task.lease, task.reply, turn, _foot(task, run, choice), folded)
            return Responded(turn, choice)
        return None

    async def show_again(self, task: Task, turn: Turn) -> None:
        """An answer that an earlier attempt has left whole, with what its tools made."""
        album = self._tools.equipment.albums(task.lease.thread.team, task.conversation)
        album.add(turn)
        task.reply.show_exhibits(album, task.language)
        await self._tools.ending.tell(task.lease, task.reply, turn)

    async def _end_early(self, task: Task, run: Run, sentence: str, *, is_stopped: bool = False) -> None:
        shown = run.visible.text
        turn = replace(run.turn(shown + run.visible.end()), failure=sentence)
        foot = Foot(question_ts=task.waiting[-1].ts, is_stopped=is_stopped, language=task.language)
        await self._tools.ending.tell(task.lease, task.reply, turn, shown, foot)

    async def _question(self, task: Task, choice: Choice) -> Question:
        composer = self._tools.composer
        if task.redo:
            question = composer.again(task.waiting[0], task.conversation, await composer.asker(task.waiting))
            if question is not None:
                return replace(question, turn=replace(question.turn, thinking=question.think))
        waiting = await composer.complete(task.waiting)
        if status := _looking(waiting, task.language):
            task.reply.show_status(status)
        # The conversation that is summarised comes with the order: its thread is not read besides.
        waiting = tuple(replace(one, root_ts=one.ts) if one.brief else one for one in waiting)
        question = await composer.question(waiting, task.conversation, _watching(task))
        thinking = decide(choice.thinking, question.think, question.turn, task.conversation)
        return replace(question, turn=replace(question.turn, thinking=thinking))

    async def _ordered(self, task: Task, run: Run) -> None:
        asker = await self._tools.composer.asker(task.waiting)
        run.summary = await self._tools.summaries.order(task.waiting[0], run.question, asker)
        run.question = replace(run.question, turn=run.summary.turn)

    async def _digested(self, task: Task, run: Run, summary: Summary) -> Turn:
        """The turn as the model is asked; the thread remembers it as it was ordered."""
        approve = self._tools.equipment.approval(task.waiting[-1], task.language)
        digested = await self._tools.summaries.digest(summary, task.language, task.reply.show_status, approve)
        run.outcome.spent = digested.spent
        run.citations = Citations(digested.sources, task.language)
        return digested.turn

    async def _write(self, task: Task, run: Run) -> None:
        last, turn, tools = task.waiting[-1], run.question.turn, self._tools
        before = task.conversation.before(turn) if turn.number else task.conversation
        asker = await tools.composer.asker(task.waiting)
        run.album, toolbox = await tools.equipment.lay_out(last, before, turn, task.reply, asker)
        if order := last.order or order_in(turn.said[-1].text, before):
            published = await tools.orders.carry_out(order, before, run.album, task.language)
            run.page = published.page
            task.reply.write(run.visible.add(published.text))
            return
        if run.summary:
            turn = await self._digested(task, run, run.summary)
        else:
            citable = await tools.summaries.citable(last.team, [*before.turns, turn])
            if not citable.is_empty:
                run.citations = Citations(citable, task.language, is_strict=False)
        run.visible = Visible(points=bool(run.album.newest))
        room = Room(tool_tokens=spec_tokens(toolbox.specs))
        run.request = await tools.requests.build(last, before, turn, room)
        try:
            await self._stream(run, task.reply, toolbox)
        except ContextTooLong:
            if run.outcome.text:
                raise
            # Our estimate of tokens was too low: once more, with half the room.
            run.request = await tools.requests.build(last, before, turn, replace(room, scale=ROOM_AFTER_REFUSAL))
            await self._stream(run, task.reply, toolbox)
        task.reply.write(run.visible.end())
        for words in [await self._published(task, run, before), await self._marked(task, run), _late(run, toolbox)]:
            task.reply.write(run.visible.add(words))
        if not run.visible.text.strip():
            raise AnswerEmpty

    async def _stream(self, run: Run, reply: Reply, toolbox: Toolbox) -> None:
        assert run.request is not None
        model = CitedModel(self._tools.model, run.citations) if run.citations else self._tools.model
        async with aclosing(run_turn(model, run.request.ask, run.outcome, toolbox)) as pieces:
            async for piece in pieces:
                reply.write(run.visible.feed(piece))

    async def _published(self, task: Task, run: Run, before: Conversation) -> str:
        """A web page in the answer becomes a file, and a version of the thread's page."""
        html = run.visible.page.html
        if not html or run.request is None or run.album is None:
            return ""
        pictures = run.question.turn.pictures
        picture = pictures[-1].label if pictures else ""
        order = Order(html, before, picture, run.album, task.language, task.reply.show_status)
        published = await self._tools.workshop.publish(order, run.request.ask, run.outcome)
        run.page = published.page
        return published.text

    async def _marked(self, task: Task, run: Run) -> str:
        """Boxes in the answer, drawn on the picture."""
        if run.page is not None or run.request is None or run.album is None:
            return ""
        pointing, grounding = run.visible.pointing, self._tools.grounding
        return await grounding.drawn(run.request.ask, run.outcome, pointing, run.album, task.language)


def _late(run: Run, toolbox: Toolbox) -> str:
    """Pictures that tools made for the person, and the model did not place."""
    return "".join(f"\n\n![]({label})" for label in toolbox.late if f"({label})" not in run.visible.text)


def _foot(task: Task, run: Run, choice: Choice) -> Foot:
    question, outcome = run.question, run.outcome
    fitted = run.request.fitted if run.request else None
    pictures = {picture.number: picture for turn in fitted.kept for picture in turn.pictures} if fitted else {}
    has_reasoning = bool(outcome.reasoning) and choice.reasoning != "off"
    facts = Facts(
        question.receipt,
        tuple(pictures[number] for number in fitted.shrunk) if fitted else (),
        is_folded=fitted is not None and fitted.folded.turns > task.conversation.folded.turns,
        is_at_limit=outcome.finished is not None and outcome.finished.reason == "length",
        thought_s=outcome.thought_s if has_reasoning else 0.0,
        notes=tuple((paper.name, note) for said in question.turn.said for paper in said.papers for note in paper.notes),
    )
    return Foot(
        lines=footer_lines(facts, task.language),
        question_ts=task.waiting[-1].ts,
        has_reasoning=has_reasoning,
        has_versions=bool(question.turn.versions),
        language=task.language,
        page_versions=(*(page.version for page in task.conversation.pages), run.page.version) if run.page else (),
        can_undo=run.page is not None and run.page.base > 0,
        cited=tuple(one.label for one in run.citations.pages_cited) if run.citations else (),
    )


def _watching(task: Task) -> Watch:
    def watch(reading: Reading) -> None:
        words = say(READING if reading.stage == "reading" else RENDERING, task.language, **asdict(reading))
        task.reply.show_status(words)

    return watch


def _looking(waiting: tuple[Inbound, ...], language: str) -> str:
    files = [file for message in waiting for file in message.files]
    if not files:
        return ""
    return (
        say(LOOKING_AT_ONE, language, name=files[0].name)
        if len(files) == 1
        else say(LOOKING, language, count=len(files))
    )

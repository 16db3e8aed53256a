"""Summaries that were ordered: what the model is asked for, and how much of a long document it is shown at once.

What fits is asked about in one call, as any question is. What does not is read part by part, a few at a time, and the
notes on the parts take its place; when the notes are too long themselves, they are read part by part again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from bot.core.agent.loop import Outcome, run_turn
from bot.core.agent.ports import Contact
from bot.core.brief import Brief, BriefRefused
from bot.core.chosen_model import chosen_model
from bot.core.citations.filter import CitableSources
from bot.core.model.events import FallbackUsed, Waiting
from bot.core.model.messages import Ask, Message, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.model.usage import Price, Usage
from bot.core.ports import Model, Person
from bot.core.prompt.question import Question
from bot.core.prompt.question_files import READ_PARTLY, READ_WHOLE, Receipt
from bot.core.summaries.prompts import PART, REDUCE, SummarySubject, instruction
from bot.core.summaries.sources import Batch, SummarySource, SummarySources
from bot.core.thread.conversation import Turn, TurnMessage, TurnUsage
from bot.core.thread.inbound import Inbound
from bot.core.waiting import waiting_words
from bot.words import Filled, fill, say, text

AT_ONCE = 3
NOTES_TOKENS = 1_800
ANSWER_TOKENS = 2_000
# Of the notes, what the last call may be given.
MOST_ROUNDS = 4
READING_PART = text("is reading part {part} of {parts}…")
READING = text("summarise all of it")
COST = text("This is {pages} pages, about {cost}. Go on?")
COST_OF_TALK = text("This is {messages} messages, about {cost}. Go on?")
COST_OF_BOTH = text("This is {pages} pages and {messages} messages, about {cost}. Go on?")
NOT_NOW = text("All right, I won't read it.")
SIGNS = {"CNY": "¥", "USD": "$"}


@dataclass(frozen=True, slots=True)
class SummaryLimits:
    """`tokens` of one call's prompt, `part_tokens` of a part; above `cost` (of `price`) it is asked about first."""

    tokens: int = 90_000
    part_tokens: int = 24_000
    cost: float = 1.0
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary under way: the turn as the thread will remember it, and all there is to read."""

    turn: Turn
    source: SummarySource
    brief: Brief

    @property
    def at_once(self) -> int:
        """Tokens of all of it in one call."""
        return self.source.tokens + sum(picture.tokens for picture in self.turn.pictures)


@dataclass(frozen=True, slots=True)
class PreparedSummary:
    """The turn as the model is to be asked, what can be cited, and what reading for it has used."""

    turn: Turn
    sources: CitableSources
    spent: TurnUsage = field(default_factory=TurnUsage)
    is_in_parts: bool = False
    fell_back: FallbackUsed | None = None

    def receipt(self, receipt: Receipt) -> Receipt:
        """As it turned out: what did not fit at once has been read to its end, part by part."""
        return replace(receipt, read=tuple(map(_to_its_end, receipt.read))) if self.is_in_parts else receipt


class Summaries:
    """`limits` are those of the model that is set, `limits_of` those of a chosen one."""

    def __init__(
        self,
        model: Model,
        sources: SummarySources,
        limits: SummaryLimits,
        limits_of: Callable[[str], SummaryLimits] | None = None,
    ) -> None:
        self._model = model
        self._sources = sources
        self._set_limits = limits
        self._limits_of = limits_of

    @property
    def _limits(self) -> SummaryLimits:
        chosen = chosen_model()
        return self._limits_of(chosen) if self._limits_of and chosen else self._set_limits

    async def order(self, message: Inbound, question: Question, person: Person) -> Summary:
        """`question` is the message as it was composed, its files brought in. Raises BriefRefused when nothing of what
        was ordered can be read.
        """
        brief = message.brief or Brief()
        source = await self._sources.gather(message, question, brief.spans, person)
        *before, last = question.turn.said
        subject = SummarySubject(
            documents=[book.paper.name for book in source.books],
            conversations=[span.name for span in brief.spans],
            pictures=sum(not picture.page for picture in last.pictures),
        )
        words = instruction(brief, subject, person.language)
        talks = source.said(message.ts, self._limits.tokens // 2)
        turn = replace(question.turn, said=(*talks, *before, replace(last, text=words)))
        return Summary(turn, source, brief)

    async def prepare(self, order: Summary, contact: Contact) -> PreparedSummary:
        """Read what does not fit into one call. Raises BriefRefused when it would cost more than the person wants."""
        team = order.source.team
        if order.source.is_whole(self._limits.tokens):
            await self._ask_first(order, self._price_of(order.at_once, ANSWER_TOKENS), contact)
            return PreparedSummary(order.turn, await self._sources.sources(team, [order.turn]))
        bundles = self._sources.bundles(order.source, self._limits.part_tokens)
        await self._ask_first(order, self.cost(bundles), contact)
        notes_taker = _NoteTaker(self._model, self._sources, order, contact)
        notes = await notes_taker.parts(bundles)
        for _ in range(MOST_ROUNDS):
            if estimate_tokens("\n\n".join(notes)) <= self._limits.tokens:
                break
            notes = await notes_taker.parts(_packed(notes, self._limits.part_tokens))
        everything = replace(order.turn, said=(*_talks(order.source), *order.turn.said))
        sources = await self._sources.sources(team, [everything], bundles)
        return PreparedSummary(
            _with_notes(order.turn, notes),
            sources,
            notes_taker.outcome.spent,
            is_in_parts=True,
            fell_back=notes_taker.outcome.fell_back,
        )

    async def citable(self, team: str, turns: Sequence[Turn]) -> CitableSources:
        """What later turns of the thread can cite: their tools reach every page of its documents."""
        return await self._sources.sources(team, turns, all_pages=True)

    async def _ask_first(self, order: Summary, cost: float, contact: Contact) -> None:
        price, language = self._limits.price, contact.language
        if price is None or cost <= self._limits.cost:
            return
        shown = f"{SIGNS[price.currency]}{cost:.2f}"
        pages, messages = order.source.pages, order.source.messages
        words = COST if not messages else COST_OF_BOTH if pages else COST_OF_TALK
        detail = say(words, language, cost=shown, pages=pages, messages=messages)
        if not await contact.approve(say(READING, language), detail):
            raise BriefRefused("too dear", user_message=say(NOT_NOW, language))

    def cost(self, bundles: tuple[Batch, ...]) -> float:
        """What reading all of it will cost, roughly, in the price's currency; 0 when no price is known."""
        read = sum(batch.tokens for batch in bundles)
        notes = len(bundles) * NOTES_TOKENS
        return self._price_of(read + notes, notes + ANSWER_TOKENS)

    def _price_of(self, read: int, written: int) -> float:
        return self._limits.price.cost(Usage(read, written)) if self._limits.price else 0.0


class _NoteTaker:
    """Takes the notes of one summary; counts what they cost."""

    def __init__(self, model: Model, sources: SummarySources, order: Summary, contact: Contact) -> None:
        self._model = model
        self._sources = sources
        self._order = order
        self._contact = contact
        self.outcome = Outcome()

    async def parts(self, bundles: tuple[Batch, ...]) -> list[str]:
        """A few side by side; the first that fails ends the others, and its error is raised."""
        gate, done = asyncio.Semaphore(AT_ONCE), 0

        async def one(number: int, batch: Batch) -> str:
            nonlocal done
            async with gate:
                status = say(READING_PART, self._contact.language, part=done + 1, parts=len(bundles))
                self._contact.show_status(status)
                notes = await self._noted(number, len(bundles), batch)
                done += 1
                return notes

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(number, batch)) for number, batch in enumerate(bundles, 1)]
        except ExceptionGroup as several:  # the first tells why; `except*` would wrap it in a group again
            raise _first(several) from None
        return [task.result() for task in tasks]

    async def _noted(self, number: int, count: int, batch: Batch) -> str:
        brief, team = self._order.brief, self._order.source.team
        focus = f" Above all, what bears on this question: {brief.focus}" if brief.focus else ""
        words = PART.format(number=number, count=count, words=NOTES_TOKENS // 2, focus=focus)
        message = Message("user", (*await self._sources.parts(team, batch), Text(words)))
        outcome = Outcome(fell_back=self.outcome.fell_back)
        ask = Ask((message,), thinking=False, max_tokens=NOTES_TOKENS)
        async with aclosing(run_turn(self._model, ask, outcome)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Waiting) and piece.place:
                    self._contact.show_status(waiting_words(piece, self._contact.language))
        if outcome.finished:
            self.outcome.settle(outcome.finished)
        self.outcome.fell_back = outcome.fell_back or self.outcome.fell_back
        return outcome.answer.strip()


def _to_its_end(read: str) -> str:
    if not (isinstance(read, Filled) and read.template == READ_PARTLY):
        return read
    return fill(READ_WHOLE, name=read.fields["name"], pages=read.fields["pages"])


def _talks(source: SummarySource) -> tuple[TurnMessage, ...]:
    """All that was said, also what the thread can't remember."""
    return tuple(TurnMessage("", "", talk) for talk in source.talks)


def _packed(notes: list[str], most_tokens: int) -> tuple[Batch, ...]:
    """Notes of neighbouring parts together, to be read as a part of their own."""
    bundles: list[list[str]] = [[]]
    room = most_tokens
    for note in notes:
        tokens = estimate_tokens(note)
        if bundles[-1] and tokens > room:
            bundles.append([])
            room = most_tokens
        bundles[-1].append(note)
        room -= tokens
    texts = ["\n\n".join(batch) for batch in bundles if batch]
    return tuple(Batch((Text(text),), estimate_tokens(text)) for text in texts)


def _with_notes(turn: Turn, notes: list[str]) -> Turn:
    """The question with notes in place of what was too long; pictures of people's own stay."""
    told = "\n\n".join(f"Notes on part {number} of {len(notes)}:\n{note}" for number, note in enumerate(notes, 1))
    *_, last = turn.said
    pictures = tuple(picture for picture in last.pictures if not picture.page)
    asked = replace(last, papers=(), pictures=pictures, text=f"{last.text}\n{REDUCE}")
    return replace(turn, said=(TurnMessage(last.ts, "", told), asked))


def _first(several: BaseExceptionGroup[Exception]) -> Exception:
    for one in several.exceptions:
        return _first(one) if isinstance(one, BaseExceptionGroup) else one
    raise AssertionError("an empty group")

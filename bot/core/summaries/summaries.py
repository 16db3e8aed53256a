"""Summaries prepares the summaries that people order: it makes the prompt, and reads long material part by part.

Material that fits into one call is sent like any question. Longer material is read part by part, a few parts at a time.
The model takes notes on each part, and the notes take the place of the material. When the notes are too long, they are
read part by part again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from bot.core.agent.loop import Outcome, run_turn
from bot.core.agent.ports import Contact
from bot.core.brief import Brief, BriefRefused
from bot.core.chosen_model import chosen_model
from bot.core.citations.sources import CitableSources
from bot.core.model.events import FallbackUsed, Waiting
from bot.core.model.messages import Ask, Message, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.model.usage import Price, Usage
from bot.core.ports import Model, Person
from bot.core.prompt.question import Question
from bot.core.prompt.question_files import READ_PARTLY, READ_WHOLE, Receipt
from bot.core.summaries.prompts import PART, REDUCE, SummarySubject, instruction
from bot.core.summaries.sources import PartToRead, SummarySource, SummarySources
from bot.core.thread.inbound import Inbound
from bot.core.thread.turn import Turn, TurnMessage, TurnUsage
from bot.core.waiting import waiting_words
from bot.words import Filled, fill, say, text

AT_ONCE = 3
NOTES_TOKENS = 1_800
ANSWER_TOKENS = 2_000
# Notes that are still too long are read again, at most so often.
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
    """`tokens` limits the prompt of one call, `part_tokens` a part. A summary that costs more than `cost` (in the
    currency of `price`) has to be approved first.
    """

    tokens: int = 90_000
    part_tokens: int = 24_000
    cost: float = 1.0
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary that was ordered: the turn as the thread will keep it, and all material."""

    turn: Turn
    source: SummarySource
    brief: Brief

    @property
    def at_once(self) -> int:
        """The tokens of one call with all material."""
        return self.source.tokens + sum(picture.tokens for picture in self.turn.pictures)


@dataclass(frozen=True, slots=True)
class PreparedSummary:
    """The turn for the model, what its answer can cite, and the tokens that reading has used."""

    turn: Turn
    sources: CitableSources
    spent: TurnUsage = field(default_factory=TurnUsage)
    is_in_parts: bool = False
    fell_back: FallbackUsed | None = None

    def receipt(self, receipt: Receipt) -> Receipt:
        """Correct the receipt: documents that were read part by part have been read to their end."""
        return replace(receipt, read=tuple(map(_to_its_end, receipt.read))) if self.is_in_parts else receipt


class Summaries:
    """`limits` are the limits of the configured model. `limits_of` returns the limits of a chosen model."""

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
        """Gather the material. `question` is the question of the message, with its files read. Raises BriefRefused when
        nothing can be read.
        """
        brief = message.brief or Brief()
        source = await self._sources.gather(message, question, brief.spans, person)
        *before, last = question.turn.said
        subject = SummarySubject(
            documents=[whole.paper.name for whole in source.documents],
            conversations=[span.name for span in brief.spans],
            pictures=sum(not picture.page for picture in last.pictures),
        )
        words = instruction(brief, subject, person.language)
        conversations = source.said(message.ts, self._limits.tokens // 2)
        turn = replace(question.turn, said=(*conversations, *before, replace(last, text=words)))
        return Summary(turn, source, brief)

    async def prepare(self, order: Summary, contact: Contact) -> PreparedSummary:
        """Read the material that does not fit into one call. Raises BriefRefused when the person declines the cost."""
        team = order.source.team
        if order.source.is_whole(self._limits.tokens):
            await self._approve(order, self._price_of(order.at_once, ANSWER_TOKENS), contact)
            return PreparedSummary(order.turn, await self._sources.citable(team, [order.turn]))
        parts = self._sources.cut(order.source, self._limits.part_tokens)
        await self._approve(order, self.cost(parts), contact)
        note_taker = _NoteTaker(self._model, self._sources, order, contact)
        notes = await note_taker.read(parts)
        for _ in range(MOST_ROUNDS):
            if estimate_tokens("\n\n".join(notes)) <= self._limits.tokens:
                break
            notes = await note_taker.read(_packed(notes, self._limits.part_tokens))
        everything = replace(order.turn, said=(*_all_conversations(order.source), *order.turn.said))
        sources = await self._sources.citable(team, [everything], parts)
        return PreparedSummary(
            _with_notes(order.turn, notes),
            sources,
            note_taker.outcome.spent,
            is_in_parts=True,
            fell_back=note_taker.outcome.fell_back,
        )

    async def citable(self, team: str, turns: Sequence[Turn]) -> CitableSources:
        """Return what other turns can cite. Tools reach every page of the thread's documents, so all pages count."""
        return await self._sources.citable(team, turns, all_pages=True)

    async def _approve(self, order: Summary, cost: float, contact: Contact) -> None:
        price, language = self._limits.price, contact.language
        if price is None or cost <= self._limits.cost:
            return
        shown = f"{SIGNS[price.currency]}{cost:.2f}"
        pages, messages = order.source.pages, order.source.messages
        words = COST if not messages else COST_OF_BOTH if pages else COST_OF_TALK
        detail = say(words, language, cost=shown, pages=pages, messages=messages)
        if not await contact.approve(say(READING, language), detail):
            raise BriefRefused("too dear", user_message=say(NOT_NOW, language))

    def cost(self, parts: tuple[PartToRead, ...]) -> float:
        """Estimate the cost of reading all parts, in the currency of the price. It is 0 when no price is known."""
        read = sum(part.tokens for part in parts)
        notes = len(parts) * NOTES_TOKENS
        return self._price_of(read + notes, notes + ANSWER_TOKENS)

    def _price_of(self, read: int, written: int) -> float:
        return self._limits.price.cost(Usage(read, written)) if self._limits.price else 0.0


class _NoteTaker:
    """Lets the model take the notes for one summary, and counts the tokens in `outcome`."""

    def __init__(self, model: Model, sources: SummarySources, order: Summary, contact: Contact) -> None:
        self._model = model
        self._sources = sources
        self._order = order
        self._contact = contact
        self.outcome = Outcome()

    async def read(self, parts: tuple[PartToRead, ...]) -> list[str]:
        """Return the notes on each part. A few parts are read at a time; the first error ends the others."""
        limit, done = asyncio.Semaphore(AT_ONCE), 0

        async def read_part(number: int, part: PartToRead) -> str:
            nonlocal done
            async with limit:
                status = say(READING_PART, self._contact.language, part=done + 1, parts=len(parts))
                self._contact.show_status(status)
                notes = await self._notes_on(number, len(parts), part)
                done += 1
                return notes

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read_part(number, part)) for number, part in enumerate(parts, 1)]
        except ExceptionGroup as errors:  # the first is the cause; `except*` would wrap it in a group again
            raise _first(errors) from None
        return [task.result() for task in tasks]

    async def _notes_on(self, number: int, count: int, part: PartToRead) -> str:
        brief, team = self._order.brief, self._order.source.team
        focus = f" Above all, what bears on this question: {brief.focus}" if brief.focus else ""
        words = PART.format(number=number, count=count, words=NOTES_TOKENS // 2, focus=focus)
        message = Message("user", (*await self._sources.message_parts(team, part), Text(words)))
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


def _all_conversations(source: SummarySource) -> tuple[TurnMessage, ...]:
    """Return the complete conversations. The thread may keep only the newest part of them."""
    return tuple(TurnMessage("", "", conversation) for conversation in source.conversations)


def _packed(notes: list[str], most_tokens: int) -> tuple[PartToRead, ...]:
    """Join the notes on neighbouring parts into new parts of at most this size."""
    groups: list[list[str]] = [[]]
    room = most_tokens
    for note in notes:
        tokens = estimate_tokens(note)
        if groups[-1] and tokens > room:
            groups.append([])
            room = most_tokens
        groups[-1].append(note)
        room -= tokens
    texts = ["\n\n".join(group) for group in groups if group]
    return tuple(PartToRead((Text(text),), estimate_tokens(text)) for text in texts)


def _with_notes(turn: Turn, notes: list[str]) -> Turn:
    """Return the turn with the notes in place of documents and conversations. Pictures that people sent stay."""
    all_notes = "\n\n".join(f"Notes on part {number} of {len(notes)}:\n{note}" for number, note in enumerate(notes, 1))
    *_, last = turn.said
    pictures = tuple(picture for picture in last.pictures if not picture.page)
    asked = replace(last, papers=(), pictures=pictures, text=f"{last.text}\n{REDUCE}")
    return replace(turn, said=(TurnMessage(last.ts, "", all_notes), asked))


def _first(errors: BaseExceptionGroup[Exception]) -> Exception:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first

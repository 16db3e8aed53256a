"""Runs the model with its tools: takes its events, gives out the answer as it comes, and keeps what came of it."""

import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.core.agent.toolbox import Called, Toolbox
from bot.core.model.events import (
    FallbackUsed,
    Finished,
    ReasoningDelta,
    TextDelta,
    TextReplaced,
    TextRetracted,
    ToolCalled,
    Unfinished,
    Waiting,
    gather,
)
from bot.core.model.messages import Ask, Message, Part, Reasoning, Text, ToolCall
from bot.core.ports import Model
from bot.core.slices import spaced_slices
from bot.core.thread.conversation import TurnUsage
from bot.errors import AnswerEmpty, ContextTooLong, ModelError

# Rounds of tools; then the model is asked once more, without.
MOST_ROUNDS = 12
STEP = "\n[{tool}: {what}]\n"
STEP_CHARS = 200
PLACED = "\n\n![]({label})\n\n"
# What providers take as the name of a function; a model may make up others, and the history has to hold its call.
_NO_NAME = re.compile(r"[^a-zA-Z0-9_-]+")
LONGEST_NAME = 64


class Filters(Protocol):
    """The filters that an answer's text passes, in their order. What `check` gives back is the answer: it is kept, and
    sent again with the results of tools. What `feed` gives back of that is shown on the screen.
    """

    def begin(self) -> None:
        """Mark the beginning of a request, for `go_back`."""
        ...

    async def check(self, text: str) -> str: ...

    async def end_check(self) -> str:
        """At the end of a request: give back what was still held."""
        ...

    async def go_back(self, kept: str) -> str:
        """Drop what was checked since the beginning of the request, then check `kept` in its place."""
        ...

    def feed(self, text: str) -> str: ...


class Unfiltered:
    """Changes nothing: for text that no person gets to see."""

    def begin(self) -> None:
        return

    async def check(self, text: str) -> str:
        return text

    async def end_check(self) -> str:
        return ""

    async def go_back(self, kept: str) -> str:
        return kept

    def feed(self, text: str) -> str:
        return text


UNFILTERED = Unfiltered()


@dataclass(slots=True)
class Outcome:
    """What came of a turn so far; whole once `finished`. `fell_back`: another model than that wanted answered."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    thought_s: float = 0.0
    finished: Finished | None = None
    spent: TurnUsage = field(default_factory=TurnUsage)
    requests: int = 0
    fell_back: FallbackUsed | None = None

    @property
    def away(self) -> frozenset[str]:
        """Names of models that are not asked again in this turn."""
        return self.fell_back.away if self.fell_back else frozenset()

    @property
    def answer(self) -> str:
        return "".join(self.text)

    def note(self, event: Finished | Unfinished | FallbackUsed) -> None:
        if isinstance(event, FallbackUsed):
            self.fell_back = event
        else:
            self.settle(event)

    def settle(self, done: Finished | Unfinished) -> None:
        """One request of the turn is over."""
        self.finished = done if isinstance(done, Finished) else None
        self.requests += 1
        before, usage = self.spent, done.usage
        self.spent = TurnUsage(
            before.prompt_tokens + usage.prompt_tokens,
            before.completion_tokens + usage.completion_tokens,
            before.reasoning_tokens + usage.reasoning_tokens,
            before.cached_tokens + usage.cached_tokens,
            before.cost + done.cost,
            done.currency,
            done.model,
        )


@dataclass(slots=True)
class _Round:
    """What one request brought."""

    outcome: Outcome
    filters: Filters
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.filters.begin()

    async def hear(self, text: str) -> AsyncGenerator[str]:
        """More of what the model says; what of it is for the screen."""
        async for piece in spaced_slices(text):
            async for words in self.said(await self.filters.check(piece)):
                yield words

    async def said(self, text: str) -> AsyncGenerator[str]:
        """More of the answer; what of it is for the screen."""
        async for piece in spaced_slices(text):
            for words in self._kept(piece):
                yield self.filters.feed(words)

    async def retract(self, said_before: int, kept: str) -> None:
        """Keep only this of what the request has said. It is not shown here, because the whole answer is shown anew."""
        del self.outcome.text[said_before:]
        self.text.clear()
        self._kept(await self.filters.go_back(kept))

    async def end(self) -> AsyncGenerator[str]:
        """Give out what the filters still hold. It belongs to the answer, also when the request has failed."""
        async for words in self.said(await self.filters.end_check()):
            yield words

    def left_by(self, trouble: ModelError | None, late: list[str]) -> list[str]:
        """Place what tools have made in an answer that ends with trouble. Nothing is placed where it is all that there
        is to say, or where everything is made anew.
        """
        is_anew = isinstance(trouble, ContextTooLong) and not self.outcome.text
        if trouble is None or is_anew or isinstance(trouble, AnswerEmpty):
            return []
        labels, late[:] = list(late), []
        return self._placed(labels)

    async def call(self, toolbox: Toolbox) -> tuple[Called, ...]:
        self.calls = _told_apart(self.calls)
        called = await toolbox.run(self.calls)
        self.outcome.reasoning += [_step(one) for one in called]
        return called

    def place_made(self, called: Sequence[Called], late: list[str]) -> list[str]:
        """Place what tools have made behind the text that leads up to it. Without text the model may place it later."""
        labels = [label for one in called for label in one.shown]
        if self.text:
            return self._placed(labels)
        late += labels
        return []

    def _placed(self, labels: Sequence[str]) -> list[str]:
        placed = [PLACED.format(label=label) for label in labels]
        self.outcome.text += placed
        return [self.filters.feed(words) for words in placed]

    def _kept(self, text: str) -> list[str]:
        """Keep more of the answer. What the model says after a tool begins a paragraph."""
        if not text:
            return []
        said = self.outcome.text
        is_apart = not self.text and said and not said[-1].endswith("\n")
        words = ["\n\n", text] if is_apart else [text]
        self.text.append(text)
        said += words
        return words

    def message(self) -> Message:
        parts: list[Part] = []
        if self.reasoning:
            parts.append(Reasoning("".join(self.reasoning)))
        if self.text:
            parts.append(Text("".join(self.text)))
        return Message("assistant", (*parts, *map(_named, self.calls)))


async def run_turn(
    model: Model, ask: Ask, outcome: Outcome, toolbox: Toolbox | None = None, filters: Filters = UNFILTERED
) -> AsyncGenerator[str | TextReplaced | Waiting, None]:
    """Yield what is for the screen as the model writes it, and what becomes of it; `outcome` keeps the answer.

    Raises ModelError.
    """
    late = toolbox.late if toolbox is not None else []
    late.clear()
    for left in range(MOST_ROUNDS, -1, -1):
        offered = toolbox.specs if toolbox is not None and left else ()
        round_, trouble = _Round(outcome, filters), None
        try:
            request = replace(ask, tools=offered, passes_over=outcome.away)
            async with aclosing(_request(model, request, round_)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError as failed:
            trouble = failed
        async for words in round_.end():
            yield words
        for words in round_.left_by(trouble, late):
            yield words
        if isinstance(trouble, AnswerEmpty) and late:
            return  # what was made says it all
        if trouble is not None:
            raise trouble
        if toolbox is None or not round_.calls or not left:
            return
        called = await round_.call(toolbox)
        for words in round_.place_made(called, late):
            yield words
        ask = replace(ask, messages=(*ask.messages, round_.message(), *_results(called)))


async def asked_aside(model: Model, ask: Ask, outcome: Outcome) -> str:
    """All the text of one more request, which is paid for with the turn. Raises ModelError."""
    words: list[str] = []
    async with aclosing(model.stream(replace(ask, passes_over=outcome.away))) as events:
        async for event in events:
            gather(words, event)
            if isinstance(event, Finished | Unfinished | FallbackUsed):
                outcome.note(event)
    return "".join(words)


async def _request(model: Model, ask: Ask, round_: _Round) -> AsyncGenerator[str | TextReplaced | Waiting, None]:
    outcome = round_.outcome
    started, thought_s, said_before = time.monotonic(), outcome.thought_s, len(outcome.text)
    async with aclosing(model.stream(ask)) as events:
        async for event in events:
            match event:
                case ReasoningDelta(text):
                    round_.reasoning.append(text)
                    outcome.reasoning.append(text)
                    outcome.thought_s = thought_s + time.monotonic() - started
                case TextDelta(text):
                    async for words in round_.hear(text):
                        yield words
                case TextRetracted(kept):
                    await round_.retract(said_before, kept)
                    yield TextReplaced(outcome.answer)
                case Waiting():
                    yield event
                case Finished() | Unfinished() | FallbackUsed():
                    outcome.note(event)
                case ToolCalled(call):
                    round_.calls.append(call)


def _told_apart(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """Give calls of one reply different ids where they share one, so that each result belongs to one call."""
    kept: dict[str, ToolCall] = {}
    for call in calls:
        id_, number = call.id, 1
        while id_ in kept:
            number += 1
            id_ = f"{call.id}_{number}"
        kept[id_] = replace(call, id=id_, name=call.name.strip())
    return list(kept.values())


def _named(call: ToolCall) -> ToolCall:
    return replace(call, name=_NO_NAME.sub("_", call.name)[:LONGEST_NAME] or "unnamed")


def _results(called: Sequence[Called]) -> tuple[Message, ...]:
    """A message for each call."""
    return tuple(Message("tool", (one.result,)) for one in called)


def _step(called: Called) -> str:
    what = called.result.text.replace("\n", " ")[:STEP_CHARS]
    return STEP.format(tool=called.call.name, what=what)

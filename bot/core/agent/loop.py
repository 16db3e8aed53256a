"""`run_turn` runs the model with its tools. It yields the answer as it comes, and records the rest in an Outcome."""

import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.core.agent.toolbox import CallResult, Toolbox
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
from bot.core.thread.turn import TurnUsage
from bot.errors import AnswerEmpty, ContextTooLong, ModelError

# After so many rounds with tools, the model is asked once more without tools.
MOST_ROUNDS = 12
STEP = "\n[{tool}: {what}]\n"
STEP_CHARS = 200
PLACED = "\n\n![]({label})\n\n"
# Providers take only these characters in the name of a function. A model may make up other names, and the next request
# has to contain its call.
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
    """Changes nothing. For text that no person sees."""

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
    """The result of a turn so far. It is complete when `finished` is set. `fell_back`: another model has answered."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    thought_s: float = 0.0
    finished: Finished | None = None
    spent: TurnUsage = field(default_factory=TurnUsage)
    requests: int = 0
    fell_back: FallbackUsed | None = None

    @property
    def away(self) -> frozenset[str]:
        """The names of models that are not asked again in this turn."""
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
        """Add the usage of one request that has ended."""
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
    """The text, reasoning and tool calls of one request."""

    outcome: Outcome
    filters: Filters
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.filters.begin()

    async def hear(self, text: str) -> AsyncGenerator[str]:
        """Add text of the model. Yield the text for the screen."""
        async for piece in spaced_slices(text):
            async for words in self.said(await self.filters.check(piece)):
                yield words

    async def said(self, text: str) -> AsyncGenerator[str]:
        """Add text that has been checked. Yield the text for the screen."""
        async for piece in spaced_slices(text):
            for words in self._kept(piece):
                yield self.filters.feed(words)

    async def retract(self, said_before: int, kept: str) -> None:
        """Keep only `kept` of the text of the request. Nothing is shown here: the caller shows all text again."""
        del self.outcome.text[said_before:]
        self.text.clear()
        self._kept(await self.filters.go_back(kept))

    async def end(self) -> AsyncGenerator[str]:
        """Yield the text that the filters still hold. It belongs to the answer, also when the request has failed."""
        async for words in self.said(await self.filters.end_check()):
            yield words

    def place_late(self, error: ModelError | None, late: list[str]) -> list[str]:
        """Place the late artifacts in an answer that ends with an error. Nothing is placed when the artifacts are all
        there is, or when the request is made again.
        """
        is_repeated = isinstance(error, ContextTooLong) and not self.outcome.text
        if error is None or is_repeated or isinstance(error, AnswerEmpty):
            return []
        labels, late[:] = list(late), []
        return self._placed(labels)

    async def call(self, toolbox: Toolbox) -> tuple[CallResult, ...]:
        self.calls = _with_own_ids(self.calls)
        results = await toolbox.run(self.calls)
        self.outcome.reasoning += map(_step, results)
        return results

    def place_made(self, called: Sequence[CallResult], late: list[str]) -> list[str]:
        """Place new artifacts after the text that leads to them. Without text, the model may place them later."""
        labels = [label for result in called for label in result.shown]
        if self.text:
            return self._placed(labels)
        late += labels
        return []

    def _placed(self, labels: Sequence[str]) -> list[str]:
        placed = [PLACED.format(label=label) for label in labels]
        self.outcome.text += placed
        return [self.filters.feed(words) for words in placed]

    def _kept(self, text: str) -> list[str]:
        """Add text to the answer. Text after a tool call begins a new paragraph."""
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
    """Yield the text for the screen as the model writes it, and the events that concern the screen. `outcome` gets the
    answer.

    Raises ModelError.
    """
    late = toolbox.late if toolbox is not None else []
    late.clear()
    for left in range(MOST_ROUNDS, -1, -1):
        offered = toolbox.specs if toolbox is not None and left else ()
        round_, error = _Round(outcome, filters), None
        try:
            request = replace(ask, tools=offered, passes_over=outcome.away)
            async with aclosing(_request(model, request, round_)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError as raised:
            error = raised
        async for words in round_.end():
            yield words
        for words in round_.place_late(error, late):
            yield words
        if isinstance(error, AnswerEmpty) and late:
            return  # the artifacts are the answer
        if error is not None:
            raise error
        if toolbox is None or not round_.calls or not left:
            return
        called = await round_.call(toolbox)
        for words in round_.place_made(called, late):
            yield words
        ask = replace(ask, messages=(*ask.messages, round_.message(), *_results(called)))


async def asked_aside(model: Model, ask: Ask, outcome: Outcome) -> str:
    """Make one more request, whose usage counts for the turn. Return its text. Raises ModelError."""
    texts: list[str] = []
    async with aclosing(model.stream(replace(ask, passes_over=outcome.away))) as events:
        async for event in events:
            gather(texts, event)
            if isinstance(event, Finished | Unfinished | FallbackUsed):
                outcome.note(event)
    return "".join(texts)


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


def _with_own_ids(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """Give each call of a reply an id of its own, so that each result belongs to one call."""
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


def _results(called: Sequence[CallResult]) -> tuple[Message, ...]:
    """Return a message for each call."""
    return tuple(Message("tool", (call.result,)) for call in called)


def _step(called: CallResult) -> str:
    what = called.result.text.replace("\n", " ")[:STEP_CHARS]
    return STEP.format(tool=called.call.name, what=what)

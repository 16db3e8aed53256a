"""One run of the model, with its tools: events in, the answer out as it comes, and what it all amounted to."""

import re
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from bot.core.agent.toolbox import Called, Toolbox
from bot.core.conversation import Spent
from bot.core.events import (
    Finished,
    ReasoningDelta,
    Retold,
    Retracted,
    TextDelta,
    ToolCalled,
    Unfinished,
    Waiting,
    gather,
)
from bot.core.messages import Ask, Message, Part, Reasoning, Text, ToolCall
from bot.core.ports import Model
from bot.errors import AnswerEmpty, ContextTooLong, ModelError

# Rounds of tools; then the model is asked once more, without.
MOST_ROUNDS = 12
STEP = "\n[{tool}: {what}]\n"
STEP_CHARS = 200
PLACED = "\n\n![]({label})\n\n"
# What providers take as the name of a function; a model may make up others, and the history has to hold its call.
_NO_NAME = re.compile(r"[^a-zA-Z0-9_-]+")
LONGEST_NAME = 64


@dataclass(slots=True)
class Outcome:
    """What came of a turn so far; whole once `finished`."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    thought_s: float = 0.0
    finished: Finished | None = None
    spent: Spent = field(default_factory=Spent)
    requests: int = 0

    @property
    def answer(self) -> str:
        return "".join(self.text)

    def settle(self, done: Finished | Unfinished) -> None:
        """One request of the turn is over."""
        self.finished = done if isinstance(done, Finished) else None
        self.requests += 1
        before, usage = self.spent, done.usage
        self.spent = Spent(
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

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)

    def said(self, text: str, outcome: Outcome) -> list[str]:
        """More text. What it says after a tool is a paragraph of its own."""
        is_apart = not self.text and outcome.text and not outcome.text[-1].endswith("\n")
        self.text.append(text)
        return [_said(outcome, words) for words in (["\n\n", text] if is_apart else [text])]

    def message(self) -> Message:
        parts: list[Part] = []
        if self.reasoning:
            parts.append(Reasoning("".join(self.reasoning)))
        if self.text:
            parts.append(Text("".join(self.text)))
        return Message("assistant", (*parts, *map(_named, self.calls)))


async def run_turn(
    model: Model, ask: Ask, outcome: Outcome, toolbox: Toolbox | None = None
) -> AsyncGenerator[str | Retold | Waiting, None]:
    """Yield the answer's text as the model writes it, and what becomes of it; `outcome` keeps the rest.

    Raises ModelError.
    """
    late = toolbox.late if toolbox is not None else []
    late.clear()
    for left in range(MOST_ROUNDS, -1, -1):
        offered = toolbox.specs if toolbox is not None and left else ()
        round_ = _Round()
        try:
            async with aclosing(_request(model, replace(ask, tools=offered), outcome, round_)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError as trouble:
            if isinstance(trouble, AnswerEmpty) and late:
                return  # what was made says it all
            if outcome.text or not isinstance(trouble, ContextTooLong):  # else all is asked, and made, anew
                for label in late:
                    yield _said(outcome, PLACED.format(label=label))
                late.clear()
            raise
        if toolbox is None or not round_.calls or not left:
            return
        round_.calls = _told_apart(round_.calls)
        called = await toolbox.run(round_.calls)
        outcome.reasoning += [_step(one) for one in called]
        shown = [label for one in called for label in one.shown]
        if round_.text:  # which leads up to it
            for label in shown:
                yield _said(outcome, PLACED.format(label=label))
        else:
            late += shown
        ask = replace(ask, messages=(*ask.messages, round_.message(), *_results(called)))


async def asked_aside(model: Model, ask: Ask, outcome: Outcome) -> str:
    """All the text of one more request, which is paid for with the turn. Raises ModelError."""
    words: list[str] = []
    async with aclosing(model.stream(ask)) as events:
        async for event in events:
            gather(words, event)
            if isinstance(event, Finished | Unfinished):
                outcome.settle(event)
    return "".join(words)


async def _request(
    model: Model, ask: Ask, outcome: Outcome, round_: _Round
) -> AsyncGenerator[str | Retold | Waiting, None]:
    started, thought_s, said_before = time.monotonic(), outcome.thought_s, len(outcome.text)
    async with aclosing(model.stream(ask)) as events:
        async for event in events:
            match event:
                case ReasoningDelta(text):
                    round_.reasoning.append(text)
                    outcome.reasoning.append(text)
                    outcome.thought_s = thought_s + time.monotonic() - started
                case TextDelta(text):
                    for words in round_.said(text, outcome):
                        yield words
                case Retracted(kept):
                    del outcome.text[said_before:]
                    round_.text.clear()
                    if kept:
                        round_.said(kept, outcome)
                    yield Retold(outcome.answer)
                case Waiting():
                    yield event
                case Finished() | Unfinished():
                    outcome.settle(event)
                case ToolCalled(call):
                    round_.calls.append(call)


def _said(outcome: Outcome, text: str) -> str:
    outcome.text.append(text)
    return text


def _told_apart(calls: Sequence[ToolCall]) -> list[ToolCall]:
    """Ids stay as they were given, unless two calls of one reply share one: then nobody knows whose result is whose."""
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

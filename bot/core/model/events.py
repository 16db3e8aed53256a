"""What happens while the model answers, in the order it happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from bot.core.model.messages import ToolCall
from bot.core.model.usage import Currency, Usage

FinishReason = Literal["stop", "tool_calls", "length"]


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """A complete tool call; deltas are joined before it is told."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole (or `length`: whole up to the limit). `cost` is in `currency`, 0 where no price is known."""

    reason: FinishReason
    usage: Usage
    model: str
    cost: float = 0.0
    currency: Currency = "USD"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """No whole answer came of it: the error follows. This is what its attempts have used, as far as it is known."""

    usage: Usage
    model: str
    cost: float = 0.0
    currency: Currency = "USD"


@dataclass(frozen=True, slots=True)
class TextRetracted:
    """Of the text that this request has told, only `kept` stands; what comes next follows that."""

    kept: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The request waits for the provider, in a queue; place 1 is the next, 0 says that the wait is over.

    `is_down`: the provider does not answer at all; else it is busy, and has said so.
    """

    place: int
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class FallbackUsed:
    """The model that was asked for is away, and another one answers. `away` are the names of the models that are;
    `wanted` and `answers` are called as people know them.
    """

    away: frozenset[str]
    wanted: str
    answers: str


@dataclass(frozen=True, slots=True)
class TextReplaced:
    """The text of a turn is no longer what it was: this is all of it now."""

    text: str


ModelEvent = ReasoningDelta | TextDelta | ToolCalled | Finished | Unfinished | TextRetracted | Waiting | FallbackUsed


def gather(words: list[str], event: ModelEvent) -> None:
    """Keep the answer's text in `words`, as it stands once all events are there."""
    match event:
        case TextDelta(text):
            words.append(text)
        case TextRetracted(kept):
            words[:] = [kept] if kept else []


def joined(events: Sequence[ModelEvent]) -> list[ModelEvent]:
    """The same words in fewer events: each run of text, or of reasoning, is one."""
    runs: list[ModelEvent] = []
    for kind, run in groupby(events, type):
        if kind is TextDelta or kind is ReasoningDelta:
            runs.append(kind("".join(event.text for event in run if isinstance(event, kind))))
        else:
            runs += run
    return runs

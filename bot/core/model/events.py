"""The events of a model's answer. A model yields them in the order in which they happen."""

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
    """A complete tool call. The model's side has joined its deltas."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete, or at its limit (`length`). `cost` is in `currency`, 0 when no price is known."""

    reason: FinishReason
    usage: Usage
    model: str
    cost: float = 0.0
    currency: Currency = "USD"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The answer is not complete, and an error follows. `usage` and `cost` are of all attempts, as far as known."""

    usage: Usage
    model: str
    cost: float = 0.0
    currency: Currency = "USD"


@dataclass(frozen=True, slots=True)
class TextRetracted:
    """The model takes text back: of the text of this request only `kept` stays, and the next text follows it."""

    kept: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The request waits in a queue. Place 1 is the next one; place 0 says that the wait is over.

    `is_down`: the provider does not answer at all. Otherwise it has said that it is busy.
    """

    place: int
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class FallbackUsed:
    """The chosen model is away, and another one answers. `away` are the names of all models that are away. `wanted` and
    `answers` are the titles of the two models, as people know them.
    """

    away: frozenset[str]
    wanted: str
    answers: str


@dataclass(frozen=True, slots=True)
class TextReplaced:
    """`text` takes the place of all text of the turn so far."""

    text: str


ModelEvent = ReasoningDelta | TextDelta | ToolCalled | Finished | Unfinished | TextRetracted | Waiting | FallbackUsed


def gather(texts: list[str], event: ModelEvent) -> None:
    """Add the text of the event to `texts`. When the model takes text back, remove it there."""
    match event:
        case TextDelta(text):
            texts.append(text)
        case TextRetracted(kept):
            texts[:] = [kept] if kept else []


def joined(events: Sequence[ModelEvent]) -> list[ModelEvent]:
    """Return the same text in fewer events: deltas of text, or of reasoning, that follow each other become one."""
    runs: list[ModelEvent] = []
    for kind, run in groupby(events, type):
        if kind is TextDelta or kind is ReasoningDelta:
            runs.append(kind("".join(event.text for event in run if isinstance(event, kind))))
        else:
            runs += run
    return runs

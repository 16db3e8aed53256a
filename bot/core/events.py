"""What happens while the model answers, in the order it happens."""

from dataclasses import dataclass
from typing import Literal

from bot.core.messages import ToolCall
from bot.core.usage import Currency, Usage

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


ModelEvent = ReasoningDelta | TextDelta | ToolCalled | Finished

"""Usage counts the tokens of a model call. Price says what they cost."""

from dataclasses import dataclass, field
from typing import Literal

Currency = Literal["CNY", "USD"]


@dataclass(frozen=True, slots=True)
class Usage:
    """The token counts of one model call, or of a whole turn. `cached_tokens` are part of `prompt_tokens`. `cost` is
    what the provider itself says, 0 when it says nothing.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    cost: float = field(default=0.0, compare=False)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.cached_tokens + other.cached_tokens,
            self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """Prices per million tokens. `cached` is None when the provider has no special price for cached input."""

    input: float
    output: float
    currency: Currency
    cached: float | None = None

    def cost(self, usage: Usage) -> float:
        cached_price = self.input if self.cached is None else self.cached
        cached = min(usage.cached_tokens, usage.prompt_tokens)
        fresh = usage.prompt_tokens - cached
        return (fresh * self.input + cached * cached_price + usage.completion_tokens * self.output) / 1_000_000

"""`estimated` estimates the cost of a request before it is made. It also serves when the provider states no cost."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.model.messages import Ask
from bot.core.model.usage import Currency, Price, Usage
from bot.core.money.amounts import millionths

# The tokens of a typical answer, with and without thinking. The longest possible answer has many times more tokens: if
# these were reserved, a small budget would be reserved by one request alone.
THINKING_TOKENS = 2_000
PLAIN_TOKENS = 700


@dataclass(frozen=True, slots=True)
class Prices:
    """`price_of` returns the price of a model by its name (None: the configured model), or None when it is not known.
    `tokens_of` returns the tokens of a prompt. `most_tokens` limits an answer whose request sets no limit.
    """

    price_of: Callable[[str | None], Price | None]
    tokens_of: Callable[[Ask], int]
    most_tokens: int
    currency: Currency = "USD"


@dataclass(frozen=True, slots=True)
class Estimate:
    """`cost` is that of the prompt and a typical answer, in millionths."""

    prompt_tokens: int
    answer_tokens: int
    price: Price | None

    @property
    def cost(self) -> int:
        return self.of(self.answer_tokens)

    def of(self, answer_tokens: int) -> int:
        """Return the cost with an answer of this length, in millionths."""
        return millionths(self.price.cost(Usage(self.prompt_tokens, answer_tokens))) if self.price else 0

    def tokens_for(self, amount: int) -> int:
        """Return the tokens of the longest answer that this amount pays for, at least those of a typical answer."""
        if self.price is None or not self.price.output:
            return self.answer_tokens
        per_token = self.price.output
        return max(self.answer_tokens, int((amount - self.of(0)) / per_token))


def estimated(ask: Ask, prices: Prices) -> Estimate:
    typical = PLAIN_TOKENS if ask.thinking is False else THINKING_TOKENS
    most = ask.max_tokens or prices.most_tokens
    return Estimate(prices.tokens_of(ask), min(typical, most), prices.price_of(ask.model))


def capped(ask: Ask, estimate: Estimate, room: int | None, prices: Prices) -> Ask:
    """Limit the answer to the length that `room` millionths pay for. None: no limit."""
    if room is None or estimate.price is None:
        return ask
    most = estimate.tokens_for(room)
    return replace(ask, max_tokens=most) if most < (ask.max_tokens or prices.most_tokens) else ask

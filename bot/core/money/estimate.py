"""What a request will cost, roughly, before it is made, and what it has cost when nobody says so."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.model.messages import Ask
from bot.core.model.usage import Currency, Price, Usage
from bot.core.money.amounts import millionths

# A typical answer, with and without thinking. The most an answer may have is many times as much, and reserving that
# would leave nothing of a small budget to others.
THINKING_TOKENS = 2_000
PLAIN_TOKENS = 700


@dataclass(frozen=True, slots=True)
class Prices:
    """`price_of` a model by its name, None for the one that is set; it gives None where nobody could find the price
    out. `most_tokens` an answer may have when the request sets no limit.
    """

    price_of: Callable[[str | None], Price | None]
    tokens_of: Callable[[Ask], int]
    most_tokens: int
    currency: Currency = "USD"


@dataclass(frozen=True, slots=True)
class Estimate:
    """`cost` of the prompt and a typical answer, in millionths."""

    prompt_tokens: int
    answer_tokens: int
    price: Price | None

    @property
    def cost(self) -> int:
        return self.of(self.answer_tokens)

    def of(self, answer_tokens: int) -> int:
        """With so long an answer."""
        return millionths(self.price.cost(Usage(self.prompt_tokens, answer_tokens))) if self.price else 0

    def tokens_for(self, amount: int) -> int:
        """The longest answer that this amount pays for, never shorter than a typical one."""
        if self.price is None or not self.price.output:
            return self.answer_tokens
        per_token = self.price.output
        return max(self.answer_tokens, int((amount - self.of(0)) / per_token))


def estimated(ask: Ask, prices: Prices) -> Estimate:
    typical = PLAIN_TOKENS if ask.thinking is False else THINKING_TOKENS
    most = ask.max_tokens or prices.most_tokens
    return Estimate(prices.tokens_of(ask), min(typical, most), prices.price_of(ask.model))


def capped(ask: Ask, estimate: Estimate, room: int | None, prices: Prices) -> Ask:
    """An answer no longer than what is left pays for."""
    if room is None or estimate.price is None:
        return ask
    most = estimate.tokens_for(room)
    return replace(ask, max_tokens=most) if most < (ask.max_tokens or prices.most_tokens) else ask

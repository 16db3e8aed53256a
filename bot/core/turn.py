"""One run of the model: events in, the answer out as it comes, and what it all amounted to."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from bot.core.conversation import Spent
from bot.core.events import Finished, ReasoningDelta, TextDelta, ToolCalled
from bot.core.messages import Ask
from bot.core.ports import Model
from bot.core.usage import Usage


@dataclass(slots=True)
class Outcome:
    """What came of a turn so far; whole once `finished`."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    thought_s: float = 0.0
    finished: Finished | None = None

    @property
    def answer(self) -> str:
        return "".join(self.text)

    @property
    def spent(self) -> Spent:
        done = self.finished
        if done is None:
            return Spent()
        usage: Usage = done.usage
        return Spent(
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.reasoning_tokens,
            usage.cached_tokens,
            done.cost,
            done.currency,
            done.model,
        )


async def run_turn(model: Model, ask: Ask, outcome: Outcome) -> AsyncGenerator[str, None]:
    """Yield the answer's text as the model writes it; `outcome` keeps the rest. Raises ModelError."""
    async with aclosing(model.stream(ask)) as events:
        async for event in events:
            match event:
                case ReasoningDelta(text):
                    outcome.reasoning.append(text)
                    outcome.thought_s = time.monotonic() - outcome.started
                case TextDelta(text):
                    outcome.text.append(text)
                    yield text
                case Finished():
                    outcome.finished = event
                case ToolCalled():
                    continue  # no tools are offered yet, so a call to one is the model's slip

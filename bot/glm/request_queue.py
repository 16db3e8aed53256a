"""Who is asked for next, while the provider wants to be left alone or is down: first come, first served.

Nobody waits here as long as all is well. When the provider asks to wait, everybody does, each in their place; then the
first goes, and the next one as soon as that one was taken. So a limit is met once, not by all again and again.
"""

import asyncio
from bisect import insort
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from itertools import count

from bot.core.model.events import Waiting
from bot.glm.breaker import Breaker, Breakers
from bot.glm.timing import Timing

LEAST_WAIT_S = 0.1
MOST_HASTE = 5  # refusals in a row after which even “at once” means a second
BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 15.0


@dataclass(slots=True)
class _Lane:
    """The requests for one model: providers limit each model by itself."""

    breakers: tuple[Breaker, ...]
    line: list[int] = field(default_factory=list)
    free_at: float = 0.0
    refused_at: float = 0.0  # when the present wait began
    in_a_row: int = 0
    trying: int | None = None
    trying_since: float = 0.0

    @property
    def is_down(self) -> bool:
        return any(breaker.is_open for breaker in self.breakers)


class RequestQueue:
    def __init__(self, breakers: Breakers, timing: Timing) -> None:
        self._breakers = breakers
        self._timing = timing
        self._clock = timing.clock
        self._numbers = count(1)
        self._lanes: dict[str, _Lane] = {}
        self._news = asyncio.Event()

    def ticket(self) -> int:
        """A place by the time of coming, kept over all tries."""
        return next(self._numbers)

    async def admitted(self, ticket: int, model: str, deadline: float) -> AsyncGenerator[Waiting, None]:
        """Ends when the request may go; until then it tells each new place in the queue, and at last that it is over.

        Whoever goes says what came of it: `taken`, `refused`, and in any case `left`. Raises TimeoutError when the
        clock has reached the deadline.
        """
        lane = self._lanes.setdefault(model, _Lane(self._breakers.before(model)))
        if not lane.line and self._may_go_in_s(lane) == 0:
            self._go(lane, ticket)
            return
        told: Waiting | None = None
        insort(lane.line, ticket)
        try:
            while (wait_s := self._may_go_in_s(lane) if lane.line[0] == ticket else None) != 0:
                if (left_s := deadline - self._clock()) <= 0:
                    raise TimeoutError
                waiting = Waiting(lane.line.index(ticket) + 1, is_down=lane.is_down)
                if waiting != told:
                    told = waiting
                    yield waiting
                    continue  # telling took time
                await self._timing.until(self._news, left_s if wait_s is None else min(wait_s, left_s))
            self._go(lane, ticket)
        finally:
            lane.line.remove(ticket)
            self.changed()
        if told:
            yield Waiting(0)

    def taken(self, ticket: int, model: str) -> None:
        """The provider answers: the next may go."""
        lane = self._lanes[model]
        lane.in_a_row = 0
        self._settle(lane, ticket)

    def refused(self, ticket: int, model: str, asked_s: float | None, sent_at: float) -> float:
        """The provider wants to be left alone: everybody waits, as long as it says. Returns the seconds."""
        lane, now = self._lanes[model], self._clock()
        if sent_at >= lane.refused_at:  # refusals of requests that went out together are one
            lane.in_a_row += 1
            lane.refused_at = now
        if asked_s is None:
            longest = min(LONGEST_BACKOFF_S, BACKOFF_S * 2.0 ** (max(lane.in_a_row, 1) - 1))
            asked_s = longest * (1 + self._timing.jitter()) / 2
        wait_s = max(LEAST_WAIT_S if lane.in_a_row <= MOST_HASTE else BACKOFF_S, asked_s)
        lane.free_at = max(lane.free_at, now + wait_s)
        self._settle(lane, ticket)
        return wait_s

    def left(self, ticket: int, model: str) -> None:
        self._settle(self._lanes[model], ticket)

    def changed(self) -> None:
        """Everybody who waits looks again."""
        self._news.set()
        self._news = asyncio.Event()

    def _go(self, lane: _Lane, ticket: int) -> None:
        if lane.line or lane.in_a_row:
            lane.trying, lane.trying_since = ticket, self._clock()

    def _settle(self, lane: _Lane, ticket: int) -> None:
        if lane.trying == ticket:
            lane.trying = None
        self.changed()

    def _may_go_in_s(self, lane: _Lane) -> float | None:
        """For the first of the line: 0 at once, None when only news can tell."""
        now = self._clock()
        if (left_s := max(lane.free_at - now, *(breaker.rests_s for breaker in lane.breakers))) > 0:
            return left_s
        if any(breaker.is_resting for breaker in lane.breakers):
            return None
        if lane.trying is not None:
            return max(0.0, lane.trying_since + self._timing.pace_s - now)
        return 0.0

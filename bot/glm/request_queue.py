"""RequestQueue orders the requests that wait while the provider is busy or down: first come, first served.

Without trouble nobody waits. When the provider asks us to wait, all requests for the model wait in their places; then
the first one goes, and the next goes as soon as that one was accepted. So only one request meets a limit that still
holds.
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
MOST_HASTE = 5  # after more refusals in a row, “retry at once” is taken as one second
BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 15.0


@dataclass(slots=True)
class _Lane:
    """The requests for one model: providers limit each model separately."""

    breakers: tuple[Breaker, ...]
    line: list[int] = field(default_factory=list)
    free_at: float = 0.0
    refused_at: float = 0.0  # when the current wait began
    in_a_row: int = 0
    attempt: int | None = None
    attempt_since: float = 0.0

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
        """Return a place in the queue, by the time of arrival. The request keeps it over all its attempts."""
        return next(self._numbers)

    async def admitted(self, ticket: int, model: str, deadline: float) -> AsyncGenerator[Waiting, None]:
        """Return when the request may go. Until then, yield each new place in the queue, and at last `Waiting(0)`.

        The request reports its outcome: `taken` or `refused`, and always `left`. Raises TimeoutError when the clock has
        reached the deadline.
        """
        lane = self._lanes.setdefault(model, _Lane(self._breakers.before(model)))
        if not lane.line and self._may_go_in_s(lane) == 0:
            self._go(lane, ticket)
            return
        last_place: Waiting | None = None
        insort(lane.line, ticket)
        try:
            while (wait_s := self._may_go_in_s(lane) if lane.line[0] == ticket else None) != 0:
                if (left_s := deadline - self._clock()) <= 0:
                    raise TimeoutError
                waiting = Waiting(lane.line.index(ticket) + 1, is_down=lane.is_down)
                if waiting != last_place:
                    last_place = waiting
                    yield waiting
                    continue  # the consumer took time, so look again
                await self._timing.until(self._news, left_s if wait_s is None else min(wait_s, left_s))
            self._go(lane, ticket)
        finally:
            lane.line.remove(ticket)
            self.changed()
        if last_place:
            yield Waiting(0)

    def taken(self, ticket: int, model: str) -> None:
        """Note that the provider accepted the request; the next one may go."""
        lane = self._lanes[model]
        lane.in_a_row = 0
        self._settle(lane, ticket)

    def refused(self, ticket: int, model: str, asked_s: float | None, sent_at: float) -> float:
        """Make all requests for the model wait, as long as the provider asks. Return the seconds."""
        lane, now = self._lanes[model], self._clock()
        if sent_at >= lane.refused_at:  # refusals of requests that went out together count once
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
        """Note that the request is over, whatever came of it."""
        self._settle(self._lanes[model], ticket)

    def changed(self) -> None:
        """Wake all waiting requests, so that they look at their place again."""
        self._news.set()
        self._news = asyncio.Event()

    def _go(self, lane: _Lane, ticket: int) -> None:
        if lane.line or lane.in_a_row:
            lane.attempt, lane.attempt_since = ticket, self._clock()

    def _settle(self, lane: _Lane, ticket: int) -> None:
        if lane.attempt == ticket:
            lane.attempt = None
        self.changed()

    def _may_go_in_s(self, lane: _Lane) -> float | None:
        """Seconds until the first in line may go: 0 at once, None when only a change can tell."""
        now = self._clock()
        if (left_s := max(lane.free_at - now, *(breaker.rests_s for breaker in lane.breakers))) > 0:
            return left_s
        if any(breaker.is_resting for breaker in lane.breakers):
            return None
        if lane.attempt is not None:
            return max(0.0, lane.attempt_since + self._timing.pace_s - now)
        return 0.0

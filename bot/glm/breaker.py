"""Breaker stops requests to a model that is down: after failures in a row it pauses, then lets one request probe it.

Only real failures count: no connection, a server error, a stream that broke. A provider that is busy, or refuses a
request, is up. Requests that come in the pause wait (request_queue.py) or go to another model (fallback.py).
"""

import time
from collections import defaultdict
from collections.abc import Callable

from bot.glm.away import has_failed, has_met_nobody
from bot.glm.refusals.provider_errors import Refusal

FAILURES = 5
REST_S = 20.0


class Breaker:
    """Closed at first; open for `rest_s` after `failures` in a row; then one request, the probe, decides."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, failures: int = FAILURES, rest_s: float = REST_S
    ) -> None:
        self._clock = clock
        self._most = failures
        self._rest_s = rest_s
        self._in_a_row = 0
        self._open_until: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    @property
    def is_resting(self) -> bool:
        """Tell whether a request would have to wait now, for the pause or for the outcome of the probe."""
        return self.rests_s > 0 or (self.is_open and self._is_probing)

    @property
    def rests_s(self) -> float:
        """Seconds until a request may go; 0 when one may go now, as the probe too."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock())

    def admit(self) -> bool:
        """Let a request go. Return whether it is the probe."""
        self._is_probing = self._is_probing or self.is_open
        return self.is_open

    def answered(self) -> None:
        """Note that the provider answers. Whether the answer will be complete is not known yet."""
        self._open_until = None

    def succeeded(self) -> None:
        self._in_a_row = 0
        self._open_until = None

    def failed(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self._most:
            self._open_until = self._clock() + self._rest_s

    def left(self) -> None:
        """Note that the probe is over, however it ended; another one may follow."""
        self._is_probing = False


class Breakers:
    """One breaker for each model, and one for the provider, which counts requests that got no connection."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.provider = Breaker(clock)
        self._models: defaultdict[str, Breaker] = defaultdict(lambda: Breaker(clock))

    def of(self, model: str) -> Breaker:
        return self._models[model]

    def before(self, model: str) -> tuple[Breaker, Breaker]:
        """The breakers that a request to this model has to pass."""
        return self.provider, self.of(model)

    def answered(self, model: str) -> None:
        for breaker in self.before(model):
            breaker.answered()

    def succeeded(self, model: str) -> None:
        for breaker in self.before(model):
            breaker.succeeded()

    def refused(self, model: str, refusal: Refusal) -> None:
        if has_failed(refusal):
            (self.provider if has_met_nobody(refusal.error) else self.of(model)).failed()
        elif refusal.is_busy:
            self.answered(model)
        elif refusal.code:
            self.succeeded(model)

"""Spares a provider that is down, and the people who would wait for it: after failures in a row, a rest."""

import time
from collections.abc import Callable

from bot.errors import ModelBusy

FAILURES = 5
REST_S = 20.0


class Breaker:
    """Closed at first; open for `rest_s` after `failures` in a row; then one probe decides."""

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

    def admit(self) -> bool:
        """Let a request through and tell whether it is the probe. Raises ModelBusy while open."""
        if self._open_until is None:
            return False
        left = self._open_until - self._clock()
        if left > 0 or self._is_probing:
            raise ModelBusy("circuit breaker open", retry_after_s=max(left, 1.0))
        self._is_probing = True
        return True

    def succeeded(self) -> None:
        self._in_a_row = 0
        self._open_until = None

    def failed(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self._most:
            self._open_until = self._clock() + self._rest_s

    def left(self, *, was_probe: bool) -> None:
        """The request is over, however it ended; another probe may follow."""
        if was_probe:
            self._is_probing = False

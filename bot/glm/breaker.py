"""Spares a provider that is down: after failures in a row, a rest; then one request at a time tries whether it is back.

Only what has failed counts: no connection, an error of the server's, a stream that broke. A provider that is busy or
refuses a request is up. Whoever asks meanwhile waits (request_queue.py).
"""

import time
from collections.abc import Callable

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

    @property
    def is_probing(self) -> bool:
        """A request is under way whose outcome will tell whether the provider is back."""
        return self._is_probing

    @property
    def rests_s(self) -> float:
        """How long nothing is asked; 0 when a request may go, be it the probe."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock())

    def admit(self) -> bool:
        """A request goes; whether it is the probe."""
        self._is_probing = self._is_probing or self.is_open
        return self.is_open

    def answered(self) -> None:
        """The provider is there. Whether its answer comes to its end is not known yet."""
        self._open_until = None

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

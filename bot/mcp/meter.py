"""Meter limits how much one server may send: it may answer much, but not without end."""

import time
from collections.abc import Callable

MEGABYTE = 1_000_000
MOST_MESSAGE = 10 * MEGABYTE
# Several large answers at once are fine; a stream of them is not.
BURST = 32 * MEGABYTE
PER_SECOND = 1 * MEGABYTE
# A message costs at least this many bytes, so that many small ones count as a flood too.
LEAST_MESSAGE = 5_000
MOST_RUBBISH = 1_000

FLOODED = "it sent more than 10 MB at once and was stopped"
RUBBISH = "it sent lines that are no MCP messages and was stopped"


class Meter:
    """Meters one run of one server. `failure` says why the run has to end, and is empty while all is well.
    `is_parting`: the run ends without a fault of the server, so the server gets time to end.
    """

    def __init__(self, on_failure: Callable[[], None]) -> None:
        self.failure = ""
        self.is_parting = False
        self._on_failure = on_failure
        self.heard_at = time.monotonic()
        self._bytes_left = float(BURST)
        self._rubbish = 0

    def fail(self, failure: str) -> None:
        if not self.failure:
            self.failure = failure
            self._on_failure()

    def take(self, size: int) -> bool:
        """Note bytes that came in. Return False when they are too many, so that the server has to go."""
        now = time.monotonic()
        self._bytes_left = min(float(BURST), self._bytes_left + (now - self.heard_at) * PER_SECOND) - size
        self.heard_at = now
        if self._bytes_left < 0:
            self.fail(FLOODED)
        return not self.failure

    def take_message(self, size: int) -> bool:
        """Note a message whose bytes were already counted; a small one costs more than its bytes."""
        return self.take(max(0, LEAST_MESSAGE - size))

    def take_rubbish(self) -> bool:
        self._rubbish += 1
        if self._rubbish > MOST_RUBBISH:
            self.fail(RUBBISH)
        return not self.failure

"""How much one server has sent, and whether it has to go: a server may answer much, but not without end."""

import time
from collections.abc import Callable

MEGABYTE = 1_000_000
MOST_MESSAGE = 10 * MEGABYTE
# Several large answers at once are fine; a stream of them is not.
BURST = 32 * MEGABYTE
PER_SECOND = 1 * MEGABYTE
# What a message costs at least, so that many small ones are a flood too.
LEAST_MESSAGE = 5_000
MOST_RUBBISH = 1_000

FLOODED = "it sent more than 10 MB at once and was stopped"
RUBBISH = "it sent lines that are no MCP messages and was stopped"


class Meter:
    """One run of one server. `trouble` is why it has to end, and is empty while all is well. `is_parting`: it is ended
    without a fault of its own, so it is given time to do so.
    """

    def __init__(self, on_trouble: Callable[[], None]) -> None:
        self.trouble = ""
        self.is_parting = False
        self._on_trouble = on_trouble
        self.heard_at = time.monotonic()
        self._left = float(BURST)
        self._rubbish = 0

    def fail(self, trouble: str) -> None:
        if not self.trouble:
            self.trouble = trouble
            self._on_trouble()

    def take(self, size: int) -> bool:
        """Note bytes that came in. False: too many, the server has to go."""
        now = time.monotonic()
        self._left = min(float(BURST), self._left + (now - self.heard_at) * PER_SECOND) - size
        self.heard_at = now
        if self._left < 0:
            self.fail(FLOODED)
        return not self.trouble

    def take_message(self, size: int) -> bool:
        """A message whose bytes were taken already; a small one costs more than its bytes."""
        return self.take(max(0, LEAST_MESSAGE - size))

    def take_rubbish(self) -> bool:
        self._rubbish += 1
        if self._rubbish > MOST_RUBBISH:
            self.fail(RUBBISH)
        return not self.trouble

"""Clock is the time of the local Slack; with ManualClock a test lets five minutes pass at once."""

import time


class Clock:
    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time()


class ManualClock(Clock):
    """Stands still until a test moves it."""

    def __init__(self, start_s: float = 1_766_458_026.0) -> None:
        self._now_s = start_s

    def now(self) -> float:
        return self._now_s

    def advance(self, seconds: float) -> None:
        self._now_s += seconds

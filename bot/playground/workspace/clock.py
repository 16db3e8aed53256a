"""Time as the local Slack sees it, so that a test can let five minutes pass at once."""

import time


class Clock:
    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()


class ManualClock(Clock):
    """Stands still until told to move."""

    def __init__(self, start_s: float = 1_766_458_026.0) -> None:
        self._now_s = start_s

    def now(self) -> float:
        return self._now_s

    def advance(self, seconds: float) -> None:
        self._now_s += seconds

"""Rates applies Slack's rate limits, per method and workspace: a bucket that refills evenly (facts/slack.md §2 Tiers).

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from dataclasses import dataclass

from bot.playground.app.arguments import Tier
from bot.playground.workspace.clock import Clock

PER_MINUTE: dict[Tier, int] = {"T1": 1, "T2": 20, "T3": 50, "T4": 100, "T5": 600}
POST_BURST = 4
POSTS_PER_S = 1.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at_s: float


class Rates:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, method: str, tier: Tier, channel: str) -> int | None:
        """Take one call. Return None when it may go on, else the seconds of Retry-After."""
        if tier == "none":
            return None
        if tier == "post":  # about one message a second and channel, short bursts allowed (§2 Posting)
            return self._take(f"{method} {channel}", POST_BURST, POSTS_PER_S)
        return self._take(method, PER_MINUTE[tier], PER_MINUTE[tier] / 60)

    def _take(self, key: str, capacity: float, per_s: float) -> int | None:
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        bucket.tokens = min(capacity, bucket.tokens + (now - bucket.filled_at_s) * per_s)
        bucket.filled_at_s = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return None
        return max(1, math.ceil((1 - bucket.tokens) / per_s))

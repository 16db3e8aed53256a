"""How the client waits, and by which clock."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Whoever asks waits no longer than a turn lasts.
LONGEST_WAIT_S = 600.0
PACE_S = 2.0


async def until(news: asyncio.Event, seconds: float) -> None:
    """Wait for news, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return


@dataclass(frozen=True, slots=True)
class Timing:
    """Tests bring their own. `jitter` gives 0 to 1; `until` waits for an event, or so long.

    `longest_wait_s` is how long a request waits in the queue; one that was neither taken nor refused after `pace_s`
    holds up the next no longer.
    """

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    until: Callable[[asyncio.Event, float], Awaitable[None]] = until
    longest_wait_s: float = LONGEST_WAIT_S
    pace_s: float = PACE_S

"""Timing is how the client waits, and the clock it uses."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Nobody waits longer than a turn may last.
LONGEST_WAIT_S = 600.0
PACE_S = 2.0


async def until(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, but no longer than this."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


@dataclass(frozen=True, slots=True)
class Timing:
    """Tests bring their own. `jitter` returns 0 to 1; `until` waits for an event, or as long as it is told.

    `longest_wait_s` is how long a request waits in the queue. A request that was neither taken nor refused after
    `pace_s` no longer blocks the next one.
    """

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    until: Callable[[asyncio.Event, float], Awaitable[None]] = until
    longest_wait_s: float = LONGEST_WAIT_S
    pace_s: float = PACE_S

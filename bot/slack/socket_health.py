"""Whether events can reach us by Socket Mode. The SDK connects again by itself; a socket that stays down is for whoever
runs the bot to know.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

# Slack renews connections all day, within seconds; what lasts longer is no renewal.
PATIENCE_S = 60.0
LOOK_S = 5.0


class SocketHealth:
    """Not well before it was connected for the first time, nor after it has been down for `PATIENCE_S`."""

    def __init__(
        self, is_connected: Callable[[], Awaitable[bool]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._is_connected = is_connected
        self._clock = clock
        self._down_since: float | None = clock()
        self._was_connected = False

    async def is_well(self) -> bool:
        await self.look()
        return self._was_connected and self.down_s() < PATIENCE_S

    def down_s(self) -> float:
        """How long it has been down, as of the last look; 0 while it is up."""
        return 0.0 if self._down_since is None else self._clock() - self._down_since

    async def look(self) -> None:
        if await self._is_connected():
            self._was_connected, self._down_since = True, None
        elif self._down_since is None:
            log.warning("socket.down")
            self._down_since = self._clock()

    async def watch(self) -> None:
        """Until cancelled: that it is down is to be known from its beginning, not from the first question."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

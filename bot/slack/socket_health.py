"""SocketHealth says whether events can arrive by Socket Mode.

The SDK connects again by itself. If the socket stays down, whoever runs the bot has to know.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

# Slack renews connections often, within seconds. A longer time without a connection is a failure.
PATIENCE_S = 60.0
LOOK_S = 5.0


class SocketHealth:
    """It is not well before the first connection, and after PATIENCE_S without one."""

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
        """How long the socket was down at the last look; 0 if it was up."""
        return 0.0 if self._down_since is None else self._clock() - self._down_since

    async def look(self) -> None:
        if await self._is_connected():
            self._was_connected, self._down_since = True, None
        elif self._down_since is None:
            log.warning("socket.down")
            self._down_since = self._clock()

    async def watch(self) -> None:
        """Look regularly until cancelled, so that the beginning of a failure is known."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

"""Loops that run as long as the process does. What breaks one is told of, and it begins again: it ends nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import BotError

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
# A loop that ran for so long had nothing to do with the trouble before.
WELL_AFTER_S = 60.0

# Told the name of a loop that broke.
Broke = Callable[[str], None]


def unnoticed(_: str) -> None:
    """For who does not count."""


async def keep_running(name: str, loop: Callable[[], Awaitable[None]], broke: Broke = unnoticed) -> None:
    """Until cancelled, or until the loop ends by itself. After each trouble it waits longer before it begins again."""
    wait_s = FIRST_WAIT_S
    while True:
        began = time.monotonic()
        try:
            await loop()
        except BotError as trouble:
            log.warning("loop.postponed", loop=name, error=type(trouble).__name__, reason=trouble.detail)
        except Exception:  # a mistake of ours stays visible, and costs this round only
            log.exception("loop.broke", loop=name)
            broke(name)
        else:
            return
        if time.monotonic() - began > WELL_AFTER_S:
            wait_s = FIRST_WAIT_S
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)

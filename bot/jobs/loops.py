"""Runs loops as long as the process lives. A loop that breaks is logged and begins again; it ends nothing else."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import BotError

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
# A loop that ran this long had recovered: the next failure has nothing to do with the last one.
WELL_AFTER_S = 60.0

# Called with the name of a loop that broke.
OnBroken = Callable[[str], None]


def ignore(_: str) -> None:
    """Count nothing."""


async def keep_running(name: str, loop: Callable[[], Awaitable[None]], on_broken: OnBroken = ignore) -> None:
    """Run a loop until it is cancelled or ends by itself. After each failure it waits longer before it begins again."""
    wait_s = FIRST_WAIT_S
    while True:
        began = time.monotonic()
        try:
            await loop()
        except BotError as error:
            log.warning("loop.postponed", loop=name, error=type(error).__name__, reason=error.detail)
        except Exception:  # a bug of ours is logged, and costs only this round
            log.exception("loop.broke", loop=name)
            on_broken(name)
        else:
            return
        if time.monotonic() - began > WELL_AFTER_S:
            wait_s = FIRST_WAIT_S
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)

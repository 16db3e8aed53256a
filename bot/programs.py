"""Starts and ends other programs. Each runs in its own session and is ended with everything that it started.

Up to Python 3.13, a start that is cancelled half way waits until every holder of the program's pipes is gone, and so
does `Process.wait`; that may be never (https://github.com/python/cpython/issues/119710).
"""

import asyncio
import contextlib
import os
import signal
import time
from typing import Any

END_S = 5.0
POLL_S = 0.01


async def start_program(*command: str, **options: Any) -> asyncio.subprocess.Process:
    """Start a program in its own session. `options` are those of `asyncio.create_subprocess_exec`.

    A cancelled start leaves no process behind. Raises OSError when the program cannot be started.
    """
    running = asyncio.create_subprocess_exec(*command, start_new_session=True, **options)
    starting = asyncio.ensure_future(running)  # noqa: TID251  # it is always waited for
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait([starting])  # a start takes only milliseconds
        if not starting.cancelled() and starting.exception() is None:
            await end_program(starting.result())
        raise


async def end_program(process: asyncio.subprocess.Process) -> None:
    """Kill the program's whole session, also when its first process has ended, and close its pipes."""
    signal_session(process, signal.SIGKILL)
    try:
        await is_gone(process, END_S)
    finally:
        # asyncio has no public way to close pipes that a process of another session may still hold.
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001


async def is_gone(process: asyncio.subprocess.Process, within_s: float) -> bool:
    """Wait up to `within_s` seconds until the program's first process has ended, whoever holds its pipes."""
    until = time.monotonic() + within_s
    while process.returncode is None and time.monotonic() < until:  # noqa: ASYNC110  # there is no event for this
        await asyncio.sleep(POLL_S)
    return process.returncode is not None


def signal_session(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)

"""How long an event loop is held in one go: the longest step of anything that runs in it, in CPU time of its thread.

What else the machine does, and what is waited for, changes nothing. No garbage is collected meanwhile: that would be
charged to whoever happens to run.
"""

import asyncio
import gc
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import get_ident

import pytest

# Nothing that can take longer than 50 ms runs in a loop; a core that is slower, or shares its caches with others, may
# take twice as long for the same.
MOST_S = 0.1


@dataclass
class Held:
    """Per thread, the longest step and what it was."""

    steps: dict[int, tuple[float, str]] = field(default_factory=dict)

    def note(self, took_s: float, what: object) -> None:
        thread = get_ident()
        if took_s > self.steps.get(thread, (0.0, ""))[0]:
            self.steps[thread] = (took_s, repr(what))

    @property
    def longest_s(self) -> float:
        return max((took_s for took_s, _ in self.steps.values()), default=0.0)


@asynccontextmanager
async def held(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Held]:
    found, run = Held(), asyncio.Handle._run

    def measured(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        try:
            run(handle)
        finally:
            found.note(time.thread_time() - began, handle)

    with warnings.catch_warnings():
        # What is collected here is of earlier tests. On a busy machine a server of theirs may end while it accepts a
        # connection, which asyncio then leaves unclosed.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    gc.disable()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(asyncio.Handle, "_run", measured)
            await asyncio.sleep(0)  # the step that has begun before is not measured
            yield found
            await asyncio.sleep(0)  # and this one is
    finally:
        gc.enable()

"""Interrupts ends a running turn when its question was edited or deleted, or when a person pressed Stop.

The store carries the signals from process to process. A lost signal costs only time, because the commit finds out that
a question has changed.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

from bot.core.thread.inbound import ThreadId
from bot.errors import ModelTimeout

TurnSignal = Literal["changed", "stopped"]


class Interrupted(Exception):  # no BotError, because nothing has failed
    def __init__(self, signal: TurnSignal) -> None:
        super().__init__(signal)
        self.signal: TurnSignal = signal


class Interrupts:
    """The turns that run in this process."""

    def __init__(self) -> None:
        self._running: dict[ThreadId, asyncio.Timeout] = {}
        self._signals: dict[ThreadId, TurnSignal] = {}
        self._expected: set[ThreadId] = set()

    @contextmanager
    def expecting(self, thread: ThreadId) -> Generator[None]:
        """Inside the block a Stop is kept until the turn begins. A turn looks things up first, which takes time."""
        self._expected.add(thread)
        try:
            yield
        finally:
            self._expected.discard(thread)
            self._signals.pop(thread, None)

    @asynccontextmanager
    async def turn(self, thread: ThreadId, timeout_s: float) -> AsyncGenerator[None]:
        """Run the block as the turn of this thread. Raises Interrupted at the next await after a signal, and
        ModelTimeout when the time is over.
        """
        if early := self._signals.pop(thread, None):
            raise Interrupted(early)
        try:
            async with asyncio.timeout(timeout_s) as limit:
                self._running[thread] = limit
                try:
                    yield
                finally:
                    del self._running[thread]
        except TimeoutError:
            if not limit.expired():
                raise
            signal = self._signals.get(thread)
            if signal is None:
                raise ModelTimeout("turn") from None
            raise Interrupted(signal) from None
        finally:
            self._signals.pop(thread, None)  # the signal is not for the next turn

    def signal(self, thread: ThreadId, signal: TurnSignal) -> None:
        """Interrupt the turn of this thread, if it runs in this process."""
        limit = self._running.get(thread)
        if limit is None and thread in self._expected and signal == "stopped":
            self._signals[thread] = signal  # "changed" need not be kept: the commit finds it out
        if limit is None or limit.expired():
            return
        self._signals[thread] = signal
        limit.reschedule(asyncio.get_running_loop().time())

    def is_over(self, thread: ThreadId) -> bool:
        """Return whether a cancelled turn was stopped, its question changed, or its time is over. Otherwise another
        worker goes on with it.
        """
        limit = self._running.get(thread)
        return limit is not None and limit.expired()

    def wait_for_person(self, thread: ThreadId, at_most_s: float) -> None:
        """Give the turn more time, because it asks a person something and waits for the answer."""
        limit = self._running.get(thread)
        if limit is not None and not limit.expired() and (ends_at := limit.when()) is not None:
            limit.reschedule(ends_at + at_most_s)

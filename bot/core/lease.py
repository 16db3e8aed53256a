"""The right to write for a thread, held by a fencing number (design §4.7).

A worker that was paused and lost its thread to another finds out here, before each thing it would write to Slack or
to the state. A store that does not answer is no proof of having lost the thread: the turn goes on, and the commit
waits for the store.
"""

import asyncio
from dataclasses import replace
from typing import Protocol

from bot.core.conversation import Turn
from bot.core.inbound import ThreadId
from bot.core.progress import Progress
from bot.errors import BotError, StateError

# How long a write to the screen waits for a store that does not answer.
PATIENCE_S = 1.5


class TurnTaken(BotError):
    """Another worker answers this thread now; stop without a word."""


class Fences(Protocol):
    async def holds(self, thread: ThreadId, fence: int) -> bool: ...

    async def record(self, thread: ThreadId, fence: int, progress: Progress) -> bool: ...


class Lease:
    def __init__(self, fences: Fences, thread: ThreadId, fence: int, version: int = 0) -> None:
        self._fences = fences
        self.thread = thread
        self.fence = fence
        self.progress = Progress(version=version)

    def take_over(self, left: Progress) -> None:
        """Go on from what an earlier attempt left on the screen."""
        self.progress = replace(left, version=self.progress.version)

    def renew(self, fence: int, version: int) -> None:
        """Begin again, with the messages on the screen that are there already."""
        self.fence = fence
        self.progress = replace(self.progress, turn=None, delivered=False, version=version)

    async def adopt(self, reply_ts: tuple[str, ...]) -> None:
        """The messages of an earlier answer are this turn's now."""
        await self._record(replace(self.progress, reply_ts=reply_ts))

    async def check(self) -> None:
        """Raise TurnTaken when another worker holds the thread."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                held = await self._fences.holds(self.thread, self.fence)
        except (StateError, TimeoutError):
            return
        if not held:
            raise TurnTaken

    async def posting(self) -> None:
        """About to post a new message: from here a message may exist whose ts nobody knows."""
        await self._record(replace(self.progress, posting=True))

    async def posted(self, ts: str) -> None:
        await self._record(replace(self.progress, posting=False, reply_ts=(*self.progress.reply_ts, ts)))

    async def not_posted(self) -> None:
        await self._record(replace(self.progress, posting=False))

    async def removed(self, ts: str) -> None:
        kept = tuple(kept for kept in self.progress.reply_ts if kept != ts)
        await self._record(replace(self.progress, reply_ts=kept))

    async def answered(self, turn: Turn) -> None:
        """The model is done: whoever takes over need not ask it again."""
        await self._record(replace(self.progress, turn=turn))

    async def delivered(self, turn: Turn) -> None:
        await self._record(replace(self.progress, turn=turn, delivered=True))

    async def _record(self, progress: Progress) -> None:
        self.progress = progress
        try:
            async with asyncio.timeout(PATIENCE_S):
                held = await self._fences.record(self.thread, self.fence, progress)
        except (StateError, TimeoutError):
            return
        if not held:
            raise TurnTaken

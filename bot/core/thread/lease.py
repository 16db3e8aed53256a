"""The right to write for a thread, held by a fencing number (design §4.7).

A worker that was paused and lost its thread to another finds out here, before each thing it would write to Slack or
to the state. A store that does not answer is no proof of having lost the thread: the turn goes on, and the commit
waits for the store.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import Turn
from bot.core.thread.inbound import ThreadId
from bot.errors import BotError, StateError

# How long a write to the screen waits for a store that does not answer.
PATIENCE_S = 1.5
# A wait that took so much longer than it may was a pause of this process.
SLEPT_S = 2 * PATIENCE_S


class TurnTaken(BotError):
    """Another worker answers this thread now; stop without a word."""


class Fences(Protocol):
    async def holds(self, thread: ThreadId, fence: int) -> bool: ...

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool: ...


class Lease:
    """`since_ts` is the oldest question: what stands before it belongs to earlier turns."""

    def __init__(self, fences: Fences, thread: ThreadId, fence: int, version: int = 0, since_ts: str = "") -> None:
        self.since_ts = since_ts
        self._fences = fences
        self.thread = thread
        self.fence = fence
        self.progress = Checkpoint(version=version)

    def take_over(self, left: Checkpoint) -> None:
        """Go on from what an earlier attempt left on the screen."""
        # An answer to a question as it was before it changed is of no use, also not to whoever takes over from us.
        turn = left.turn if left.version == self.progress.version else None
        self.progress = replace(left, turn=turn, version=self.progress.version)

    def renew(self, fence: int, version: int) -> None:
        """Begin again, with the messages on the screen that are there already."""
        self.fence = fence
        self.progress = replace(self.progress, turn=None, delivered=False, version=version)

    async def adopt(self, reply_ts: tuple[str, ...]) -> None:
        """The messages of an earlier answer are this turn's now."""
        await self._record(replace(self.progress, reply_ts=reply_ts))

    async def check(self) -> None:
        """Raise TurnTaken when another worker holds the thread."""
        await self._hold(lambda: self._fences.holds(self.thread, self.fence))

    async def posting(self) -> None:
        """About to post a new message: from here a message may exist whose ts nobody knows."""
        await self._record(replace(self.progress, posting=True))

    async def posted(self, ts: str) -> None:
        await self._record(replace(self.progress, posting=False, reply_ts=(*self.progress.reply_ts, ts)))

    async def attached(self, ts: str) -> None:
        """A shared file: a message of the answer that is never rewritten, so it stands before those that are."""
        await self._record(replace(self.progress, posting=False, reply_ts=(ts, *self.progress.reply_ts)))

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

    async def _record(self, progress: Checkpoint) -> None:
        self.progress = progress
        await self._hold(lambda: self._fences.record(self.thread, self.fence, progress))

    async def _hold(self, ask: Callable[[], Awaitable[bool]]) -> None:
        while True:
            asked_at = time.monotonic()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    held = await ask()
            except (StateError, TimeoutError):
                if time.monotonic() - asked_at < SLEPT_S:
                    return
                continue  # it was not the store that was silent: this process slept, and may have lost the thread
            if not held:
                raise TurnTaken
            return

"""A Lease is a worker's right to write for a thread. Its fencing number tells it from older leases (design §4.7).

A paused worker may lose its thread to another. It asks the lease before it writes anything to Slack or to the store,
and so finds out. A store that does not answer proves nothing: the turn goes on, and the commit waits for the store.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import Turn
from bot.errors import BotError, StateError

# A write to the screen waits so long for a store that does not answer.
PATIENCE_S = 1.5
# When a wait took longer than this, the process itself was paused.
SLEPT_S = 2 * PATIENCE_S


class TurnTaken(BotError):
    """Another worker answers this thread now. The turn ends without a word."""


class Fences(Protocol):
    async def holds(self, thread: ThreadId, fence: int) -> bool: ...

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool: ...


class Lease:
    """`since_ts` is the ts of the oldest question. Messages before it belong to earlier turns.

    Every method that writes raises TurnTaken when another worker holds the thread.
    """

    def __init__(self, fences: Fences, thread: ThreadId, fence: int, version: int = 0, since_ts: str = "") -> None:
        self.since_ts = since_ts
        self._fences = fences
        self.thread = thread
        self.fence = fence
        self.progress = Checkpoint(version=version)

    def take_over(self, checkpoint: Checkpoint) -> None:
        """Go on from the checkpoint of an earlier attempt."""
        # When the question has changed since, its answer is of no use, and no later attempt may show it.
        turn = checkpoint.turn if checkpoint.version == self.progress.version else None
        self.progress = replace(checkpoint, turn=turn, version=self.progress.version)

    def renew(self, fence: int, version: int) -> None:
        """Begin the turn again, with the messages that are on the screen already."""
        self.fence = fence
        self.progress = replace(self.progress, turn=None, delivered=False, version=version)

    async def adopt(self, reply_ts: tuple[str, ...]) -> None:
        """Make the messages of an earlier answer the messages of this turn."""
        await self._record(replace(self.progress, reply_ts=reply_ts))

    async def check(self) -> None:
        """Raise TurnTaken when another worker holds the thread."""
        await self._hold(lambda: self._fences.holds(self.thread, self.fence))

    async def posting(self) -> None:
        """Note that a new message is about to be posted. From now on a message may exist whose ts is not known."""
        await self._record(replace(self.progress, posting=True))

    async def posted(self, ts: str) -> None:
        await self._record(replace(self.progress, posting=False, reply_ts=(*self.progress.reply_ts, ts)))

    async def attached(self, ts: str) -> None:
        """Note the message of a shared file. It is put first, because it is never rewritten and later messages are."""
        await self._record(replace(self.progress, posting=False, reply_ts=(ts, *self.progress.reply_ts)))

    async def not_posted(self) -> None:
        await self._record(replace(self.progress, posting=False))

    async def removed(self, ts: str) -> None:
        kept = tuple(kept for kept in self.progress.reply_ts if kept != ts)
        await self._record(replace(self.progress, reply_ts=kept))

    async def answered(self, turn: Turn) -> None:
        """Note the complete answer. A worker that takes over does not ask the model again."""
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
                    is_held = await ask()
            except (StateError, TimeoutError):
                if time.monotonic() - asked_at < SLEPT_S:
                    return
                continue  # this process was paused, not the store, and may have lost the thread meanwhile
            if not is_held:
                raise TurnTaken
            return

"""The messages of a reply in its thread: those that the lease knows of, and those that nobody knows of.

The lease is told before a message is posted and after, so that whoever takes over knows what stands there.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import Lease
from bot.errors import SlackError
from bot.slack.gateway import Unconfirmed
from bot.slack.read.history import History
from bot.slack.reply.items import Share
from bot.slack.reply.message import Screen
from bot.slack.reply.shown import EmbedRefused, Shown, TooLong

log = structlog.get_logger(__name__)

# A shared file is a message of its own, which appears once Slack has looked at the file.
SHARED_S = 6.0
POLL_S = 0.5


class OwnMessages:
    """`known`: the ts of our messages in this thread that belong to earlier turns."""

    def __init__(
        self, screen: Screen, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        self._screen = screen
        self._history = history
        self._question = question
        self._lease = lease
        self._known = known

    @property
    def ts(self) -> tuple[str, ...]:
        """Of this turn, in their order."""
        return self._lease.progress.reply_ts

    @property
    def are_above_others(self) -> bool:
        """Answers of other turns stand below them."""
        last = max(map(float, self.ts), default=0.0)
        return any(float(ts) > last for ts in self._known)

    async def opened(self, opening: Callable[[], Awaitable[Shown]], stands: Callable[[], None]) -> Shown:
        """A new message; `stands` is told as soon as Slack has it."""
        if self._lease.progress.posting:
            # A post whose answer never came may have arrived.
            await self.remove_strays()
        await self._lease.posting()
        try:
            shown = await opening()
        except (SlackError, EmbedRefused, TooLong) as refused:
            if not isinstance(refused, Unconfirmed):
                await self._lease.not_posted()
            raise
        stands()
        await self._lease.posted(shown.ts)
        return shown

    async def not_posted(self) -> None:
        await self._lease.not_posted()

    async def share(self, share: Share) -> bool:
        """A file under the answer: a message of its own, which belongs to the answer."""
        if self._screen.is_private:
            return await self._screen.share(share)
        await self._lease.posting()
        before = set(await self._own())
        shared = await self._screen.share(share)
        deadline = time.monotonic() + SHARED_S
        while shared and time.monotonic() < deadline:
            fresh = [ts for ts in await self._own() if ts not in before]
            for ts in fresh:
                await self._lease.attached(ts)
            if fresh:
                return True
            await asyncio.sleep(POLL_S)
        await self._lease.not_posted()
        return shared

    async def take_away(self, ts: str) -> None:
        await self._screen.remove(ts)
        await self._lease.removed(ts)

    async def let_go(self, ts: str) -> None:
        """Take it away, if that still can be done."""
        try:
            await self.take_away(ts)
        except SlackError as refused:
            log.info("reply.message_left", code=refused.code)

    async def remove_strays(self) -> None:
        """Messages of ours that nobody knows of: posted by a call whose answer never came."""
        ours = self._known | set(self.ts)
        for ts in await self._own():
            if ts not in ours:
                await self._screen.remove(ts)

    async def _own(self) -> tuple[str, ...]:
        return await self._history.own_since(self._question, self._lease.since_ts)

"""OwnMessages records which messages of the thread belong to the reply, and removes messages that nobody knows of.

The lease is told before and after each post. So a worker that takes the turn over knows what stands in the thread.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from bot.core.thread.inbound import Inbound
from bot.core.thread.lease import Lease, TurnTaken
from bot.errors import SlackError
from bot.slack.gateway import Unconfirmed
from bot.slack.read.history import History
from bot.slack.reply.items import SharedFile
from bot.slack.reply.message import Screen
from bot.slack.reply.shown import EmbedRefused, ShownMessage, TooLong

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
        """The ts of this turn's messages, in their order."""
        return self._lease.progress.reply_ts

    @property
    def are_above_others(self) -> bool:
        """Whether answers of other turns stand below this turn's messages."""
        last = max(map(float, self.ts), default=0.0)
        return any(float(ts) > last for ts in self._known)

    async def open(self, post: Callable[[], Awaitable[ShownMessage]], on_posted: Callable[[], None]) -> ShownMessage:
        """Post a new message by `post`. `on_posted` is called as soon as Slack has it. Raises what `post` raises."""
        if self._lease.progress.posting:
            # An earlier post, whose answer never came, may have arrived.
            await self.remove_strays()
        await self._lease.posting()
        try:
            shown = await post()
        except (SlackError, EmbedRefused, TooLong) as refused:
            if not isinstance(refused, Unconfirmed):
                await self._lease.not_posted()
            raise
        on_posted()
        try:
            await self._lease.posted(shown.ts)
        except TurnTaken:
            # This process slept in the middle of the call. Who has the turn now has looked for strays before.
            await self._screen.take_back(shown)
            raise
        return shown

    async def not_posted(self) -> None:
        await self._lease.not_posted()

    async def share(self, share: SharedFile) -> bool:
        """Share a file under the answer, and record the message that Slack makes of it. False if Slack refuses."""
        if self._screen.is_private:
            return await self._screen.share(share)
        await self._lease.posting()
        before = set(await self._in_thread())
        shared = await self._screen.share(share)
        deadline = time.monotonic() + SHARED_S
        while shared and time.monotonic() < deadline:
            new = [ts for ts in await self._in_thread() if ts not in before]
            for ts in new:
                await self._lease.attached(ts)
            if new:
                return True
            await asyncio.sleep(POLL_S)
        await self._lease.not_posted()
        return shared

    async def remove(self, ts: str) -> None:
        await self._screen.remove(ts)
        await self._lease.removed(ts)

    async def try_remove(self, ts: str) -> None:
        """Remove the message if Slack still allows it."""
        try:
            await self.remove(ts)
        except SlackError as refused:
            log.info("reply.message_left", code=refused.code)

    async def remove_strays(self) -> None:
        """Remove messages of ours that nobody knows of: the answer to their post never came."""
        recorded = self._known | set(self.ts)
        for ts in await self._in_thread():
            if ts not in recorded:
                await self._screen.remove(ts)

    async def _in_thread(self) -> tuple[str, ...]:
        """The ts of our messages that Slack has in the thread since the turn began."""
        return await self._history.own_since(self._question, self._lease.since_ts)

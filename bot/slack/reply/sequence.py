"""What is ready of an answer, onto messages: grown while they last, one after the other, each thing once. Nothing here
decides when to send; that is bot.slack.reply.reply's.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from bot.core.inbound import Inbound
from bot.core.lease import Lease
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Unconfirmed
from bot.slack.read.history import History
from bot.slack.reply.buffer import Outgoing, Placed
from bot.slack.reply.items import Embed, Item, Items, Share, going_on, has_embeds, is_blank, joined, parted, words_of
from bot.slack.reply.message import EDIT_S, Screen
from bot.slack.reply.shown import EmbedRefused, Shown, TooLong, Uneditable
from bot.slack.reply.status import Status
from bot.slack.reply.task_cards import Cards

log = structlog.get_logger(__name__)

# A shared file is a message of its own, which appears once Slack has looked at the file.
SHARED_S = 6.0
POLL_S = 0.5
EMBED_WAITS_S = (0.0, 1.0, 2.0)

MOST_ANEW = 20  # each refusal leaves less room, until no more is learned of one

Resolve = Callable[[Placed], Awaitable[Item]]


class _Ended(Exception):  # it is no error
    """A stream ended under us."""


class Flow:
    """`known`: the ts of our messages in this thread that belong to earlier turns."""

    def __init__(
        self, screen: Screen, status: Status, history: History, question: Inbound, lease: Lease, known: frozenset[str]
    ) -> None:
        self.outgoing = Outgoing()
        self.cards = Cards()
        self.screen = screen
        self.shown: Shown | None = None
        self.resolve: Resolve | None = None
        # What stands above a message that has to open below others, though its answer belongs above them.
        self.heading = ""
        self._status = status
        self._history = history
        self._question = question
        self._lease = lease
        self._known = known
        self._takes_cards = True

    # -- text, and what stands amid it ---------------------------------------------------------------------------

    async def send(self) -> None:
        self.outgoing.take_in(is_final=False)
        await self._send_cards()
        await self._resolved()
        await self._roomy(self._send)

    async def close(self, foot: Blocks) -> None:
        """All that is left, and the foot under it."""
        self.outgoing.take_in(is_final=True)
        await self._settle_cards()
        await self._resolved()
        await self._roomy(lambda: self._close(foot))

    async def _roomy(self, doing: Callable[[], Awaitable[None]]) -> None:
        """What is not confirmed stays pending: cut anew to the room that a refusal told of, it is tried again."""
        for _ in range(MOST_ANEW):
            try:
                await doing()
            except (TooLong, _Ended):
                continue
            return
        raise SlackError("msg_too_long")

    async def _send(self) -> None:
        items = await self._fill(self.outgoing.pending, is_final=False)
        if not is_blank(items):
            await self._put(items)

    async def _close(self, foot: Blocks) -> None:
        items = await self._fill(self.outgoing.pending, is_final=True)
        if self.shown is None and is_blank(items) and self.outgoing.shares:
            if not foot:
                return  # a message of nothing is refused, and the file says what it is
            items = self.outgoing.say_of_file()
        try:
            if self.shown is None:
                self.shown = await self._open(items, foot, whole=True)
            else:
                await self._shut(self.shown, foot, items)
        except EmbedRefused:
            await self._one_by_one(items)
            if self.shown is not None:
                await self._shut(self.shown, foot, ())
        else:
            self.outgoing.confirm(items)

    async def _resolved(self) -> None:
        """Labels are looked up in their order; what was found stays found."""
        outgoing = self.outgoing
        while outgoing.unresolved:
            item = outgoing.unresolved[0]
            if isinstance(item, Placed):
                item = item.alt or item.label if self.resolve is None else await self.resolve(item)
            outgoing.add(await self._named(item))

    async def _named(self, item: Item) -> Item:
        """With names for the people the model calls by their ids."""
        team = self._question.team
        if isinstance(item, str):
            return str(await self._history.named(team, item))
        block, words = await self._history.named(team, [item.block, item.words])
        return replace(item, block=block, words=words)

    async def _put(self, items: Items) -> None:
        try:
            if self.shown is None:
                self.shown = await self._open(items)
            else:
                await self._grow(self.shown, items)
        except EmbedRefused:
            await self._one_by_one(items)
        else:
            self.outgoing.confirm(items)

    async def _one_by_one(self, items: Items) -> None:
        """A block amid the text was refused: each thing in its turn, blocks in messages of their own."""
        for item in items:
            if isinstance(item, Embed):
                await self._alone(item)
            elif self.shown is None:
                self.shown = await self._open((item,))
            else:
                await self._grow(self.shown, (item,))
            self.outgoing.confirm((item,))

    async def _alone(self, embed: Embed) -> None:
        if self.shown is not None:
            await self._shut(self.shown, [], ())
            self.shown = None
        for wait_s in EMBED_WAITS_S if await self.screen.is_unprocessed(embed) else (0.0,):
            await asyncio.sleep(wait_s)
            try:
                self.shown = await self._open((embed,), whole=True)
            except EmbedRefused:
                log.info("reply.embed_refused", type=embed.block.get("type"))
            else:
                return
        if embed.share is None or not await self.share(embed.share):
            self.shown = await self._open((embed.words,))

    async def _grow(self, shown: Shown, items: Items) -> None:
        try:
            if await self.screen.grow(shown, items):
                return
        except Uneditable:
            if not shown.was_streamed:
                # Moved each time it grows it would come and go; its text waits for the end.
                shown.is_fixed = True
                raise Busy(EDIT_S) from None
            await self._move(shown, items, [])
            return
        # The stream had ended under us: what it shows stays, the rest goes on in a new message.
        self.outgoing.keep(going_on(shown.items, self.outgoing.pending))
        self.shown = None
        raise _Ended

    async def _shut(self, shown: Shown, foot: Blocks, last: Items) -> None:
        try:
            await self.screen.close(shown, foot, last=last)
        except Uneditable:
            await self._move(shown, last, foot)
        else:
            if shown.mode == "stream":
                self._status.settled()

    async def _move(self, shown: Shown, more: Items, foot: Blocks) -> None:
        """A message that can't be edited gives way to a new one with all of its text."""
        self.shown = await self._open(joined((*shown.items, *more)), foot, whole=True)
        await self.take_away(shown.ts)

    async def _fill(self, items: Items, *, is_final: bool) -> Items:
        """End messages that are full, or streams that are old, with what still fits; what is left for the next."""
        while True:
            before = self.shown.items if self.shown else ()
            is_old = self.shown is not None and self.shown.is_old
            room = self.screen.room(self.shown)
            parts = parted(before, items, is_final=is_final, must_rotate=is_old, room=room)
            if parts is None:
                return items
            last, items = parts
            if has_embeds(last):
                await self._put(last)
                last = ()
            if self.shown is None and last:
                await self._open(last, whole=True)
            elif self.shown is not None:
                await self._shut(self.shown, [], last)
            self.shown = None
            self.outgoing.keep(items)

    async def _open(self, items: Items, foot: Blocks | None = None, *, whole: bool = False) -> Shown:
        if self.heading and not words_of(items).startswith(self.heading):
            items = joined((self.heading, *items))
        return await self._opened(lambda: self.screen.open(items, foot or [], whole=whole))

    async def _opened(self, opening: Callable[[], Awaitable[Shown]]) -> Shown:
        await self._status.end()
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
        self._status.replaced()
        await self._lease.posted(shown.ts)
        return shown

    # -- task cards ----------------------------------------------------------------------------------------------

    @property
    def has_cards(self) -> bool:
        """There is something new about what is being done."""
        return self._takes_cards and self.cards.has_news

    async def _send_cards(self) -> None:
        chunks = self.cards.fresh(self.shown)
        if not chunks or not self._takes_cards or (self.shown is not None and self.shown.mode != "stream"):
            return
        try:
            if self.shown is None:
                self.shown = await self._opened(lambda: self.screen.open_with(chunks))
            else:
                await self.screen.tell(self.shown, chunks)
        except (Busy, Unconfirmed):
            return
        except SlackError as refused:
            if refused.is_final:
                raise
            self._takes_cards = False  # a nicety, not worth a second try
        self.cards.told(chunks)

    async def _settle_cards(self) -> None:
        self.cards.settle()
        if self.shown is not None:
            await self._send_cards()

    # -- files and messages that go ------------------------------------------------------------------------------

    async def share(self, share: Share) -> bool:
        """A file under the answer: a message of its own, which belongs to the answer."""
        if self.screen.is_private:
            return await self.screen.share(share)
        await self._lease.posting()
        before = set(await self._own())
        shared = await self.screen.share(share)
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
        await self.screen.remove(ts)
        await self._lease.removed(ts)

    async def let_go(self, ts: str) -> None:
        try:
            await self.take_away(ts)
        except SlackError as refused:
            log.info("reply.message_left", code=refused.code)

    async def remove_strays(self) -> None:
        """Messages of ours that nobody knows of: posted by a call whose answer never came."""
        ours = self._known | set(self._lease.progress.reply_ts)
        for ts in await self._own():
            if ts not in ours:
                await self.screen.remove(ts)

    async def _own(self) -> tuple[str, ...]:
        return await self._history.own_since(self._question, self._lease.since_ts)

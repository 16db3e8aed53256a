"""CurrentMessage opens, grows and closes the message at the end of an answer, and replaces it where
Slack demands it.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Unconfirmed
from bot.slack.reply.buffer import AnswerBuffer
from bot.slack.reply.items import Embed, Items, continued, joined, words_of
from bot.slack.reply.message import EDIT_S, Screen
from bot.slack.reply.own_messages import OwnMessages
from bot.slack.reply.shown import EmbedRefused, NotEditable, ShownMessage
from bot.slack.reply.status import Status
from bot.slack.reply.task_cards import Chunk, TaskCards

log = structlog.get_logger(__name__)

EMBED_WAITS_S = (0.0, 1.0, 2.0)


class StreamEnded(Exception):  # it is no error
    """Slack ended the stream before we did. What it shows stays, and the rest goes into a new message."""


class CurrentMessage:
    """The message that grows now. `shown` is None before the first message and between two. What Slack confirms is
    confirmed to `buffer`. `heading` is written above an answer that belongs above other messages but opens below them.
    """

    def __init__(self, screen: Screen, own: OwnMessages, status: Status, buffer: AnswerBuffer) -> None:
        self._screen = screen
        self._own = own
        self._status = status
        self._buffer = buffer
        self._cards = TaskCards()
        self._takes_cards = True
        self.shown: ShownMessage | None = None
        self.heading = ""

    @property
    def may_grow_at(self) -> float:
        """When the message may grow next, on the monotonic clock. Only edits have to wait (EDIT_S)."""
        shown = self.shown
        return shown.edited_at + EDIT_S if shown is not None and shown.mode == "edit" else 0.0

    async def end_stream(self) -> None:
        """Take the message out of the streaming state, if there is one."""
        if self.shown is not None:
            await self._screen.end(self.shown)

    async def put(self, items: Items) -> None:
        """Add items to the message, or open one. Raises SlackError, StreamEnded, TooLong."""
        try:
            if self.shown is None:
                self.shown = await self._open(items)
            else:
                await self._grow(self.shown, items)
        except EmbedRefused:
            await self.put_one_by_one(items)
        else:
            self._buffer.confirm(items)

    async def put_one_by_one(self, items: Items) -> None:
        """Put each item by itself, and each block in a message of its own: Slack refused a block between the text."""
        for item in items:
            if isinstance(item, Embed):
                await self._put_alone(item)
            elif self.shown is None:
                self.shown = await self._open((item,))
            else:
                await self._grow(self.shown, (item,))
            self._buffer.confirm((item,))

    async def _put_alone(self, embed: Embed) -> None:
        await self.close([], ())
        self.shown = None
        for wait_s in EMBED_WAITS_S if await self._screen.is_unprocessed(embed) else (0.0,):
            await asyncio.sleep(wait_s)
            try:
                self.shown = await self._open((embed,), whole=True)
            except EmbedRefused:
                log.info("reply.embed_refused", type=embed.block.get("type"))
            else:
                return
        if embed.share is None or not await self._own.share(embed.share):
            self.shown = await self._open((embed.words,))

    async def _grow(self, shown: ShownMessage, items: Items) -> None:
        try:
            if await self._screen.grow(shown, items):
                return
        except NotEditable:
            if not shown.was_streamed:
                # Moved to a new message each time it grows, it would flicker. So its text waits for the end.
                shown.is_fixed = True
                raise Busy(EDIT_S) from None
            await self._move(shown, items, [])
            return
        self._buffer.set_pending(continued(shown.items, self._buffer.pending))
        self.shown = None
        raise StreamEnded

    async def close(self, footer: Blocks, last: Items) -> None:
        """Write `last` and the footer under it, and end the message."""
        shown = self.shown
        if shown is None:
            return
        cards = self._cards.unsent(shown) if self._takes_cards else []
        try:
            await self._screen.close(shown, footer, last=last, cards=cards)
        except NotEditable:
            await self._move(shown, last, footer)
        else:
            self._cards.mark_sent(cards)
            if shown.mode == "stream":
                self._status.stream_stopped()

    async def write_whole(self, items: Items, footer: Blocks) -> None:
        """End the open message with these items, or post them as one complete message."""
        if self.shown is None:
            self.shown = await self._open(items, footer, whole=True)
        else:
            await self.close(footer, items)

    async def _move(self, shown: ShownMessage, more: Items, footer: Blocks) -> None:
        """Post a new message with all of the text, and remove the one that can't be edited."""
        self.shown = await self._open(joined((*shown.items, *more)), footer, whole=True)
        await self._own.remove(shown.ts)

    async def _open(self, items: Items, footer: Blocks | None = None, *, whole: bool = False) -> ShownMessage:
        if self.heading and not words_of(items).startswith(self.heading):
            items = joined((self.heading, *items))
        return await self._opened(lambda: self._screen.open(items, footer or [], whole=whole))

    async def _opened(self, opening: Callable[[], Awaitable[ShownMessage]]) -> ShownMessage:
        await self._status.end()
        return await self._own.open(opening, self._status.message_posted)

    # -- task cards ----------------------------------------------------------------------------------------------

    @property
    def has_cards(self) -> bool:
        """Whether a task card has changed since it was sent."""
        return self._takes_cards and self._cards.has_unsent

    def add_card(self, card: Chunk) -> None:
        self._cards.add(card)

    async def send_cards(self) -> None:
        chunks = self._cards.unsent(self.shown)
        if not chunks or not self._takes_cards or (self.shown is not None and self.shown.mode != "stream"):
            return
        try:
            if self.shown is None:
                self.shown = await self._opened(lambda: self._screen.open_with(chunks))
            else:
                await self._screen.add_cards(self.shown, chunks)
        except (Busy, Unconfirmed):
            return
        except SlackError as refused:
            if refused.is_final:
                raise
            self._takes_cards = False  # cards are not needed, so they are not tried again
        self._cards.mark_sent(chunks)

    async def close_cards(self) -> None:
        """Close the cards that still show work in progress. What Slack is too busy for now comes with the end."""
        self._cards.close_open()
        if self.shown is not None:
            await self.send_cards()

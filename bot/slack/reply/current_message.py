"""The message that an answer grows in just now: opened, grown, shut, and replaced by another where Slack wants that."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Unconfirmed
from bot.slack.reply.buffer import Outgoing
from bot.slack.reply.items import Embed, Items, going_on, joined, words_of
from bot.slack.reply.message import EDIT_S, Screen
from bot.slack.reply.own_messages import OwnMessages
from bot.slack.reply.shown import EmbedRefused, Shown, Uneditable
from bot.slack.reply.status import Status
from bot.slack.reply.task_cards import Chunk, TaskCards

log = structlog.get_logger(__name__)

EMBED_WAITS_S = (0.0, 1.0, 2.0)


class StreamEnded(Exception):  # it is no error
    """A stream ended under us."""


class CurrentMessage:
    """What Slack confirms of `outgoing` is told to it. `shown` is None until there is a message, and between two.

    `heading` stands above a message that has to open below others, though its answer belongs above them.
    """

    def __init__(self, screen: Screen, own: OwnMessages, status: Status, outgoing: Outgoing) -> None:
        self._screen = screen
        self._own = own
        self._status = status
        self._outgoing = outgoing
        self._cards = TaskCards()
        self._takes_cards = True
        self.shown: Shown | None = None
        self.heading = ""

    @property
    def may_grow_at(self) -> float:
        """When Slack takes more of it, on the monotonic clock: edits are to be few, streams are not."""
        shown = self.shown
        return shown.edited_at + EDIT_S if shown is not None and shown.mode == "edit" else 0.0

    async def end_stream(self) -> None:
        """Leave it, and not in the streaming state."""
        if self.shown is not None:
            await self._screen.end(self.shown)

    async def put(self, items: Items) -> None:
        try:
            if self.shown is None:
                self.shown = await self._open(items)
            else:
                await self._grow(self.shown, items)
        except EmbedRefused:
            await self.one_by_one(items)
        else:
            self._outgoing.confirm(items)

    async def one_by_one(self, items: Items) -> None:
        """A block amid the text was refused: each thing in its turn, blocks in messages of their own."""
        for item in items:
            if isinstance(item, Embed):
                await self._alone(item)
            elif self.shown is None:
                self.shown = await self._open((item,))
            else:
                await self._grow(self.shown, (item,))
            self._outgoing.confirm((item,))

    async def _alone(self, embed: Embed) -> None:
        await self.shut([], ())
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

    async def _grow(self, shown: Shown, items: Items) -> None:
        try:
            if await self._screen.grow(shown, items):
                return
        except Uneditable:
            if not shown.was_streamed:
                # Moved each time it grows it would come and go; its text waits for the end.
                shown.is_fixed = True
                raise Busy(EDIT_S) from None
            await self._move(shown, items, [])
            return
        # The stream had ended under us: what it shows stays, the rest goes on in a new message.
        self._outgoing.keep(going_on(shown.items, self._outgoing.pending))
        self.shown = None
        raise StreamEnded

    async def shut(self, footer: Blocks, last: Items) -> None:
        """Nothing more goes into it: `last`, and the foot under it."""
        shown = self.shown
        if shown is None:
            return
        try:
            await self._screen.close(shown, footer, last=last)
        except Uneditable:
            await self._move(shown, last, footer)
        else:
            if shown.mode == "stream":
                self._status.settled()

    async def write_whole(self, items: Items, footer: Blocks) -> None:
        """All of it in a message of its own, or what is missing of the one that is open."""
        if self.shown is None:
            self.shown = await self._open(items, footer, whole=True)
        else:
            await self.shut(footer, items)

    async def _move(self, shown: Shown, more: Items, footer: Blocks) -> None:
        """A message that can't be edited gives way to a new one with all of its text."""
        self.shown = await self._open(joined((*shown.items, *more)), footer, whole=True)
        await self._own.take_away(shown.ts)

    async def _open(self, items: Items, footer: Blocks | None = None, *, whole: bool = False) -> Shown:
        if self.heading and not words_of(items).startswith(self.heading):
            items = joined((self.heading, *items))
        return await self._opened(lambda: self._screen.open(items, footer or [], whole=whole))

    async def _opened(self, opening: Callable[[], Awaitable[Shown]]) -> Shown:
        await self._status.end()
        return await self._own.opened(opening, self._status.replaced)

    # -- task cards ----------------------------------------------------------------------------------------------

    @property
    def has_cards(self) -> bool:
        """There is something new about what is being done."""
        return self._takes_cards and self._cards.has_news

    def add_card(self, card: Chunk) -> None:
        self._cards.add(card)

    async def send_cards(self) -> None:
        chunks = self._cards.fresh(self.shown)
        if not chunks or not self._takes_cards or (self.shown is not None and self.shown.mode != "stream"):
            return
        try:
            if self.shown is None:
                self.shown = await self._opened(lambda: self._screen.open_with(chunks))
            else:
                await self._screen.tell(self.shown, chunks)
        except (Busy, Unconfirmed):
            return
        except SlackError as refused:
            if refused.is_final:
                raise
            self._takes_cards = False  # a nicety, not worth a second try
        self._cards.told(chunks)

    async def settle_cards(self) -> None:
        self._cards.settle()
        if self.shown is not None:
            await self.send_cards()

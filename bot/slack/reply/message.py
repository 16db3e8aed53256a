"""One message of a reply on the screen: how it is opened, grown and closed, streamed or edited.

What Slack has confirmed is known at every moment (`items`), so that nothing is lost when a stream dies and nothing is
sent twice when an answer of Slack's never came.
"""

from typing import Any

import structlog

from bot.core.thread.inbound import Inbound
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Gateway, Unconfirmed
from bot.slack.markdown.cut import closing
from bot.slack.message_size import Room, size_of
from bot.slack.reply.footer import plain_foot
from bot.slack.reply.items import (
    Embed,
    Items,
    Share,
    has_embeds,
    is_blank,
    streamed,
)
from bot.slack.reply.shown import (
    BLOCKS_REFUSED,
    ENDED,
    NO_STREAMS,
    NO_STREAMS_HERE,
    NOWHERE,
    STOPPED,
    EmbedRefused,
    Shown,
    StoppedByPerson,
    Uneditable,
    is_mark,
    weighed,
)
from bot.slack.reply.whole_message import WholeMessages

log = structlog.get_logger(__name__)

# Slack's own guidance for chat.update (slack.md §2).
EDIT_S = 3.0
# Edits of a minute that are left to the final texts of answers under way.
KEPT_EDITS = 20


class Screen:
    """The messages of one reply, in the thread of one question."""

    def __init__(self, gateway: Gateway, question: Inbound) -> None:
        self._gateway = gateway
        self._whole = WholeMessages(gateway)
        self._question = question
        self._channel = question.channel
        self._thread_ts: str | None = question.root_ts
        self._can_stream = True

    def room(self, shown: Shown | None) -> Room:
        """How much one message takes, this one or the next."""
        cards = shown.cards if shown and shown.mode == "stream" else {}
        return self._gateway.room.room.beside(sum(cards.values()), len(cards))

    @property
    def _streams(self) -> bool:
        """A stream goes to a person. Another bot is none, and its refusal would count for everybody in the channel."""
        known = self._gateway.no_stream
        return self._can_stream and not self._question.bot and NOWHERE not in known and self._channel not in known

    async def open(self, items: Items, footer: Blocks, *, whole: bool = False) -> Shown:
        """A new message: streamed where Slack lets us and more is to come, else posted.

        Raises Unconfirmed; EmbedRefused; TooLong; and Busy when more is to come but the workspace has few calls left:
        then wait and post the whole at the end.
        """
        if self._streams and not whole and await self._gateway.may_stream():
            try:
                return Shown(await self._stream(streamed(items)), "stream", items, was_streamed=True)
            except (Busy, Unconfirmed) as trouble:
                if isinstance(trouble, Unconfirmed):
                    raise
            except SlackError as refused:
                if refused.is_final:
                    raise
                self._whole.learn(refused, items)
                # unknown_method, missing_recipient_*, channel_type_not_supported …: post and edit instead.
                self._can_stream = has_embeds(items) and refused.code in BLOCKS_REFUSED
        if not whole and not await self._gateway.may_edit(keep=KEPT_EDITS):
            raise Busy(EDIT_S)
        return Shown(await self._whole.post(self._channel, self._thread_ts, items, footer), "edit", items)

    async def open_with(self, chunks: list[dict[str, Any]]) -> Shown:
        """A stream that shows task cards before there is any text. Raises Busy where a stream can't be had now."""
        if not self._streams or not await self._gateway.may_stream():
            raise Busy(EDIT_S)
        shown = Shown(await self._stream({"chunks": chunks}), "stream", (), was_streamed=True)
        shown.cards.update(weighed(chunks))
        return shown

    async def tell(self, shown: Shown, chunks: list[dict[str, Any]]) -> None:
        """Task cards into an open stream."""
        await self._gateway.append_stream(self._channel, shown.ts, chunks=chunks)
        shown.cards.update(weighed(chunks))

    async def grow(self, shown: Shown, more: Items) -> bool:
        """Add to a message. False: this stream has ended, go on in a new one. Raises Busy when it is to wait."""
        if shown.is_unsure:
            raise Busy(EDIT_S)
        if shown.mode == "edit":
            if shown.is_fixed or not await self._gateway.may_edit(keep=KEPT_EDITS):
                raise Busy(EDIT_S)
            await self._whole.rewrite(self._channel, shown, more, [])
            return True
        try:
            await self._gateway.append_stream(self._channel, shown.ts, **streamed(more))
        except Unconfirmed:
            # Arrived or not: ending the stream and writing the whole text makes both cases the same.
            await self.end(shown)
            shown.mode = "edit"
            try:
                await self._whole.rewrite(self._channel, shown, more, [])
            except EmbedRefused:
                raise Uneditable from None  # the block may stand there already
            return True
        except SlackError as refused:
            return await self._not_grown(shown, more, refused)
        shown.add(more)
        return True

    async def _not_grown(self, shown: Shown, more: Items, refused: SlackError) -> bool:
        if refused.is_final or isinstance(refused, Busy):
            raise refused
        if refused.code == STOPPED:
            shown.mode = "edit"
            raise StoppedByPerson from None
        if refused.code == ENDED:
            self._ended(shown)
        else:
            self._whole.learn(refused, (*shown.items, *more), taken=size_of(shown.text))
        await self.end(shown, last=closing(shown.text))
        if has_embeds(more) and refused.code != ENDED:
            shown.mode = "edit"
            raise EmbedRefused from None
        return False

    async def close(self, shown: Shown, footer: Blocks, *, last: Items = ()) -> None:
        """The end of a message: `last`, then the foot under it."""
        if shown.is_unsure:
            await self.end(shown)
            shown.mode, shown.is_unsure = "edit", False
        if shown.mode == "edit":
            if not footer and is_mark(last):
                await self._whole.mend(self._channel, shown, last)
            elif footer or not is_blank(last):
                await self._whole.rewrite(self._channel, shown, last, footer)
            return
        more: dict[str, Any] = {"blocks": footer} if footer else {}
        if last:
            more |= streamed(last)
        try:
            await self._gateway.stop_stream(self._channel, shown.ts, **more)
            shown.add(last)
        except SlackError as refused:
            await self._not_closed(shown, footer, last, refused)

    async def _not_closed(self, shown: Shown, footer: Blocks, last: Items, refused: SlackError) -> None:
        if refused.is_final or isinstance(refused, Busy):
            shown.is_unsure = isinstance(refused, Busy) and refused.is_unsure
            raise refused
        if refused.code != ENDED and not footer and is_mark(last):
            await self.end(shown)  # no room for even that: Slack ends the code with the message
            return
        if footer and refused.code in BLOCKS_REFUSED and not has_embeds(last):
            await self.close(shown, plain_foot(footer) or [], last=last)
            return
        if refused.code == ENDED:
            self._ended(shown)
        else:
            self._whole.learn(refused, (*shown.items, *last), taken=size_of(shown.text))
        # Ended before us: what is missing is written by an edit.
        await self.end(shown)
        shown.mode = "edit"
        await self.close(shown, footer, last=last)

    async def end(self, shown: Shown, *, last: str = "") -> None:
        """Take a message out of the streaming state; harmless when it is out already. `last`: what closes an open code
        fence, where that still can be done.
        """
        if shown.mode == "edit":
            return
        if not last:
            await self._whole.stop(self._channel, shown.ts)
            return
        try:
            await self._gateway.stop_stream(self._channel, shown.ts, markdown_text=last)
        except SlackError as refused:
            if refused.is_final or isinstance(refused, Busy):
                raise
            if refused.code != ENDED:
                await self._whole.stop(self._channel, shown.ts)
            elif await self._gateway.may_edit(keep=KEPT_EDITS):
                await self._whole.mend(self._channel, shown, (last,))

    def _ended(self, shown: Shown) -> None:
        """Slack ended a stream: before its time for its size, so far as we know."""
        if not shown.is_old:
            self._gateway.room.ended(size_of(shown.text))

    async def remove(self, ts: str) -> None:
        """Take a message off the screen, streaming or not; where it can't be deleted, empty it."""
        for is_last in (False, True):
            try:
                await self._gateway.delete(self._channel, ts)
            except SlackError as refused:
                if refused.is_final or refused.is_passing:
                    raise
                if not is_last:
                    await self._whole.stop(self._channel, ts)  # for the case that it streams
            else:
                return
        await self._gateway.update(self._channel, ts, "…", blocks=[])

    async def _stream(self, content: dict[str, Any]) -> str:
        question = self._question
        recipient = {"recipient_user_id": question.user, "recipient_team_id": question.user_team}
        try:
            return await self._gateway.start_stream(self._channel, question.root_ts, **content, **recipient)
        except SlackError as refused:
            if refused.code in NO_STREAMS:
                self._gateway.no_stream.add(NOWHERE)
            if refused.code in NO_STREAMS_HERE:
                self._gateway.no_stream.add(self._channel)
            raise

    @property
    def is_private(self) -> bool:
        return self._thread_ts is None

    async def go_private(self, words: str) -> None:
        """From now on everything is said to the asker directly, beginning with these words."""
        self._channel = await self._gateway.open_dm(self._question.user)
        self._thread_ts = None
        self._can_stream = False
        if self._channel != self._question.channel:
            await self._gateway.post(self._channel, None, words)

    async def let_go(self, shown: Shown) -> None:
        """End a stream in a place that is closed to us, if that still can be done: else Slack ends it in its time."""
        try:
            await self.end(shown)
        except SlackError as refused:
            log.info("reply.stream_left", code=refused.code)

    async def is_unprocessed(self, embed: Embed) -> bool:
        """Whether Slack may have refused a picture only because it has not looked at its file yet."""
        if embed.block.get("type") != "image":
            return False
        try:
            return not await self._gateway.is_processed(str(embed.block["slack_file"]["id"]))
        except SlackError:
            return True

    async def share(self, share: Share) -> bool:
        """A file under the answer. Not there is better than twice, so it is tried once."""
        try:
            await self._gateway.upload(self._channel, self._thread_ts, share.name, share.data, share.words)
        except SlackError as refused:
            log.warning("reply.no_file", code=refused.code)
            return False
        return True

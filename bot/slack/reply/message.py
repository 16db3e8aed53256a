"""Screen opens, grows, closes and removes one message of a reply, by streams or by edits.

ShownMessage.items is always what Slack has confirmed. So nothing is lost when a stream dies, and nothing is sent twice
when Slack's answer to a call never came.
"""

import copy
from collections.abc import Sequence
from typing import Any

import structlog

from bot.core.thread.inbound import Inbound
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Gateway, Unconfirmed
from bot.slack.markdown.cut import closing
from bot.slack.message_size import Room, size_of
from bot.slack.reply.footer import simpler_footer
from bot.slack.reply.items import (
    Embed,
    Items,
    SharedFile,
    has_embeds,
    is_blank,
    stream_content,
)
from bot.slack.reply.shown import (
    BLOCKS_REFUSED,
    ENDED,
    NO_STREAMS,
    NO_STREAMS_HERE,
    NOWHERE,
    STOPPED,
    EmbedRefused,
    NotEditable,
    ShownMessage,
    StoppedByPerson,
    card_sizes,
    only_closes_fence,
)
from bot.slack.reply.task_cards import Chunk
from bot.slack.reply.whole_message import WholeMessages

log = structlog.get_logger(__name__)

# Slack's own guidance for chat.update (slack.md §2).
EDIT_S = 3.0
# How many edits of a minute are kept for the final texts of running answers.
KEPT_EDITS = 20


class Screen:
    """The messages of one reply, in the thread of one question."""

    def __init__(self, gateway: Gateway, question: Inbound) -> None:
        self._gateway = gateway
        self._writer = WholeMessages(gateway)
        self._question = question
        self._channel = question.channel
        self._thread_ts: str | None = question.root_ts
        self._can_stream = True

    def room(self, shown: ShownMessage | None) -> Room:
        """How much one message takes, `shown` or a new one."""
        cards = shown.cards if shown and shown.mode == "stream" else {}
        return self._gateway.room.room.beside(sum(cards.values()), len(cards))

    @property
    def _streams(self) -> bool:
        """Whether to try a stream. Slack streams to persons only; if a bot asked, Slack's refusal would be taken for
        one of the whole channel.
        """
        known = self._gateway.no_stream
        return self._can_stream and not self._question.bot and NOWHERE not in known and self._channel not in known

    async def open(self, items: Items, footer: Blocks, *, whole: bool = False) -> ShownMessage:
        """Open a new message. It is streamed if Slack allows that and more is to come (not `whole`), else posted.

        Raises Unconfirmed, EmbedRefused and TooLong; and Busy if more is to come but the workspace has few calls left:
        then the caller waits and posts all of it at the end.
        """
        if self._streams and not whole and await self._gateway.may_stream():
            try:
                return ShownMessage(await self._stream(stream_content(items)), "stream", items, was_streamed=True)
            except Unconfirmed:
                raise
            except Busy:
                pass  # post it instead
            except SlackError as refused:
                if refused.is_final:
                    raise
                self._writer.learn(refused, items)
                # unknown_method, missing_recipient_*, channel_type_not_supported …: post and edit instead.
                self._can_stream = has_embeds(items) and refused.code in BLOCKS_REFUSED
        if not whole and not await self._gateway.may_edit(keep=KEPT_EDITS):
            raise Busy(EDIT_S)
        return ShownMessage(await self._writer.post(self._channel, self._thread_ts, items, footer), "edit", items)

    async def open_with(self, chunks: list[dict[str, Any]]) -> ShownMessage:
        """Open a stream that shows task cards before there is any text. Raises Busy if no stream can be opened now."""
        if not self._streams or not await self._gateway.may_stream():
            raise Busy(EDIT_S)
        shown = ShownMessage(await self._stream({"chunks": chunks}), "stream", (), was_streamed=True)
        shown.cards.update(card_sizes(chunks))
        return shown

    async def add_cards(self, shown: ShownMessage, chunks: list[dict[str, Any]]) -> None:
        """Show task cards in an open stream."""
        await self._gateway.append_stream(self._channel, shown.ts, chunks=chunks)
        shown.cards.update(card_sizes(chunks))

    async def grow(self, shown: ShownMessage, more: Items) -> bool:
        """Add items to a message. False if its stream has ended, so that they need a new one. Raises Busy if they have
        to wait.
        """
        if shown.is_unsure:
            raise Busy(EDIT_S)
        if shown.mode == "edit":
            if shown.is_fixed or not await self._gateway.may_edit(keep=KEPT_EDITS):
                raise Busy(EDIT_S)
            await self._writer.rewrite(self._channel, shown, more, [])
            return True
        try:
            await self._gateway.append_stream(self._channel, shown.ts, **stream_content(more))
        except Unconfirmed:
            # The items may have arrived. Ending the stream and writing all of the text is right in both cases.
            await self.end(shown)
            shown.mode = "edit"
            try:
                await self._writer.rewrite(self._channel, shown, more, [])
            except EmbedRefused:
                raise NotEditable from None  # the stream may show the block already
            return True
        except SlackError as refused:
            return await self._not_grown(shown, more, refused)
        shown.add(more)
        return True

    async def _not_grown(self, shown: ShownMessage, more: Items, refused: SlackError) -> bool:
        if refused.is_final or isinstance(refused, Busy):
            raise refused
        if refused.code == STOPPED:
            shown.mode = "edit"
            raise StoppedByPerson from None
        if refused.code == ENDED:
            self._ended(shown)
        else:
            self._writer.learn(refused, (*shown.items, *more), taken=size_of(shown.text))
        await self.end(shown, last=closing(shown.text))
        if has_embeds(more) and refused.code != ENDED:
            shown.mode = "edit"
            raise EmbedRefused from None
        return False

    async def close(
        self, shown: ShownMessage, footer: Blocks, *, last: Items = (), cards: Sequence[Chunk] = ()
    ) -> None:
        """Write `last` and the footer under it, and end the message. A stream shows the cards' last states too."""
        if shown.is_unsure:
            await self.end(shown)
            shown.mode, shown.is_unsure = "edit", False
        if shown.mode == "edit":
            if not footer and only_closes_fence(last):
                await self._writer.mend(self._channel, shown, last)
            elif footer or not is_blank(last):
                await self._writer.rewrite(self._channel, shown, last, footer)
            return
        more: dict[str, Any] = {"blocks": footer} if footer else {}
        if last or cards:
            more |= stream_content(last, cards)
        try:
            await self._gateway.stop_stream(self._channel, shown.ts, **more)
            shown.add(last)
        except SlackError as refused:
            await self._not_closed(shown, footer, last, cards, refused)

    async def _not_closed(
        self, shown: ShownMessage, footer: Blocks, last: Items, cards: Sequence[Chunk], refused: SlackError
    ) -> None:
        if refused.is_final or isinstance(refused, Busy):
            shown.is_unsure = isinstance(refused, Busy) and refused.is_unsure
            raise refused
        if refused.code != ENDED and not footer and only_closes_fence(last):
            await self.end(shown)  # there is no room for the marks, and Slack ends the code with the message anyway
            return
        if footer and refused.code in BLOCKS_REFUSED and not has_embeds(last):
            await self.close(shown, simpler_footer(footer) or [], last=last, cards=cards)
            return
        if refused.code == ENDED:
            self._ended(shown)
        else:
            self._writer.learn(refused, (*shown.items, *last), taken=size_of(shown.text))
        # The stream has ended, so an edit writes what is missing.
        await self.end(shown)
        shown.mode = "edit"
        await self.close(shown, footer, last=last)

    async def end(self, shown: ShownMessage, *, last: str = "") -> None:
        """Take a message out of the streaming state, if it is in it. `last` are the marks that close an open code
        fence; they are written if that is still possible.
        """
        if shown.mode == "edit":
            return
        if not last:
            await self._writer.stop(self._channel, shown.ts)
            return
        try:
            await self._gateway.stop_stream(self._channel, shown.ts, markdown_text=last)
        except SlackError as refused:
            if refused.is_final or isinstance(refused, Busy):
                raise
            if refused.code != ENDED:
                await self._writer.stop(self._channel, shown.ts)
            elif await self._gateway.may_edit(keep=KEPT_EDITS):
                await self._writer.mend(self._channel, shown, (last,))

    def _ended(self, shown: ShownMessage) -> None:
        """Slack ended a stream. If it was not old, it was probably too large, and that size is learned."""
        if not shown.is_old:
            self._gateway.room.ended(size_of(shown.text))

    async def remove(self, ts: str) -> None:
        """Delete a message, streaming or not. If Slack does not delete it, its text is emptied."""
        for is_last in (False, True):
            try:
                await self._gateway.delete(self._channel, ts)
            except SlackError as refused:
                if refused.is_final or refused.is_passing:
                    raise
                if not is_last:
                    await self._writer.stop(self._channel, ts)  # it may be streaming
            else:
                return
        await self._gateway.update(self._channel, ts, "…", blocks=[])

    async def take_back(self, shown: ShownMessage) -> None:
        """Delete a message that a worker without the turn has posted, and that nobody else knows of. Never fails.

        A stream has made the session `processing` for up to an hour, also where the other worker is done.
        """
        unasked = copy.copy(self)
        unasked._gateway = gateway = self._gateway.under(None)  # noqa: SLF001  # an object of this class
        unasked._writer = WholeMessages(gateway)  # noqa: SLF001
        try:
            await unasked.remove(shown.ts)
            if shown.was_streamed and "session" not in gateway.no_status:
                await gateway.set_session(self._channel, self._question.root_ts, "active")
        except SlackError as refused:
            log.warning("reply.message_left", code=refused.code)

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
        """From now on, write to the asker's direct messages, beginning with these words."""
        self._channel = await self._gateway.open_dm(self._question.user)
        self._thread_ts = None
        self._can_stream = False
        if self._channel != self._question.channel:
            await self._gateway.post(self._channel, None, words)

    async def try_end(self, shown: ShownMessage) -> None:
        """End a stream if Slack still allows it; if not, Slack ends it after five minutes."""
        try:
            await self.end(shown)
        except SlackError as refused:
            log.info("reply.stream_left", code=refused.code)

    async def is_unprocessed(self, embed: Embed) -> bool:
        """Whether Slack may have refused a picture only because it has not processed its file yet."""
        if embed.block.get("type") != "image":
            return False
        try:
            return not await self._gateway.is_processed(str(embed.block["slack_file"]["id"]))
        except SlackError:
            return True

    async def share(self, share: SharedFile) -> bool:
        """Share a file under the answer. Tried only once, since a missing file is better than the same file twice."""
        try:
            await self._gateway.upload(self._channel, self._thread_ts, share.name, share.data, share.words)
        except SlackError as refused:
            log.warning("reply.no_file", code=refused.code)
            return False
        return True

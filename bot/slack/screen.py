"""One message of a reply on the screen: how it is opened, grown and closed, streamed or edited.

What Slack has confirmed is known at every moment (`items`), so that nothing is lost when a stream dies and nothing is
sent twice when an answer of Slack's never came.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from bot.core.inbound import Inbound
from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.content import (
    Embed,
    Items,
    Share,
    edits,
    fallback_of,
    has_embeds,
    is_blank,
    joined,
    streamed,
    text_of,
    ways,
)
from bot.slack.gateway import Busy, Gateway, Unconfirmed

log = structlog.get_logger(__name__)

# A stream dies after 5 minutes, whatever is sent (slack.md §0.3).
ROTATE_AFTER_S = 225.0
# Slack's own guidance for chat.update (slack.md §2).
EDIT_S = 3.0
# Edits of a minute that are left to the final texts of answers under way.
KEPT_EDITS = 20
Mode = Literal["stream", "edit"]
STOPPED = "stopped_by_user"
BLOCKS_REFUSED = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_chunks", "msg_blocks_too_long", "msg_blocks_too_many"}
)
ENDED = "message_not_in_streaming_state"


class Uneditable(Exception):  # a way of Slack's, and there is another
    """Slack does not take an edit of this message (slack.md §2, block_mismatch): its text has to move to a new one."""


class EmbedRefused(Exception):  # a way of Slack's, and there is another
    """Slack does not take a block amid the text. Nothing of what was to be shown is."""


class StoppedByPerson(Exception):  # it is no error
    """The native Stop button ended the stream."""


@dataclass(slots=True)
class Shown:
    """A message of ours: `items` is what Slack has confirmed of it.

    `is_unsure`: more may stand there, so it is to be written anew. `is_fixed`: Slack takes no edit of it.
    """

    ts: str
    mode: Mode
    items: Items
    was_streamed: bool = False
    is_unsure: bool = False
    is_fixed: bool = False
    opened_at: float = field(default_factory=time.monotonic)
    edited_at: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        return text_of(self.items)

    @property
    def is_old(self) -> bool:
        return self.mode == "stream" and time.monotonic() - self.opened_at > ROTATE_AFTER_S

    def add(self, more: Items) -> None:
        self.items = joined((*self.items, *more))


class Screen:
    """The messages of one reply, in the thread of one question."""

    def __init__(self, gateway: Gateway, question: Inbound) -> None:
        self._gateway = gateway
        self._question = question
        self._channel = question.channel
        self._thread_ts: str | None = question.root_ts
        self._can_stream = True

    async def open(self, items: Items, foot: Blocks, *, whole: bool = False) -> Shown:
        """A new message: streamed where Slack lets us and more is to come, else posted.

        Raises Unconfirmed; EmbedRefused; and Busy when more is to come but the workspace has few calls left: then wait
        and post the whole at the end.
        """
        if self._can_stream and not whole and await self._gateway.may_stream():
            try:
                return Shown(await self._stream(streamed(items)), "stream", items, was_streamed=True)
            except (Busy, Unconfirmed) as trouble:
                if isinstance(trouble, Unconfirmed):
                    raise
            except SlackError as refused:
                if refused.is_final:
                    raise
                # unknown_method (GovSlack), missing_recipient_*, channel_type_not_supported …: post and edit instead.
                self._can_stream = has_embeds(items) and refused.code in BLOCKS_REFUSED
        if not whole and not await self._gateway.may_edit(keep=KEPT_EDITS):
            raise Busy(EDIT_S)
        return Shown(await self._post(items, foot), "edit", items)

    async def open_with(self, chunks: list[dict[str, Any]]) -> Shown:
        """A stream that shows task cards before there is any text. Raises Busy where a stream can't be had now."""
        if not self._can_stream or not await self._gateway.may_stream():
            raise Busy(EDIT_S)
        return Shown(await self._stream({"chunks": chunks}), "stream", (), was_streamed=True)

    async def tell(self, shown: Shown, chunks: list[dict[str, Any]]) -> None:
        """Task cards into an open stream."""
        await self._gateway.append_stream(self._channel, shown.ts, chunks=chunks)

    async def grow(self, shown: Shown, more: Items) -> bool:
        """Add to a message. False: this stream has ended, go on in a new one. Raises Busy when it is to wait."""
        if shown.is_unsure:
            raise Busy(EDIT_S)
        if shown.mode == "edit":
            if shown.is_fixed or not await self._gateway.may_edit(keep=KEPT_EDITS):
                raise Busy(EDIT_S)
            await self._rewrite(shown, more, [])
            return True
        try:
            await self._gateway.append_stream(self._channel, shown.ts, **streamed(more))
        except Unconfirmed:
            # Arrived or not: ending the stream and writing the whole text makes both cases the same.
            await self.end(shown)
            shown.mode = "edit"
            try:
                await self._rewrite(shown, more, [])
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
        await self.end(shown)
        if has_embeds(more) and refused.code != ENDED:
            shown.mode = "edit"
            raise EmbedRefused from None
        return False

    async def close(self, shown: Shown, foot: Blocks, *, last: Items = ()) -> None:
        """The end of a message: `last`, then the foot under it."""
        if shown.is_unsure:
            await self.end(shown)
            shown.mode, shown.is_unsure = "edit", False
        if shown.mode == "edit":
            if foot or not is_blank(last):
                await self._rewrite(shown, last, foot)
            return
        more: dict[str, Any] = {"blocks": foot} if foot else {}
        if last:
            more |= streamed(last)
        try:
            await self._gateway.stop_stream(self._channel, shown.ts, **more)
            shown.add(last)
        except SlackError as refused:
            if refused.is_final or isinstance(refused, Busy):
                shown.is_unsure = isinstance(refused, Busy) and refused.is_unsure
                raise
            if foot and refused.code in BLOCKS_REFUSED and not has_embeds(last):
                await self.close(shown, [], last=last)
                return
            # Ended before us: what is missing is written by an edit.
            await self.end(shown)
            shown.mode = "edit"
            if foot or not is_blank(last):
                await self._rewrite(shown, last, foot)

    async def end(self, shown: Shown) -> None:
        """Take a message out of the streaming state; harmless when it is out already."""
        if shown.mode == "edit":
            return
        try:
            await self._gateway.stop_stream(self._channel, shown.ts)
        except SlackError as refused:
            if refused.is_final or isinstance(refused, Busy):
                raise

    async def remove(self, ts: str) -> None:
        """Take a message off the screen, streaming or not; where it can't be deleted, empty it."""
        await self.end(Shown(ts, "stream", ()))
        try:
            await self._gateway.delete(self._channel, ts)
        except SlackError as refused:
            if refused.is_final:
                raise
            await self._gateway.update(self._channel, ts, "…", blocks=[])

    async def _stream(self, content: dict[str, Any]) -> str:
        question = self._question
        recipient = {"recipient_user_id": question.user, "recipient_team_id": question.user_team}
        return await self._gateway.start_stream(self._channel, question.root_ts, **content, **recipient)

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

    async def _post(self, items: Items, foot: Blocks) -> str:
        for blocks in ways(items, foot):
            try:
                return await self._gateway.post(self._channel, self._thread_ts, fallback_of(items), blocks=blocks)
            except SlackError as refused:
                if refused.is_final or refused.is_passing:
                    raise
        if has_embeds(items):
            raise EmbedRefused
        # Text that Slack refuses as blocks still arrives.
        return await self._gateway.post(self._channel, self._thread_ts, text_of(items))

    async def _rewrite(self, shown: Shown, more: Items, foot: Blocks) -> None:
        """All that is shown already, and more."""
        whole = joined((*shown.items, *more))
        code = ""
        for words, blocks in edits(whole, foot):
            if not blocks and code not in BLOCKS_REFUSED:
                break
            try:
                await self._gateway.update(self._channel, shown.ts, words, blocks=blocks)
            except SlackError as refused:
                if refused.is_final or refused.is_passing:
                    raise
                code = refused.code
            else:
                shown.items = whole
                shown.edited_at = time.monotonic()
                return
        if has_embeds(more) and code in BLOCKS_REFUSED:
            raise EmbedRefused
        raise Uneditable

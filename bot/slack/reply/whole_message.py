"""WholeMessages posts a complete message or edits all of one. It tries simpler forms until Slack takes one of them."""

import time

import structlog

from bot.errors import SlackError
from bot.slack.blocks import Blocks
from bot.slack.gateway import Busy, Gateway
from bot.slack.message_size import size_of
from bot.slack.reply.items import (
    Items,
    blocks_in,
    blocks_of,
    edit_forms,
    fallback_of,
    has_embeds,
    joined,
    post_forms,
    text_of,
    words_of,
)
from bot.slack.reply.shown import (
    BLOCKS_REFUSED,
    INVALID,
    MISMATCH,
    STILL_STREAMS,
    TOO_LONG,
    EmbedRefused,
    NotEditable,
    ShownMessage,
    TooLong,
)

log = structlog.get_logger(__name__)

# A message of fewer blocks is not refused as “invalid” because of their number.
MANY_BLOCKS = 25


class WholeMessages:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def post(self, channel: str, thread_ts: str | None, items: Items, footer: Blocks) -> str:
        """Post the items and return the message's ts. Raises SlackError, EmbedRefused, TooLong."""
        last: SlackError | None = None
        for blocks in post_forms(items, footer):
            try:
                return await self._gateway.post(channel, thread_ts, fallback_of(items), blocks=blocks)
            except SlackError as refused:
                if refused.is_final or refused.is_passing:
                    raise
                last = refused
        if last is not None:
            self.learn(last, items)
        if has_embeds(items):
            raise EmbedRefused
        # Slack may refuse text as blocks, and still take it as plain text.
        return await self._gateway.post(channel, thread_ts, text_of(items))

    async def rewrite(self, channel: str, shown: ShownMessage, more: Items, footer: Blocks) -> None:
        """Edit the message to its items and more. Raises SlackError, EmbedRefused, TooLong, NotEditable."""
        rewritten = joined((*shown.items, *more))
        last: SlackError | None = None
        code = ""
        for words, blocks in edit_forms(rewritten, footer, is_rich=shown.is_rich):
            if not blocks and code not in BLOCKS_REFUSED:
                break
            try:
                await self._edit(channel, shown.ts, words, blocks)
            except SlackError as refused:
                if refused.is_final or refused.is_passing:
                    raise
                if refused.code == MISMATCH and shown.keeps_place and not shown.is_rich:
                    shown.is_rich = True
                    await self.rewrite(channel, shown, more, footer)
                    return
                last, code = refused, refused.code
            else:
                shown.items = rewritten
                shown.edited_at = time.monotonic()
                return
        if last is not None:
            self.learn(last, rewritten, taken=size_of(shown.text))
        if has_embeds(more) and code in BLOCKS_REFUSED:
            raise EmbedRefused
        raise NotEditable

    async def _edit(self, channel: str, ts: str, words: str, blocks: Blocks) -> None:
        try:
            await self._gateway.update(channel, ts, words, blocks=blocks)
        except SlackError as refused:
            if refused.code != STILL_STREAMS:
                raise
            # An attempt that died left the message streaming.
            await self.stop(channel, ts)
            await self._gateway.update(channel, ts, words, blocks=blocks)

    async def stop(self, channel: str, ts: str) -> None:
        """Take a message out of the streaming state, if it is in it."""
        try:
            await self._gateway.stop_stream(channel, ts)
        except SlackError as refused:
            if refused.is_final or isinstance(refused, Busy):
                raise

    async def mend(self, channel: str, shown: ShownMessage, last: Items) -> None:
        """Close an open code fence by an edit. A refusal does not matter: Slack ends the code with
        the message anyway.
        """
        rewritten = joined((*shown.items, *last))
        try:
            await self._gateway.update(channel, shown.ts, fallback_of(rewritten), blocks=blocks_of(rewritten))
        except SlackError as refused:
            if refused.is_final:
                raise
            log.info("reply.fence_left_open", code=refused.code)
        else:
            shown.items = rewritten

    def learn(self, refused: SlackError, items: Items, taken: int = 0) -> None:
        """Learn from a refusal how much a message takes. Raises TooLong if it taught something. `taken`: bytes of the
        message that Slack has taken already.
        """
        blocks = blocks_in(items)
        is_crowded = blocks > MANY_BLOCKS and not has_embeds(items)
        is_size = refused.code in TOO_LONG or (refused.code in INVALID and is_crowded)
        if is_size and self._gateway.room.refused(
            refused.code, size=size_of(words_of(items)), blocks=blocks, taken=taken
        ):
            raise TooLong from None

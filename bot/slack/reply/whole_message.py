"""A message written whole, by a post or an edit, in the best form that Slack takes of it."""

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
    edits,
    fallback_of,
    has_embeds,
    joined,
    text_of,
    ways,
    words_of,
)
from bot.slack.reply.shown import (
    BLOCKS_REFUSED,
    INVALID,
    MISMATCH,
    STILL_STREAMS,
    TOO_LONG,
    EmbedRefused,
    Shown,
    TooLong,
    Uneditable,
)

log = structlog.get_logger(__name__)

# A text of fewer is not refused as “invalid” for their number.
MANY_BLOCKS = 25


class WholeMessages:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def post(self, channel: str, thread_ts: str | None, items: Items, footer: Blocks) -> str:
        last: SlackError | None = None
        for blocks in ways(items, footer):
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
        # Text that Slack refuses as blocks still arrives.
        return await self._gateway.post(channel, thread_ts, text_of(items))

    async def rewrite(self, channel: str, shown: Shown, more: Items, footer: Blocks) -> None:
        """All that is shown already, and more."""
        whole = joined((*shown.items, *more))
        last: SlackError | None = None
        code = ""
        for words, blocks in edits(whole, footer, is_rich=shown.is_rich):
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
                shown.items = whole
                shown.edited_at = time.monotonic()
                return
        if last is not None:
            self.learn(last, whole, taken=size_of(shown.text))
        if has_embeds(more) and code in BLOCKS_REFUSED:
            raise EmbedRefused
        raise Uneditable

    async def _edit(self, channel: str, ts: str, words: str, blocks: Blocks) -> None:
        try:
            await self._gateway.update(channel, ts, words, blocks=blocks)
        except SlackError as refused:
            if refused.code != STILL_STREAMS:
                raise
            # Left streaming by an attempt that died.
            await self.stop(channel, ts)
            await self._gateway.update(channel, ts, words, blocks=blocks)

    async def stop(self, channel: str, ts: str) -> None:
        """Take a message out of the streaming state; harmless when it is out already."""
        try:
            await self._gateway.stop_stream(channel, ts)
        except SlackError as refused:
            if refused.is_final or isinstance(refused, Busy):
                raise

    async def mend(self, channel: str, shown: Shown, last: Items) -> None:
        """Close an open code fence by an edit. A courtesy: Slack ends it with the message anyway."""
        whole = joined((*shown.items, *last))
        try:
            await self._gateway.update(channel, shown.ts, fallback_of(whole), blocks=blocks_of(whole))
        except SlackError as refused:
            if refused.is_final:
                raise
            log.info("reply.fence_left_open", code=refused.code)
        else:
            shown.items = whole

    def learn(self, refused: SlackError, items: Items, taken: int = 0) -> None:
        """Raises TooLong when the refusal tells how much has room."""
        blocks = blocks_in(items)
        is_crowded = blocks > MANY_BLOCKS and not has_embeds(items)
        is_size = refused.code in TOO_LONG or (refused.code in INVALID and is_crowded)
        if is_size and self._gateway.room.refused(
            refused.code, size=size_of(words_of(items)), blocks=blocks, taken=taken
        ):
            raise TooLong from None

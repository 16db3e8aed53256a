"""ShownMessage is a message of ours as Slack has confirmed it. The constants name what Slack's refusals of it mean."""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.slack.message_size import size_of
from bot.slack.reply.items import Items, has_embeds, joined, text_of

# A stream dies after 5 minutes, whatever is sent (slack.md §0.3).
ROTATE_AFTER_S = 225.0
Mode = Literal["stream", "edit"]
STOPPED = "stopped_by_user"
BLOCKS_REFUSED = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_chunks", "msg_blocks_too_long", "msg_blocks_too_many"}
)
ENDED = "message_not_in_streaming_state"
# Slack refuses so an edit of a stream that has not ended.
STILL_STREAMS = "streaming_state_conflict"
# Slack refuses so an edit without rich text, of a message that it keeps as rich text (slack.md §2).
MISMATCH = "block_mismatch"
# Refusals because of the size, and refusals that may mean the size.
TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "msg_blocks_too_many"})
INVALID = frozenset({"invalid_blocks", "invalid_blocks_format"})
# The workspace (GovSlack) or the channel (a place that is no conversation) has no streams.
NO_STREAMS = frozenset({"unknown_method", "method_deprecated", "not_allowed_token_type", "feature_not_enabled"})
NO_STREAMS_HERE = frozenset({"channel_type_not_supported"})
NOWHERE = "*"
_MARK = re.compile(r"\s*(?:`{3,}|~{3,})\s*")


class NotEditable(Exception):  # not in the error tree: the reply always finds another way
    """Slack takes no edit of this message in any form, so its text has to move to a new message."""


class EmbedRefused(Exception):  # not in the error tree: the reply always finds another way
    """Slack refuses a block between the text. Nothing of the call is shown."""


class TooLong(Exception):  # not in the error tree: the reply always finds another way
    """Slack refused the content as too long, and it is known now how much has room. Nothing of the call is shown."""


class StoppedByPerson(Exception):  # it is no error
    """A person ended the stream with Slack's own Stop button."""


@dataclass(slots=True)
class ShownMessage:
    """A message of ours. `items` is what Slack has confirmed of it.

    `is_unsure`: more than `items` may stand there, so the message is to be written again. `is_fixed`: Slack takes no
    edit of it. `is_rich`: Slack keeps it as rich text and takes rich text only. `keeps_place`: others stand below it,
    so an edit as rich text is better than a new message in Markdown. `cards`: bytes of its task cards, by their ids.
    """

    ts: str
    mode: Mode
    items: Items
    was_streamed: bool = False
    is_unsure: bool = False
    is_fixed: bool = False
    is_rich: bool = False
    keeps_place: bool = False
    opened_at: float = field(default_factory=time.monotonic)
    edited_at: float = field(default_factory=time.monotonic)
    cards: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return text_of(self.items)

    @property
    def is_old(self) -> bool:
        return self.mode == "stream" and time.monotonic() - self.opened_at > ROTATE_AFTER_S

    def add(self, more: Items) -> None:
        self.items = joined((*self.items, *more))


def card_sizes(chunks: list[dict[str, Any]]) -> dict[str, int]:
    """How many bytes of a message each task card takes, by its id. Some measured that `details` and `output` count
    twice (bot.slack.message_size), others that the cards' JSON counts (vercel/chat#617); the larger one is taken.
    """
    return {str(chunk["id"]): max(_measured(chunk), len(json.dumps(chunk))) for chunk in chunks}


def _measured(chunk: dict[str, Any]) -> int:
    shown = {name: size_of(str(chunk.get(name, ""))) for name in ("title", "details", "output")}
    return shown["title"] + 2 * (shown["details"] + shown["output"])


def only_closes_fence(items: Items) -> bool:
    """Whether the items are only the marks that close a code fence."""
    return not has_embeds(items) and _MARK.fullmatch(text_of(items)) is not None

"""A message of ours as Slack has confirmed it, and what Slack's refusals about it mean."""

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
# An edit of a stream that has not ended.
STILL_STREAMS = "streaming_state_conflict"
# An edit without rich text of a message that Slack keeps as rich text (slack.md §2).
MISMATCH = "block_mismatch"
# Refusals of a size, and those that may be one.
TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "msg_blocks_too_many"})
INVALID = frozenset({"invalid_blocks", "invalid_blocks_format"})
# Streams are not there, for the workspace or for the channel (GovSlack, a place that is no conversation).
NO_STREAMS = frozenset({"unknown_method", "method_deprecated", "not_allowed_token_type", "feature_not_enabled"})
NO_STREAMS_HERE = frozenset({"channel_type_not_supported"})
NOWHERE = "*"
_MARK = re.compile(r"\s*(?:`{3,}|~{3,})\s*")


class Uneditable(Exception):  # a way of Slack's, and there is another
    """Slack takes no edit of this message, in no form: its text has to move to a new one."""


class EmbedRefused(Exception):  # a way of Slack's, and there is another
    """Slack does not take a block amid the text. Nothing of what was to be shown is."""


class TooLong(Exception):  # a way of Slack's, and there is another
    """There was no room for it, and how much there is is known now. Nothing of what was to be shown is."""


class StoppedByPerson(Exception):  # it is no error
    """The native Stop button ended the stream."""


@dataclass(slots=True)
class Shown:
    """A message of ours: `items` is what Slack has confirmed of it.

    `is_unsure`: more may stand there, so it is to be written anew. `is_fixed`: Slack takes no edit of it. `is_rich`:
    Slack keeps it as rich text, and takes no other. `keeps_place`: others stand below it, so it is better edited as
    rich text than moved as Markdown. `cards`: the bytes of its task cards, by their ids.
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


def weighed(chunks: list[dict[str, Any]]) -> dict[str, int]:
    """The bytes that task cards take of a message: some saw `details` and `output` count twice
    (bot.slack.message_size), others the JSON of the cards (vercel/chat#617).
    """
    return {str(chunk["id"]): max(_measured(chunk), len(json.dumps(chunk))) for chunk in chunks}


def _measured(chunk: dict[str, Any]) -> int:
    shown = {name: size_of(str(chunk.get(name, ""))) for name in ("title", "details", "output")}
    return shown["title"] + 2 * (shown["details"] + shown["output"])


def is_mark(items: Items) -> bool:
    """Nothing but what closes a code fence."""
    return not has_embeds(items) and _MARK.fullmatch(text_of(items)) is not None

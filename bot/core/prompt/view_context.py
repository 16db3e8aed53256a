"""A ViewContext is the channel that a person looks at while they write to the bot. It is offered as context to the
person, and never used without asking.
"""

import re
from dataclasses import dataclass

# “This channel”, “this thread”, “here”: words that may mean the channel, in the two languages of the bot.
_MEANT = re.compile(
    r"\b(this|the|that)\s+(channel|thread|conversation|discussion)\b|\b(in|from|above|up|said|discussed|happened)\s+here\b"
    r"|\bhere\W*$|(这|本|该|这个|这条)(个)?(频道|消息列|讨论|对话|群)|(这里|这儿)(说|聊|讨论|发生)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ViewContext:
    """A channel, and the ts of the message that is open there, or empty."""

    channel: str
    message_ts: str = ""


def seems_meant(question: str) -> bool:
    """Return whether a question seems to be about the channel that its asker looks at."""
    return bool(_MEANT.search(question))

"""What a person has in front of them while they talk to the bot. It is offered as context, never taken silently."""

import re
from dataclasses import dataclass

# “This channel”, “this thread”, “here”: words that may mean it, in the two languages the bot itself speaks.
_MEANT = re.compile(
    r"\b(this|the|that)\s+(channel|thread|conversation|discussion)\b|\b(in|from|above|up|said|discussed|happened)\s+here\b"
    r"|\bhere\W*$|(这|本|该|这个|这条)(个)?(频道|消息列|讨论|对话|群)|(这里|这儿)(说|聊|讨论|发生)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ViewContext:
    """A channel, and a message there when one is open."""

    channel: str
    message_ts: str = ""


def seems_meant(question: str) -> bool:
    """Whether a question seems to be about what its asker looks at."""
    return bool(_MEANT.search(question))

"""People and channels as Slack names them in what is written: `<@U1|ann>`, `<#C1|general>`.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from dataclasses import dataclass
from typing import Literal

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class Mentioned:
    kind: Literal["person", "channel"]
    id: str


def naming(id_: str) -> str:
    """As Slack shows an id by its name: to who may know of the channel. Any other id as it is."""
    if id_[:1] in {"U", "W"}:
        return f"<@{id_}>"
    return f"<#{id_}>" if id_[:1] in {"C", "G", "D"} else f"`{id_}`"


def mentioned(word: str) -> Mentioned | None:
    """What a whole word names; None for any other word, also for a name that Slack has made no mention of."""
    if person := PERSON.fullmatch(word):
        return Mentioned("person", person[1])
    channel = CHANNEL.fullmatch(word)
    return Mentioned("channel", channel[1]) if channel else None

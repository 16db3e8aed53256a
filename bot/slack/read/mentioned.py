"""Reads and writes mentions of people and channels, such as `<@U1|ann>` and `<#C1|general>`.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from dataclasses import dataclass
from typing import Literal

PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class Mention:
    kind: Literal["person", "channel"]
    id: str


def mention_of(id_: str) -> str:
    """A mention of the id, which Slack shows by its name to people who may know it; another id as code."""
    if id_[:1] in {"U", "W"}:
        return f"<@{id_}>"
    return f"<#{id_}>" if id_[:1] in {"C", "G", "D"} else f"`{id_}`"


def read_mention(word: str) -> Mention | None:
    """The mention that the word is; None for any other word, also for a name that Slack did not turn into a mention."""
    if person := PERSON.fullmatch(word):
        return Mention("person", person[1])
    channel = CHANNEL.fullmatch(word)
    return Mention("channel", channel[1]) if channel else None

"""Reads, writes and cuts out mentions of people and channels, such as `<@U1|ann>` and `<#C1|general>`.

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


def without_call(text: str, user: str) -> str:
    """The text without the mentions that only call the user: at its beginning, at its end, or alone on a line. Any
    other is a word of a sentence, and stays.
    """
    mention = _mention(user)
    call = rf"(?:{mention}[:,：，]?\s*)+"
    if calls := re.match(call, text.lstrip()):
        text = text.lstrip()[calls.end() :]
    text = re.sub(rf"^[ \t]*(?:{mention}[:,：，]?[ \t]*)+\n", "", text, flags=re.MULTILINE).strip()
    end = len(text)
    for found in reversed(list(re.finditer(mention, text))):
        if text[found.end() : end].strip():
            break
        end = found.start()
    return text if end == len(text) else text[:end].rstrip(" \t\n,，")


def without_mentions(text: str, user: str) -> str:
    """The text without any mention of the user, to be compared with words that order something."""
    return re.sub(rf"{_mention(user)}:?", " ", text).strip()


def _mention(user: str) -> str:
    return rf"<@{re.escape(user)}(?:\|[^<>]*)?>"

"""Looking at everything that was said to Slack for what would ping somebody who was not meant."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.playground.app.installation import Installation

# Slack's tokens of people, groups and everybody, however they are written (slack.md §2, Text).
PING = re.compile(r"<\s*(?:![A-Za-z]+\s*(?:[\^|][^<>]*)?|@\s*\w+\s*(?:\|[^<>]*)?)>")
# What a summary or a question ordered in a channel begins with: who asked is called by it.
OWN = re.compile(r"^<@U\w+> ")
# A question of the bot's to the one who may answer it.
ASKING = re.compile(r"^<@U\w+>(?:, may I |，)")
# What one person alone is shown calls nobody else.
PERSON = re.compile(r"<@U\w+>")
# A time in the reader's zone, which leads nowhere.
TIME = re.compile(r"<!date\^\d+\^[^<>^|]*\|[^<>|]*>")
# Not shown by Slack, or not by Slack's rules: ids that come back to the bot, what a person copies from a field.
UNREAD = frozenset({"value", "initial_value", "private_metadata", "event_payload"})
HOSTILE = (
    "<!channel> Free prize",
    "<!here|here> now",
    "<!everyone>",
    "<!subteam^S0TEAM|@team>",
    "<@U0BEN0000> <@U0BEN0000|ben>",
    "<<!channel>>",
    "<!date^1392734382^{date}^https://evil.example|bank.example>",
)


def said(app: Installation) -> Iterator[tuple[str, str]]:
    """Every string of every call, with where it stood."""
    for call in app.calls:
        yield from strings(dict(call.args), call.method)


def strings(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            nested = _parsed(value)
            if nested is None:
                yield place, value
            else:
                yield from strings(nested, place)
        case dict():
            for name, one in value.items():
                if name not in UNREAD:
                    yield from strings(one, f"{place}/{name}")
        case list():
            for one in value:
                yield from strings(one, place)


def pings(app: Installation) -> list[tuple[str, str]]:
    found = [(place, _without_own(place, words)) for place, words in said(app)]
    return [(place, words[:300]) for place, words in found if PING.search(TIME.sub("", words))]


def _without_own(place: str, words: str) -> str:
    if place.startswith(("response_url/", "views.")):
        return PERSON.sub("", words)
    return PING.sub("", words, count=1) if _is_own(place, words) else words


def _is_own(place: str, words: str) -> bool:
    if place == "chat.postMessage/text" and OWN.match(words):
        return True
    return place.startswith("chat.") and place.endswith("/text") and ASKING.match(words) is not None


def _parsed(value: str) -> Any:
    if not value.startswith(("{", "[")):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None

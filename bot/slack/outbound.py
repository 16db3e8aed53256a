"""Everything that leaves for Slack passes here: every call of the Web API, every answer at a response_url, every
acknowledgement.

Words are foreign unless they say otherwise: a name of a file, a caption, what a model, a tool or a person wrote. In
them nothing pings, and no link hides where it leads. Who is to be pinged is said by the type: `Mentioning`.
Escapes: https://docs.slack.dev/messaging/formatting-message-text
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from bot.slack.markdown.link_hosts import addresses_broken, markdown_revealed, mrkdwn_revealed, other_host
from bot.slack.markdown.pings import JOINER

# Looks like `<`, and no text grows by it beyond what Slack takes in a field that it fitted.
WIDE = "\uff1c"
# An edit takes 4,000 bytes of text, a section 3,000 characters (bot.slack.blocks, slack.md §1.6).
ROOM = 2_900
Kind = Literal["mrkdwn", "markdown", "stream", "comment", "plain"]

# What Slack takes for a mention of a person, a group or everybody. `<!DOCTYPE html>` and `<!-- -->` are none.
_PING = re.compile(r"<(?P<inner>!\s*[A-Za-z]+\s*(?:[\^|][^<>]*)?|@\s*(?P<id>[\w.-]+)\s*(?:\|[^<>]*)?)>")
# A time in the reader's zone: it calls nobody and, without a third `^`, leads nowhere.
_TIME = re.compile(r"!date\^\d{1,12}\^[^<>|^]*\|[^<>|]*")
# The rest of it may come with the next piece of a stream.
_OPEN = re.compile(r"<(?=(?:[!@][^<>\s]*)?\Z)")
_CANVAS_MENTION = re.compile(r"(?<=\]\()(?=\s*@)")
# How Slack reads what stands under these names, outside of a text object.
_FIELDS: dict[str, Kind] = {
    "text": "mrkdwn",
    "pretext": "mrkdwn",
    "fallback": "mrkdwn",
    "initial_comment": "comment",
    "markdown_text": "stream",
    "markdown": "markdown",
}
_OBJECTS: dict[str, Kind] = {"mrkdwn": "mrkdwn", "markdown": "markdown", "markdown_text": "stream"}
# Names, addresses and what comes back to us as it was: never shown, and no longer itself when changed. What a person
# is to copy or change (`initial_value`) is shown as it stands and read by nobody but them.
_NOT_SHOWN = frozenset(
    (
        "action_id",
        "block_id",
        "callback_id",
        "channel",
        "channel_id",
        "channels",
        "color",
        "cursor",
        "event_payload",
        "event_type",
        "external_id",
        "file",
        "file_id",
        "hash",
        "highlight_type",
        "icon_url",
        "id",
        "image_url",
        "initial_value",
        "message_ts",
        "metadata",
        "name",
        "parse",
        "private_metadata",
        "query",
        "recipient_team_id",
        "recipient_user_id",
        "response_action",
        "response_type",
        "slack_file",
        "snippet_type",
        "style",
        "team_id",
        "thread_ts",
        "thumb_url",
        "timestamp",
        "token",
        "trigger_id",
        "ts",
        "type",
        "url",
        "user",
        "user_id",
        "users",
        "value",
        "view_id",
    )
)
# The SDK sends some of what is nested as JSON.
_NESTED = frozenset({"attachments", "blocks", "chunks", "document_content", "files", "prompts", "view"})
# A mention as an element of rich text, and the name in it.
_MENTIONS = {"broadcast": "range", "user": "user_id", "usergroup": "usergroup_id"}
# Streams have no previews (https://docs.slack.dev/ai/developing-agents); an edit passes over what it does not know.
_UNFURLED = frozenset({"chat.postMessage", "chat.scheduleMessage", "chat.update", "response_url"})
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


class Mentioning(str):
    """Words of ours that call these people, and nobody else."""

    __slots__ = ("people",)
    people: frozenset[str]

    def __new__(cls, words: str, *people: str) -> Self:
        made = super().__new__(cls, words)
        made.people = frozenset(people)
        return made


def standing(value: Any) -> Any:
    """Blocks of ours as Slack has given them back: whom they name stands there already, and an edit calls nobody."""
    if isinstance(value, list):
        return [standing(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    if value.get("type") == "user" and isinstance(value.get("user_id"), str):
        return {**value, "user_id": Mentioning(value["user_id"], value["user_id"])}
    return {name: standing(one) for name, one in value.items()}


def safe_call(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call as they may leave."""
    safe = {name: _field(name, value) for name, value in arguments.items()}
    return safe | _NO_PREVIEWS if method in _UNFURLED else safe


def _field(name: str, value: Any) -> Any:
    if name in _NOT_SHOWN or value is None or isinstance(value, bool | int | float | bytes):
        return value
    if isinstance(value, str):
        if name in _NESTED:
            return _nested(value)
        return _words(value, _FIELDS.get(name, "plain"))
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list | tuple):
        return [_field(name, one) for one in value]
    return value


def _nested(value: str) -> str:
    try:
        return json.dumps(_field("", json.loads(value)))
    except (ValueError, RecursionError):
        return _words(value, "plain")


def _object(given: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(given.get("type"))
    if kind in _MENTIONS:
        named = given.get(_MENTIONS[kind])
        if isinstance(named, Mentioning) and named in named.people:
            return dict(given)
        if isinstance(named, str):
            return {"type": "text", "text": f"@{named}"}
    safe = {name: _field(name, value) for name, value in given.items()}
    text = given.get("text")
    if isinstance(text, str):
        safe["text"] = _words(text, _OBJECTS.get(kind, "plain"))
    return _told(safe) if given.get("url") else safe


def _told(safe: dict[str, Any]) -> dict[str, Any]:
    """A link of rich text, a button, a source: its words, and its host where they name another."""
    url, words = str(safe["url"]), safe.get("text")
    if isinstance(words, dict):
        return safe | {"text": words | {"text": _with_host(str(words.get("text") or ""), url)}}
    return safe | {"text": _with_host(words, url)} if isinstance(words, str) else safe


def _with_host(words: str, url: str) -> str:
    host = other_host(words, url)
    if not host or f"({host})" in words:
        return words
    # A button takes 75 characters.
    return f"{words[: max(1, 72 - len(host))]} ({host})"


def _words(words: str, kind: Kind) -> str:
    if "<" in words:
        words = _pingless(words, kind)
    match kind:
        case "mrkdwn":
            return mrkdwn_revealed(words)
        case "comment":
            return addresses_broken(words)
        case "markdown":
            return _CANVAS_MENTION.sub(JOINER, markdown_revealed(words))
        case "stream" | "plain":
            return words  # a piece of a stream may begin and end anywhere: bot.slack.markdown.render tells of its links


def _pingless(words: str, kind: Kind) -> str:
    people = words.people if isinstance(words, Mentioning) else frozenset()

    def with_signs(before: str, after: str) -> str:
        return _PING.sub(lambda found: found[0] if stays(found) else before + found["inner"] + after, words)

    def stays(found: re.Match[str]) -> bool:
        return found["id"] in people or (kind == "mrkdwn" and _TIME.fullmatch(found["inner"]) is not None)

    if kind in {"mrkdwn", "comment"}:
        escaped = with_signs("&lt;", "&gt;")
        return escaped if len(escaped) <= max(ROOM, len(words)) else with_signs("", "")
    if kind == "plain":
        return with_signs(WIDE, ">")
    shown = with_signs("<" + JOINER, ">")
    return _OPEN.sub("<" + JOINER, shown) if kind == "stream" else shown

"""`safe_call` makes everything safe that leaves for Slack: each call of the Web API, each answer at a response_url, and
each acknowledgement.

All words count as foreign: names of files, captions, and what a model, a tool or a person wrote. They ping nobody, and
their links show where they lead. Only words of the type Mentioning may ping, and only the people that they name.
Escapes: https://docs.slack.dev/messaging/formatting-message-text
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, Self

from bot.slack.markdown.link_hosts import markdown_with_hosts, mrkdwn_with_hosts, other_host, without_autolinks
from bot.slack.markdown.pings import JOINER

# Looks like `<`. In its place, no text becomes too long for its field, as it would with `&lt;`.
WIDE = "\uff1c"
# An edit takes 4,000 bytes of text, a section 3,000 characters (bot.slack.blocks, slack.md §1.6).
ROOM = 2_900
Kind = Literal["mrkdwn", "markdown", "stream", "comment", "plain"]

# A mention of a person, a group or everybody. `<!DOCTYPE html>` and `<!-- -->` are no mentions.
_PING = re.compile(r"<\s*+(?P<inner>!\s*[A-Za-z]+\s*(?:[\^|][^<>]*)?|@\s*(?P<id>[\w.-]+)\s*(?:\|[^<>]*)?)>")
# A time in the reader's zone. It pings nobody, and without a third `^` it is no link.
_TIME = re.compile(r"!date\^\d{1,12}\^[^<>|^]*\|[^<>|]*")
# The beginning of a mention at the end of a piece; the next piece of the stream may complete it.
_OPEN = re.compile(r"<(?=(?:[!@][^<>\s]*)?\Z)")
_CANVAS_MENTION = re.compile(r"(?<=\]\()(?=\s*@)")
# How Slack reads the texts under these names, outside of a text object.
_FIELDS: dict[str, Kind] = {
    "text": "mrkdwn",
    "pretext": "mrkdwn",
    "fallback": "mrkdwn",
    "initial_comment": "comment",
    "markdown_text": "stream",
    "markdown": "markdown",
}
_OBJECTS: dict[str, Kind] = {"mrkdwn": "mrkdwn", "markdown": "markdown", "markdown_text": "stream"}
# Ids, addresses, and values that Slack gives back to us. They are never shown, and must not be changed. A person is
# shown an `initial_value` to copy or change it; nobody else sees it.
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
# The SDK turns these arguments into JSON.
_NESTED = frozenset({"attachments", "blocks", "chunks", "document_content", "files", "prompts", "view"})
# The types of mentions in rich text, and the name of the field with the id.
_MENTIONS = {"broadcast": "range", "user": "user_id", "usergroup": "usergroup_id"}
# These calls show previews of links. Streams have none (https://docs.slack.dev/ai/developing-agents), and an edit
# ignores arguments that it does not know.
_UNFURLED = frozenset({"chat.postMessage", "chat.scheduleMessage", "chat.update", "response_url"})
_NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


class Mentioning(str):
    """Words of ours that ping these people, and nobody else."""

    __slots__ = ("people",)
    people: frozenset[str]

    def __new__(cls, words: str, *people: str) -> Self:
        mentioning = super().__new__(cls, words)
        mentioning.people = frozenset(people)
        return mentioning


def already_posted(value: Any) -> Any:
    """Blocks of ours as Slack sent them back, for an edit. Their mentions stay, since an edit pings nobody."""
    if isinstance(value, list):
        return [already_posted(part) for part in value]
    if not isinstance(value, Mapping):
        return value
    if value.get("type") == "user" and isinstance(value.get("user_id"), str):
        return {**value, "user_id": Mentioning(value["user_id"], value["user_id"])}
    return {name: already_posted(part) for name, part in value.items()}


def safe_call(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call, made safe."""
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
        return [_field(name, part) for part in value]
    return value


def _nested(value: str) -> str:
    try:
        return json.dumps(_field("", json.loads(value)))
    except (ValueError, RecursionError):
        return _words(value, "plain")


def _object(element: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(element.get("type"))
    if kind in _MENTIONS:
        named = element.get(_MENTIONS[kind])
        if isinstance(named, Mentioning) and named in named.people:
            return dict(element)
        if isinstance(named, str):
            return {"type": "text", "text": f"@{named}"}
    safe = {name: _field(name, value) for name, value in element.items()}
    text = element.get("text")
    if isinstance(text, str):
        safe["text"] = _words(text, _OBJECTS.get(kind, "plain"))
    return _with_host_shown(safe) if element.get("url") else safe


def _with_host_shown(safe: dict[str, Any]) -> dict[str, Any]:
    """A link, a button or a source, with its host after its words if the words name another host."""
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
        words = _without_pings(words, kind)
    match kind:
        case "mrkdwn":
            return mrkdwn_with_hosts(words)
        case "comment":
            return without_autolinks(words)
        case "markdown":
            return _CANVAS_MENTION.sub(JOINER, markdown_with_hosts(words))
        case "stream" | "plain":
            return words  # a piece of a stream may begin and end anywhere, so bot.slack.markdown.render shows its links


def _without_pings(words: str, kind: Kind) -> str:
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

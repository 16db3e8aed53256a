"""Turns what a person types into Slack's forms: escaped text with `<@U…>` and `<https://…>`, and a rich_text block.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from bot.playground.workspace.records import Json
from bot.playground.workspace.workspace import Workspace

_TOKEN = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)>"
    r"|<#(?P<channel>C[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|(?P<url>https?://[^\s<>|]+)"
    r"|(?<![\w@])@(?P<name>[A-Za-z](?:[\w.-]*\w)?)"
    r"|(?<![\w#])#(?P<place>[^\W_](?:[\w-]*\w)?)"
)
_BROADCASTS = {"here", "channel", "everyone"}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(workspace: Workspace, text: str) -> tuple[str, list[Json]]:
    """Return a message's `text` and `blocks` for what was typed. It recognises `@Name`, `#place` and bare links."""
    parts: list[str] = []
    elements: list[Json] = []
    position = 0
    for found in _TOKEN.finditer(text):
        resolved = _resolve(workspace, found)
        if resolved is None:
            continue
        _add_text(parts, elements, text[position : found.start()])
        parts.append(resolved[0])
        elements.append(resolved[1])
        position = found.end()
    _add_text(parts, elements, text[position:])
    return "".join(parts), [rich_text_block(elements, workspace.new_id("")[1:6])] if elements else []


def typed_command(workspace: Workspace, text: str) -> str:
    """Return a command's words as Slack sends them to an app that wants them escaped: `<#C1|general>`, `<@U1|ben>`."""
    parts: list[str] = []
    position = 0
    for found in _TOKEN.finditer(text):
        resolved = _resolve(workspace, found)
        if resolved is None:
            continue
        token, element = resolved
        parts += [escape(text[position : found.start()]), _labelled(workspace, token, element)]
        position = found.end()
    return "".join([*parts, escape(text[position:])])


def _labelled(workspace: Workspace, token: str, element: Json) -> str:
    return f"{token[:-1]}|{workspace.users[element['user_id']].name}>" if element["type"] == "user" else token


def rich_text_block(elements: list[Json], block_id: str) -> Json:
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def text_of(elements: list[Json]) -> str:
    """Return the plain text of rich_text elements, with mentions as Slack writes them in text."""
    return "".join(_reading(element) for element in elements)


def _reading(element: Json) -> str:
    match element.get("type"):
        case "text":
            return str(element.get("text", ""))
        case "link":
            return str(element.get("text") or element.get("url", ""))
        case "user":
            return f"<@{element.get('user_id')}>"
        case "channel":
            return f"<#{element.get('channel_id')}>"
        case "emoji":
            return f":{element.get('name')}:"
    inner = text_of(element.get("elements", []))
    ends_line = str(element.get("type", "")).startswith("rich_text") and element.get("type") != "rich_text_list"
    return f"{inner}\n" if ends_line and inner else inner


def _add_text(parts: list[str], elements: list[Json], text: str) -> None:
    if text:
        parts.append(escape(text))
        elements.append({"type": "text", "text": text})


def _resolve(workspace: Workspace, found: re.Match[str]) -> tuple[str, Json] | None:
    if user_id := found["user"]:
        return f"<@{user_id}>", {"type": "user", "user_id": user_id}
    if url := found["url"]:
        return f"<{escape(url)}>", {"type": "link", "url": url}
    if name := found["name"]:
        return _mention(workspace, name)
    place = found["channel"] or found["place"]
    try:
        channel = workspace.channel(place)
    except KeyError:
        return None
    return f"<#{channel.id}|{channel.name}>", {"type": "channel", "channel_id": channel.id}


def _mention(workspace: Workspace, name: str) -> tuple[str, Json] | None:
    if name in _BROADCASTS:
        return f"<!{name}>", {"type": "broadcast", "range": name}
    try:
        user = workspace.user(name)
    except KeyError:
        return None
    return f"<@{user.id}>", {"type": "user", "user_id": user.id}

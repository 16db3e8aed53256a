"""`rich_text` turns Slack's rich text into words, escaped as a message's `text` is: names are replaced in both alike.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.slack.blocks import escape

BULLETS = ("•", "◦", "▪")
INDENT = "    "
MOST_DEPTH = 8
_STYLES = (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*"))
Json = Mapping[str, Any]


def objects(value: object) -> list[Json]:
    """The objects in a list that came from outside; none if it is no list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def string(value: object) -> str:
    """A text that came from outside; empty if it is no text."""
    return value if isinstance(value, str) else ""


def rich_text(block: Json, depth: int = 0) -> str:
    """The words of a `rich_text` block, or of a list, a quote or a line in it."""
    if depth > MOST_DEPTH:
        return ""
    kind = block.get("type")
    if kind == "rich_text_list":
        return _list(block, depth)
    children = objects(block.get("elements"))
    if kind == "rich_text":
        return "\n".join(filter(None, (rich_text(child, depth + 1).strip("\n") for child in children)))
    words = "".join(inline(child, depth + 1) for child in children)
    if kind == "rich_text_preformatted":
        return f"```{string(block.get('language'))}\n{words}\n```"
    if kind == "rich_text_quote":
        return "\n".join(f"&gt; {line}" for line in words.split("\n"))
    return words


def inline(element: Json, depth: int = 0) -> str:
    """The words of an element within a line."""
    kind = string(element.get("type"))
    if kind.startswith("rich_text"):
        return rich_text(element, depth)
    read = _INLINE.get(kind)
    if read is not None:
        return _styled(read(element), element.get("style"))
    words = escape(string(element.get("text")) or string(element.get("fallback")) or string(element.get("title")))
    if words or depth > MOST_DEPTH:
        return words
    return "".join(inline(child, depth + 1) for child in objects(element.get("elements")))


def link(url: str, label: str) -> str:
    """A link as Slack writes it. The address and the label are escaped already."""
    if not url:
        return label
    if not label or label == url:
        return f"<{url}>"
    return f"{label} (<{url}>)" if re.search(r"[<>|\n]", label) else f"<{url}|{label}>"


def _list(block: Json, depth: int) -> str:
    indent, offset = min(_whole(block.get("indent")), MOST_DEPTH), _whole(block.get("offset"))
    is_ordered = block.get("style") == "ordered"
    bullet = BULLETS[min(indent, len(BULLETS) - 1)]
    lines = []
    for number, item in enumerate(objects(block.get("elements")), offset + 1):
        words = rich_text(item, depth + 1)
        if item.get("type") == "rich_text_list":
            lines.append(words)
            continue
        head = f"{INDENT * indent}{f'{number}.' if is_ordered else bullet} "
        lines.append(head + words.replace("\n", f"\n{INDENT * indent}  "))
    return "\n".join(lines) + "\n"


def _whole(value: object) -> int:
    return max(value, 0) if isinstance(value, int) else 0


def _styled(words: str, style: object) -> str:
    """The words with the marks that Slack's own text has. No mark touches a blank."""
    if not isinstance(style, Mapping) or not words.strip():
        return words
    inner = words.strip()
    before, _, after = words.partition(inner)
    for name, mark in _STYLES:
        if style.get(name) is True:
            inner = f"{mark}{inner}{mark}"
    return f"{before}{inner}{after}"


def _text(element: Json) -> str:
    return escape(string(element.get("text")))


def _link(element: Json) -> str:
    return link(escape(string(element.get("url"))), escape(string(element.get("text"))))


def _user(element: Json) -> str:
    return _token("@", element.get("user_id"))


def _channel(element: Json) -> str:
    return _token("#", element.get("channel_id"))


def _usergroup(element: Json) -> str:
    return _token("!subteam^", element.get("usergroup_id"))


def _broadcast(element: Json) -> str:
    return _token("!", element.get("range"))


def _token(sign: str, name: object) -> str:
    return f"<{sign}{name}>" if isinstance(name, str) and name.isalnum() else ""


def _emoji(element: Json) -> str:
    name, tone = string(element.get("name")), element.get("skin_tone")
    shown = f":{name}:" if name else ""
    return f"{shown}:skin-tone-{tone}:" if shown and isinstance(tone, int) else shown


def _date(element: Json) -> str:
    words = escape(string(element.get("fallback")))
    if words:
        return words
    try:
        return f"{datetime.fromtimestamp(float(element.get('timestamp') or 0), UTC):%Y-%m-%d %H:%M} UTC"
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def _value(element: Json) -> str:
    return escape(string(element.get("value")))


_INLINE: Mapping[str, Callable[[Json], str]] = {
    "text": _text,
    "link": _link,
    "user": _user,
    "channel": _channel,
    "usergroup": _usergroup,
    "broadcast": _broadcast,
    "emoji": _emoji,
    "date": _date,
    "color": _value,
    "team": lambda element: escape(string(element.get("team_id"))),
}

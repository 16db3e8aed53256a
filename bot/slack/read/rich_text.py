"""`rich_text` turns Slack's rich text into words, escaped as a message's `text` is: names are replaced in both alike.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from bot.slack.blocks import escape
from bot.slack.payloads.values import Json, mapping, objects, string
from bot.slack.read.escapes import unescape

BULLETS = ("•", "◦", "▪")
INDENT = "    "
MOST_DEPTH = 8
_STYLES = (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*"))
# The fields that hold what people see of an element, and where it leads. An element of an unknown type is read by them.
_TITLES = ("text", "title", "label")
_LABELS = ("fallback", "display_name", "name", "tag", "alt_text")
_ADDRESSES = ("url", "permalink", "link", "href")
_LABEL_ENDS, _ADDRESS_ENDS, _ICON = ("_label", "_title", "_text", "_name"), ("_url", "_link"), "icon"
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!:)")
_BREAKS = re.compile(r"[\s|]")
MESSAGE = "a message in {channel}"


def plain(value: object) -> str:
    """A text or a text object that came from outside, escaped once whether it is escaped already or not."""
    return escape(unescape(_words(value)))


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
    words = _INLINE.get(kind, _reference)(element)
    if words or is_inline(kind) or depth > MOST_DEPTH:
        return _styled(words, element.get("style"))
    return "".join(inline(child, depth + 1) for child in objects(element.get("elements")))


def is_inline(kind: str) -> bool:
    """Whether this type of element is known to stand within a line."""
    return kind in _INLINE


def link(url: str, label: str) -> str:
    """A link as Slack writes it. The address and the label are escaped already."""
    url = _BREAKS.sub(lambda found: quote(found[0]), url.strip())
    if not url:
        return label
    is_address = _HAS_SCHEME.match(url) is not None
    shown = f"<{url}>" if is_address else url
    if not label or label == url:
        return shown
    is_odd = not is_address or re.search(r"[<>|\n]", label)
    return f"{label} ({shown})" if is_odd else f"<{url}|{label}>"


def label_of(element: Json) -> str:
    """What people see of an element, not escaped: its text, title and label, else what comes next to them."""
    titles = [words for name in _TITLES if (words := _words(element.get(name))).strip()]
    if titles:
        return " – ".join(dict.fromkeys(titles))
    return _first(element, _LABELS, _LABEL_ENDS)


def address_of(element: Json) -> str:
    """Where an element leads, not escaped."""
    return _first(element, _ADDRESSES, _ADDRESS_ENDS)


def _first(element: Json, names: tuple[str, ...], ends: tuple[str, ...]) -> str:
    ending = (name for name in element if isinstance(name, str) and name.endswith(ends) and _ICON not in name)
    return next((words for name in (*names, *ending) if (words := _words(element.get(name))).strip()), "")


def _words(value: object) -> str:
    return string(value.get("text")) if isinstance(value, Mapping) else string(value)


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
    words = escape(string(element.get("fallback"))) or moment(element.get("timestamp"))
    return link(escape(string(element.get("url"))), words)


def moment(timestamp: object) -> str:
    """The time in UTC; empty if it is none."""
    try:
        return f"{datetime.fromtimestamp(float(str(timestamp or 0)), UTC):%Y-%m-%d %H:%M} UTC"
    except (TypeError, ValueError, OverflowError, OSError):
        return ""


def _value(element: Json) -> str:
    return escape(string(element.get("value")))


def _reference(element: Json) -> str:
    """Something that people see as a chip: a canvas, a file, a record, a card of an app. Without a label and an address
    it is shown by its id.
    """
    shown = link(escape(address_of(element)), escape(label_of(element)))
    return shown or _user(element) or _message(element) or _usergroup(element) or _id(element.get("file_id"))


def _message(element: Json) -> str:
    channel = _channel(element) or _token("#", element.get("root_message_channel"))
    is_message = any(name.endswith("message_ts") for name in element if isinstance(name, str))
    return MESSAGE.format(channel=channel) if channel and is_message else channel


def _citation(element: Json) -> str:
    """A source, whose text may be only its number."""
    titles = mapping(element.get("details"))
    words = (label_of(element), *(string(titles.get(name)) for name in ("title", "descriptor")))
    return link(escape(address_of(element)), escape(" – ".join(dict.fromkeys(filter(None, words)))))


def _id(value: object) -> str:
    return value if isinstance(value, str) and value.isalnum() else ""


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
    "canvas_user_mention": _user,
    "citation": _citation,
    **dict.fromkeys(
        (
            "attachment_mention", "canvas", "canvas_message_unfurl", "file", "list_record", "message_mention",
            "salesforce_data_field", "tag", "work_object_mention", "workflow_mention",
        ),
        _reference,
    ),
    "team": lambda element: escape(string(element.get("team_id"))),
}  # fmt: skip

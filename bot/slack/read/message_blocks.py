"""`words_of` turns a block into the words that people see of it, escaped as a message's `text` is.

https://docs.slack.dev/reference/block-kit/blocks. A block of an unknown type is read by the fields that hold words in
known blocks, so that a block that Slack adds later is not lost.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.slack.blocks import escape
from bot.slack.payloads.values import Json, mapping, objects, string
from bot.slack.read.pictures import picture_words
from bot.slack.read.rich_text import (
    MOST_DEPTH,
    address_of,
    inline,
    is_inline,
    link,
    plain,
    rich_text,
)

MOST_CELL_CHARS = 2_000
_PIPE = re.compile(r"<[^<>]*>|\|")
_LINE_END = re.compile(r"\n\s*")
_TEXTS = (
    "title",
    "subtitle",
    "caption",
    "text",
    "label",
    "body",
    "description",
    "details",
    "output",
    "fallback",
    "hero_image",
)
_TEXT_OBJECTS = ("mrkdwn", "plain_text")
_NESTED = ("fields", "elements", "child_blocks", "blocks", "cards", "tasks", "actions")


def block_words(blocks: object) -> str:
    """The words of all blocks."""
    return "\n".join(filter(None, (words_of(block) for block in objects(blocks))))


def words_of(block: Json, depth: int = 0) -> str:
    """The words of one block, or of an element in it."""
    if depth > MOST_DEPTH:
        return ""
    kind = string(block.get("type"))
    if kind.startswith("rich_text"):
        return rich_text(block).strip("\n")
    if kind in _BLOCKS or not is_inline(kind):
        return _BLOCKS.get(kind, _any)(block, depth).strip("\n")
    return inline(block, depth)


def table(rows: object) -> str:
    """The rows as a Markdown table. The first row is its head, and short rows are filled up."""
    cells = [[_cell(cell) for cell in objects(row)] for row in rows] if isinstance(rows, list) else []
    cells = [row for row in cells if row]
    if not cells:
        return ""
    width = max(map(len, cells))
    head, *others = [row + [""] * (width - len(row)) for row in cells]
    lines = [head, ["---"] * width, *others]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def _cell(cell: Json) -> str:
    kind = string(cell.get("type"))
    if kind == "raw_text":
        words = escape(string(cell.get("text")))
    elif kind == "raw_number":
        words = escape(str(cell.get("text") or cell.get("value", "")))
    else:
        words = words_of(cell, 1)
    lines = _LINE_END.split(words.strip())
    words = " / ".join([*(line.rstrip() for line in lines[:-1]), lines[-1]])[:MOST_CELL_CHARS]
    return _PIPE.sub(lambda found: "\\|" if found[0] == "|" else found[0], words)


def _lines(*words: str) -> str:
    return "\n".join(filter(None, words))


def _text(value: object, depth: int = 0) -> str:
    """A text object, a plain string, or rich text where a text is expected."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return ""
    text = value.get("text")
    return text if isinstance(text, str) else words_of(value, depth + 1)


def _section(block: Json, depth: int) -> str:
    fields = [_text(field) for field in objects(block.get("fields"))]
    accessory = block.get("accessory")
    beside = words_of(accessory, depth + 1) if isinstance(accessory, Mapping) else ""
    return _lines(_text(block.get("text"), depth), *fields, beside)


def _in_one_line(block: Json, depth: int) -> str:
    words = (words_of(element, depth + 1) for element in objects(block.get("elements")))
    return " ".join(filter(None, words))


def _context(block: Json, depth: int) -> str:
    """A line of small print. Its pictures are icons, so their addresses are left out."""
    elements = objects(block.get("elements"))
    shown = [{**element, "image_url": ""} if element.get("type") == "image" else element for element in elements]
    return _in_one_line({"elements": shown}, depth)


def _image(block: Json, _depth: int) -> str:
    words = dict.fromkeys(filter(None, (_text(block.get("title")), string(block.get("alt_text")))))
    url = "" if block.get("slack_file") else string(block.get("image_url"))
    return picture_words(url, " – ".join(words))


def _call(block: Json, _depth: int) -> str:
    """A meeting, such as Zoom's: its name with the link to join it. Slack names the version of its fields (`v1`)."""
    call = mapping(block.get("call"))
    lines = []
    for fields in objects([call, *call.values()]):
        url = string(fields.get("join_url")) or string(fields.get("desktop_app_join_url"))
        name = plain(fields.get("name")) or plain(fields.get("display_id"))
        lines.append(link(escape(url), name))
    return _lines(*dict.fromkeys(lines))


def _button(element: Json, depth: int) -> str:
    """A button with an address. Other buttons have no words for the model."""
    url = escape(string(element.get("url")))
    return link(url, _text(element.get("text"), depth)) if url else ""


def _video(block: Json, depth: int) -> str:
    url = string(block.get("title_url")) or string(block.get("video_url"))
    title = link(escape(url), _text(block.get("title"), depth) or string(block.get("alt_text")))
    by = " · ".join(filter(None, (string(block.get("author_name")), string(block.get("provider_name")))))
    return _lines(title, by, _text(block.get("description"), depth))


def _table(block: Json, depth: int) -> str:
    return _lines(_text(block.get("caption"), depth), table(block.get("rows")))


def _chart(block: Json, depth: int) -> str:
    """The chart's figures as a table."""
    chart = mapping(block.get("chart"))
    points = [("", segment) for segment in objects(chart.get("segments"))]
    for series in objects(chart.get("series")):
        points += [(string(series.get("name")), point) for point in objects(series.get("data"))]
    rows = [[_raw(name), _raw(point.get("label")), _raw(point.get("value"))] for name, point in points]
    head = [_raw(""), _raw("label"), _raw("value")]
    return _lines(_text(block.get("title"), depth), table([head, *rows]) if rows else "")


def _raw(value: object) -> dict[str, Any]:
    return {"type": "raw_text", "text": "" if value is None else str(value)}


def _task(block: Json, depth: int) -> str:
    sources = [
        link(escape(string(source.get("url"))), string(source.get("text"))) for source in objects(block.get("sources"))
    ]
    parts = (_text(block.get(name), depth) for name in ("title", "details", "output"))
    return _lines(*parts, *sources)


def _shared(block: Json, depth: int) -> str:
    title = link(escape(string(block.get("share_url")) or string(block.get("url"))), _text(block.get("title"), depth))
    return _lines(title, _text(block.get("description"), depth))


def _nothing(_block: Json, _depth: int) -> str:
    """Controls and dividers have no words."""
    return ""


def _any(block: Json, depth: int) -> str:
    """A block of an unknown type, by the fields that hold words in known blocks."""
    texts = (_text(value, depth) for name, value in block.items() if name in _TEXTS or _is_text(value))
    nested = (words_of(child, depth + 1) for name in _NESTED for child in objects(block.get(name)))
    rows = table(block.get("rows")) if "rows" in block else ""
    words = _lines(*texts, *nested, rows)
    address = link(escape(address_of(block)), "")
    return _lines(words, address if address not in words else "") if words else inline(block)


def _is_text(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("type") in _TEXT_OBJECTS


_BLOCKS: Mapping[str, Callable[[Json, int], str]] = {
    "section": _section,
    "context": _context,
    "actions": _in_one_line,
    "context_actions": _nothing,
    "divider": _nothing,
    "image": _image,
    "call": _call,
    "button": _button,
    "workflow_button": _nothing,
    "video": _video,
    "table": _table,
    "data_table": _table,
    "data_visualization": _chart,
    "task_card": _task,
    "share_shortcut": _shared,
    "file": inline,
    **dict.fromkeys(
        (
            "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", "static_select",
            "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
            "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
            "feedback_buttons", "icon_button", "plain_text_input",
        ),
        _nothing,
    ),
}  # fmt: skip

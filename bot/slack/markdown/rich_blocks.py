"""`rich_blocks` turns Markdown into `rich_text` blocks. Slack takes no other edit of a message that it keeps as rich
text (slack.md §2).

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.slack.blocks import Blocks

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

Json = dict[str, Any]
MOST_DEPTH = 6
EMPTY = "–"
MOST_COLUMNS, MOST_ROWS = 20, 100  # of a table block (slack.md §1.6)
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_TOKEN = re.compile(
    r"<@(?P<user>[UW][A-Z0-9]+)>|<#(?P<channel>C[A-Z0-9]+)(?:\|[^<>\n]*)?>"
    r"|<(?P<link>(?:https?://|mailto:)[^<>|\s]+)(?:\|(?P<label>[^<>\n]*))?>"
    r"|(?P<url>https?://[^\s<>]*[^\s<>.,;:!?\"'*_~\])}])"
    r"|(?<![\w:]):(?P<emoji>[a-z0-9_+\-]*[a-z][a-z0-9_+\-]*):(?![\w:])"
)
_TASK = re.compile(r"\[([ xX])\]\s+")


def rich_blocks(markdown: str) -> Blocks:
    """The Markdown as rich text. A message holds one table, so the first one is a table and others are preformatted."""
    # Imported here, since the parser takes long to load, and few answers need it.
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from markdown_it.tree import SyntaxTreeNode  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    builder = _BlockBuilder()
    for node in SyntaxTreeNode(parser.parse(markdown)).children:
        builder.add(node)
    return builder.close()


class _BlockBuilder:
    def __init__(self) -> None:
        self._blocks: Blocks = []
        self._elements: list[Json] = []
        self._has_table = False

    def add(self, node: "SyntaxTreeNode") -> None:
        match node.type:
            case "table":
                self._table(node)
            case "bullet_list" | "ordered_list":
                self._elements += _lists(node, 0)
            case "blockquote":
                self._elements.append({"type": "rich_text_quote", "elements": _lines(node)})
            case "fence" | "code_block":
                self._elements.append(_code(node.content))
            case "hr":
                return
            case "heading":
                self._section(_inline(node, {"bold": True}))
            case _:
                self._section(_inline(node, {}))

    def close(self) -> Blocks:
        """End the open rich text and return all blocks."""
        if self._elements:
            self._blocks.append({"type": "rich_text", "elements": self._elements})
            self._elements = []
        return self._blocks

    def _section(self, elements: list[Json]) -> None:
        """Add a paragraph. Paragraphs in a row are one section with blank lines, as Slack's own editor writes them."""
        if not elements:
            return
        last = self._elements[-1] if self._elements else {}
        if last.get("type") == "rich_text_section":
            last["elements"] += [{"type": "text", "text": "\n\n"}, *elements]
        else:
            self._elements.append({"type": "rich_text_section", "elements": elements})

    def _table(self, node: "SyntaxTreeNode") -> None:
        rows = [[_words(cell) for cell in row.children] for part in node.children for row in part.children]
        if self._has_table or len(rows) > MOST_ROWS or len(rows[0]) > MOST_COLUMNS:
            self._elements.append(_code(_in_line(rows)))
            return
        self._has_table = True
        self.close()
        cells = [[{"type": "raw_text", "text": cell or EMPTY} for cell in row] for row in rows]
        aligned = [{"align": _alignment(cell), "is_wrapped": True} for cell in node.children[0].children[0].children]
        self._blocks.append({"type": "table", "column_settings": aligned, "rows": cells})


def _lists(node: "SyntaxTreeNode", indent: int) -> Iterator[Json]:
    """A list, and the lists within it with a larger indent."""
    style = "ordered" if node.type == "ordered_list" else "bullet"
    offset = int(node.attrs.get("start") or 1) - 1 if style == "ordered" else 0
    items: list[Json] = []
    done = 0
    for item in node.children:
        words: list[Json] = []
        inner: list[SyntaxTreeNode] = []
        for child in item.children:
            if child.type in {"bullet_list", "ordered_list", "fence", "code_block"}:
                inner.append(child)
            else:
                words += [{"type": "text", "text": "\n"}, *_inline(child, {})] if words else _inline(child, {})
        items.append({"type": "rich_text_section", "elements": _as_task(words) or [{"type": "text", "text": " "}]})
        if inner:
            yield _list(style, items, indent, offset + done)
            done, items = done + len(items), []
            for child in inner:
                is_code = child.type in {"fence", "code_block"}
                yield from [_code(child.content)] if is_code else _lists(child, min(indent + 1, MOST_DEPTH))
    if items:
        yield _list(style, items, indent, offset + done)


def _list(style: str, items: list[Json], indent: int, offset: int) -> Json:
    element = {"type": "rich_text_list", "style": style, "indent": indent, "elements": items}
    return element | ({"offset": offset} if offset > 0 else {})


def _as_task(words: list[Json]) -> list[Json]:
    first = words[0] if words else {}
    if first.get("type") == "text" and (found := _TASK.match(first["text"])):
        sign = "☐ " if found[1] == " " else "☑ "
        return [{**first, "text": sign + first["text"][found.end() :]}, *words[1:]]
    return words


def _lines(node: "SyntaxTreeNode") -> list[Json]:
    """The content of a quote, line by line."""
    lines: list[Json] = []
    for child in node.children:
        inner = _lines(child) if child.type not in {"paragraph", "heading"} and child.children else _inline(child, {})
        lines += [{"type": "text", "text": "\n"}, *inner] if lines else inner
    return lines


def _inline(node: "SyntaxTreeNode", style: Mapping[str, bool]) -> list[Json]:
    found: list[Json] = []
    for child in node.children:
        match child.type:
            case "inline" | "paragraph":
                found += _inline(child, style)
            case "strong" | "em" | "s":
                found += _inline(child, {**style, _STYLES[child.type]: True})
            case "link":
                found.append(_styled({"type": "link", "url": str(child.attrs["href"]), "text": _words(child)}, style))
            case "image":
                address = str(child.attrs["src"])
                found.append(_styled({"type": "link", "url": address, "text": child.content or address}, style))
            case "code_inline":
                found.append(_styled({"type": "text", "text": child.content}, {**style, "code": True}))
            case "softbreak" | "hardbreak":
                found.append({"type": "text", "text": "\n"})
            case _:
                found += _tokens(child.content, style)
    if not node.children and node.content:
        found += _tokens(node.content, style)
    return found


def _tokens(words: str, style: Mapping[str, bool]) -> Iterator[Json]:
    """The words as elements. Mentions, addresses and emoji are elements of their own."""
    at = 0
    for found in _TOKEN.finditer(words):
        if found.start() > at:
            yield _styled({"type": "text", "text": words[at : found.start()]}, style)
        yield _styled(_element(found), style)
        at = found.end()
    if at < len(words):
        yield _styled({"type": "text", "text": words[at:]}, style)


def _element(found: re.Match[str]) -> Json:
    if user := found["user"]:
        return {"type": "user", "user_id": user}
    if channel := found["channel"]:
        return {"type": "channel", "channel_id": channel}
    if emoji := found["emoji"]:
        return {"type": "emoji", "name": emoji}
    if url := found["url"]:
        return {"type": "link", "url": url}
    return {"type": "link", "url": found["link"], "text": found["label"] or found["link"]}


def _styled(element: Json, style: Mapping[str, bool]) -> Json:
    return {**element, "style": dict(style)} if style else element


def _code(content: str) -> Json:
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": content.rstrip("\n") or " "}]}


def _words(node: "SyntaxTreeNode") -> str:
    """The node's text without markup."""
    if not node.children:
        return str(node.content)
    return "".join(_words(child) for child in node.children)


def _alignment(cell: "SyntaxTreeNode") -> str:
    style = str(cell.attrs.get("style") or "").rpartition(":")[2]
    return style if style in {"center", "right"} else "left"


def _in_line(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=False)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) for row in rows)

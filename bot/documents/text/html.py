"""Converts HTML to Markdown: headings, lists, tables, links and form fields as a reader sees them, without scripts."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin

from bot.documents.pages.builder import Draft, table, tidy
from bot.documents.pages.emphasis import LetterFormat, emphasised, read_as, settled
from bot.documents.pages.links import linked
from bot.documents.text.encoding import decode_declared
from bot.documents.text.html_lists import ItemNumbers
from bot.documents.text.html_parts import IS_DATA, data_bytes, field_text
from bot.documents.xml.markup import Element, all_text, attribute, descendants, name, parse_html, text_with_breaks

_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
_DROPPED = {
    "script", "style", "template", "title", "base", "iframe", "object", "embed", "audio", "video", "canvas", "link",
    "meta",
}  # fmt: skip
_BLOCKS = {
    "p", "div", "section", "article", "header", "footer", "main", "nav", "aside", "figure", "figcaption", "form",
    "fieldset", "address", "details", "summary", "dl", "dt", "dd", "center", "body", "html", "legend", "hgroup",
    "search", "dialog", "menu", "caption", "optgroup", "noscript",
    "head",  # parsers put the text of a page without <body> there
}  # fmt: skip
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_STRUCK = {"del", "s", "strike"}
_POSITIONS = {"sup": "raised", "sub": "lowered", "super": "raised"}
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_POSITION_STYLE = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_LISTS = {"ul", "ol", "menu"}
_LINE = "---"
_CHECKLIST = "7"  # the list type of a checklist in Slack's canvases
_MOST_DEPTH = 200
_MOST_SPAN = 200
Beside = Callable[[str, str], str]

_RULE = re.compile(r"\|(?: --- \|)+")
_PIPE = re.compile(r"(?<!\\)\|")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLANKS, _LINE_ENDS = re.compile(" {2,}"), re.compile(" ?\n ?")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_CODE = re.compile(r"<(script|style)\b[^<>]{0,500}>.{0,500000}?</\1>", re.IGNORECASE | re.DOTALL)
_MOST_BROKEN = 5_000_000


def html_text(data: bytes) -> str:
    """Decode the bytes of an HTML file."""
    return decode_declared(data, declared_encoding(data))


def declared_encoding(data: bytes) -> str:
    """Return the encoding that the page names in a <meta> tag, or an empty string."""
    declared = _META.search(data[:4096]) or _XML.search(data[:200])
    return declared[1].decode("ascii", "replace") if declared else ""


def read_html(data: bytes, draft: Draft, path: tuple[str, ...] = ()) -> str:
    """Return the Markdown of a page. Its embedded pictures are added to the draft."""
    return markdown(html_text(data), draft, path)


def markdown(text: str, draft: Draft, path: tuple[str, ...] = (), beside: Beside = lambda _address, _alt: "") -> str:
    """Return the Markdown of a page. `beside(address, alt)` returns the words for a picture next to the page, or ""."""
    root = parse_html(text, draft.deadline)
    if root is None:
        return without_tags(text)
    title = next((" ".join(all_text(element).split()) for element in descendants(root, "title")), "")
    body = _Writer(draft, path, beside).blocks(root, 0)
    if not body and not draft.deadline.has_omissions:
        body = without_tags(text)
    if title and title not in body[:2000]:
        body = f"# {title}\n\n{body}"
    return tidy(settled(body))


def page_markdown(root: Element, draft: Draft, base: str, left_out: frozenset[str]) -> str:
    """Return the Markdown of a web page or a part of it, with absolute addresses, without the tags `left_out`."""
    return settled(_Writer(draft, (), lambda _address, _alt: "", base, left_out).blocks(root, 0))


def without_tags(text: str) -> str:
    """Return the text without its tags. It is for pages that are too broken or too deeply nested for the parser."""
    text = _CODE.sub(" ", text[:_MOST_BROKEN])
    return tidy(unescape(_TAG.sub(" ", text))).strip()


@dataclass(slots=True)
class _Writer:
    """Converts the elements of a page. `base` is the page's address, `path` the path to the page inside the uploaded
    file.
    """

    draft: Draft
    path: tuple[str, ...]
    beside: Beside
    base: str = ""  # the page's own address, which makes relative addresses absolute
    left_out: frozenset[str] = frozenset()
    _pictures: int = field(default=0)

    def blocks(self, element: Element, depth: int) -> str:
        """Return the content of an element. Text between its blocks becomes paragraphs."""
        if depth > _MOST_DEPTH:
            return all_text(element)
        parts: list[str] = []
        line = [_space(element.text)]
        for inner in self.draft.deadline.each_small(element):
            kind = name(inner)
            if self._is_block(inner, kind):
                parts += [_tidy_line(line), self.block(inner, kind, depth + 1)]
                line = []
            else:
                line.append(self.inline(inner, kind, depth + 1))
            line.append(_space(inner.tail))
        parts.append(_tidy_line(line))
        return "\n\n".join(part.strip("\n ") for part in parts if part.strip())

    def _is_block(self, element: Element, kind: str) -> bool:
        if kind in _BLOCKS or kind in {"ul", "ol", "table", "pre", "blockquote", "hr"} or re.fullmatch("h[1-6]", kind):
            return True
        return any(name(inner) in _BLOCKS or name(inner) in {"ul", "ol", "table"} for inner in element)

    def block(self, element: Element, kind: str, depth: int) -> str:
        if self._is_hidden(element, kind):
            return ""
        if kind in _LISTS:
            return self.list_items(element, kind, depth)
        if kind == "table":
            return self.table(element, depth)
        if kind == "pre":
            return f"```\n{text_with_breaks(element).strip(chr(10))}\n```"
        if kind == "hr":
            return _LINE
        inner = self.blocks(element, depth)
        if re.fullmatch("h[1-6]", kind):
            line = " ".join(inner.split())
            return f"{'#' * int(kind[1])} {line}" if line else ""
        if kind == "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        return f": {inner}" if kind == "dd" and inner else inner

    def list_items(self, element: Element, kind: str, depth: int) -> str:
        lines: list[str] = []
        numbers = ItemNumbers(element)
        loose = [_space(element.text)]  # text between the items
        for inner in self.draft.deadline.each(element):
            if not self._is_item(inner):
                loose += [self.inline(inner, name(inner), depth + 1), _space(inner.tail)]
                continue
            lines += _line_of(loose)
            loose = [_space(inner.tail)]
            if name(inner) in _LISTS and depth < _MOST_DEPTH:  # mail programs write nested lists without an <li>
                inside = self.block(inner, name(inner), depth + 1)
                lines += [f"  {line}" for line in inside.split("\n") if line]
                continue
            text = self.blocks(inner, depth + 1) if not self._is_hidden(inner, name(inner)) else ""
            mark = f"{numbers.next(inner)} " if kind == "ol" and name(inner) == "li" else "- "
            if attribute(element, "data-section-style") == _CHECKLIST and text:
                text = f"[{'x' if 'checked' in attribute(inner, 'class').split() else ' '}] {text}"
            if text:
                lines.append(mark + text.replace("\n\n", "\n").replace("\n", "\n" + " " * len(mark)))
        return "\n".join([*lines, *_line_of(loose)])

    def _is_item(self, inner: Element) -> bool:
        kind = name(inner)
        return kind == "li" or self._is_block(inner, kind) or next(inner.iter("li"), None) is not None

    def table(self, element: Element, depth: int) -> str:
        """Return a table with each merged cell once. A table that only lays out a page becomes paragraphs."""
        rows: list[list[str]] = []
        filled: dict[tuple[int, int], str] = {}
        caption = ""
        for row in self.draft.deadline.each(element.iter("caption", "tr")):
            if next(row.iterancestors("table"), None) is not element:
                continue
            if name(row) == "caption":
                caption = self.blocks(row, depth + 1)
                continue
            rows.append([cell if cell != _LINE else "" for cell in self._cells(row, len(rows), filled, depth)])
        is_layout = element.get("role") == "presentation" or max(map(len, rows), default=0) < 2
        # In mails and documents a table in a table holds data; on the web the outer table only lays out the page.
        is_layout = is_layout or (bool(self.left_out) and element.find(".//table") is not None)
        is_layout = is_layout or any(len(cell) > 3000 for row in rows for cell in row)
        if is_layout:
            body = "\n\n".join(cell for row in rows for cell in row if cell)
        else:
            body = table([[_without_inner_table(cell) for cell in row] for row in rows])
        return "\n\n".join(part for part in (caption, body) if part)

    def _cells(self, row: Element, row_index: int, filled: dict[tuple[int, int], str], depth: int) -> list[str]:
        cells: dict[int, str] = {}
        column = 0
        for cell in row:
            if name(cell) not in {"td", "th"}:
                continue
            while (row_index, column) in filled:
                column += 1
            cells[column] = "" if self._is_hidden(cell, name(cell)) else self.blocks(cell, depth + 1)
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            for below in range(1, down):
                for beside in range(across):
                    filled[row_index + below, column + beside] = ""
            column += across
        return [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]

    def inline(self, element: Element, kind: str, depth: int) -> str:
        if self._is_hidden(element, kind) or depth > _MOST_DEPTH:
            return "" if self._is_hidden(element, kind) else _space(all_text(element))
        if kind == "br":
            return "\n"
        if kind == "img":
            return self.image(element)
        if kind in {"input", "select", "textarea", "math", "code", "wbr", "noframes"}:
            special = field_text(element, kind)
            return f" {special} " if kind in {"input", "select", "textarea"} else special
        inner = _space(element.text) + "".join(
            self.inline(node, name(node), depth + 1) + _space(node.tail) for node in element
        )
        if kind == "a":
            return linked(inner, self._address(element.get("href", "").strip()))
        if kind == "rt":  # the reading of the letters before it
            return read_as(inner) if all(name(node) != "rp" for node in element.getparent()) else inner
        inner = _emphasised(element, kind, inner)
        mark = _MARKS.get(kind, "") if inner.strip() else ""
        if not mark:
            return inner
        lead, trail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{lead}{mark}{inner.strip()}{mark}{trail}"

    def _is_hidden(self, element: Element, kind: str) -> bool:
        is_out = bool(self.left_out) and (kind in self.left_out or element.get("aria-hidden") == "true")
        return is_out or _is_hidden(element, kind) or ("nav" in self.left_out and element.get("role") == "navigation")

    def _address(self, address: str) -> str:
        if not self.base or address[:1] in {"", "#"}:
            return address
        with suppress(ValueError):
            return urljoin(self.base, address).replace(" ", "%20")
        return ""

    def image(self, element: Element) -> str:
        alt = " ".join(element.get("alt", "").split())
        data = data_bytes(element.get("src", ""))
        if IS_DATA.match(element.get("src", "")):
            self._pictures += 1
        if data is None:
            return self.beside(element.get("src", ""), alt) or (f"[Picture: {alt}]" if alt else "")
        return self.draft.picture((*self.path, f"uri:{self._pictures - 1}"), data, "", alt)


def _tidy_line(pieces: list[str]) -> str:
    """Join the pieces as a browser does: several blanks become one, and lines have none at their ends."""
    return _LINE_ENDS.sub("\n", _BLANKS.sub(" ", "".join(pieces)))


def _line_of(loose: list[str]) -> list[str]:
    line = " ".join("".join(loose).split())
    return [line] if line else []


def _emphasised(element: Element, kind: str, inner: str) -> str:
    style = element.get("style", "")
    height = _POSITION_STYLE.search(style) if style else None
    is_struck = kind in _STRUCK or bool(style and _STRUCK_STYLE.search(style))
    position = _POSITIONS.get(height[1].lower() if height else kind, "")
    return emphasised(inner, LetterFormat(is_struck, position))


def _is_hidden(element: Element, kind: str) -> bool:
    if kind in _DROPPED or not kind:
        return True
    if "mwe-math-mathml" in element.get("class", ""):  # a formula that MediaWiki shows as a picture
        return False
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _without_inner_table(cell: str) -> str:
    """Turn a table in a cell into lines with semicolons between its cells: Markdown has no nested tables."""
    if "| --- |" not in cell:
        return cell
    lines = [line for line in cell.split("\n") if not _RULE.fullmatch(line)]
    return "\n".join(_one_row(line) if line.startswith("| ") and line.endswith(" |") else line for line in lines)


def _one_row(line: str) -> str:
    return "; ".join(part for part in (piece.strip() for piece in _PIPE.split(line)) if part).replace("\\|", "|")


def _span(cell: Element, which: str) -> int:
    text = cell.get(which, "1").strip()
    return max(1, min(int(text), _MOST_SPAN)) if text.isdigit() and len(text) < 6 else 1


def _space(text: str | None) -> str:
    return _SPACES.sub(" ", text) if text else ""

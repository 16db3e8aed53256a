"""A tree of HTML → Markdown in one pass, however deep: headings, paragraphs, lists, tables, links and code as
people read them. No emphasis, no scripts, no forms. Stops at a number of characters or at a moment in time.
"""

import time
from typing import Any, Literal
from urllib.parse import urljoin

Element = Any  # lxml has no types of its own

DROPPED = frozenset(
    {
        "script", "style", "template", "head", "iframe", "object", "embed", "audio", "video", "canvas", "svg",
        "noscript", "button", "input", "select", "textarea",
    }
)  # fmt: skip
AROUND = frozenset({"nav", "aside", "footer"})
HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "header", "main", "figure", "figcaption", "form", "fieldset", "address",
        "details", "summary", "dl", "dt", "dd", "center", "body", "html", "legend", "hgroup", "hr", "caption", "table",
        "tr", "td", "th", "ul", "ol", "menu", "li", "pre", "blockquote", *HEADINGS, *AROUND,
    }
)  # fmt: skip
LISTS = frozenset({"ul", "ol", "menu"})
MOST_DEPTH = 8
MOST_COLUMNS = 50
ROWS_LOOKED_AT = 50
DEADLINE_EVERY = 256


class Writer:
    """`drop` are the tags to leave out. `is_cut` once a limit was met."""

    def __init__(self, base_url: str, drop: frozenset[str], most_chars: int, deadline: float) -> None:
        self._base = base_url
        self._drop = drop
        self._most_chars = most_chars
        self._deadline = deadline
        self._out: list[str] = []
        self._size = 0
        self._line: list[str] = []
        self._lines = 0
        self._gap: Literal["", "\n", "\n\n"] = ""
        self._marker = ""
        self._lists: list[int | None] = []
        self._quotes = 0
        self._pre = 0
        self._spans: list[tuple[int, int]] = []
        self._rows: list[list[str]] | None = None
        self._table: Element = None
        self._is_in_cell = False
        self.is_cut = False

    def write(self, root: Element) -> str:
        stack: list[tuple[Element, bool]] = [(root, False)]
        steps = 0
        while stack and not self.is_cut:
            element, is_leaving = stack.pop()
            steps += 1
            is_late = steps % DEADLINE_EVERY == 0 and time.monotonic() > self._deadline
            self.is_cut = is_late or self._size > self._most_chars
            if not is_leaving and not self._is_dropped(element):
                self._enter(element, element.tag)
                self._line.append(element.text or "")
                stack.append((element, True))
                stack.extend((child, False) for child in reversed(element))
                continue
            if is_leaving:
                self._leave(element, element.tag)
            if element is not root:
                self._line.append(element.tail or "")
        if self._table is not None:
            self._close_table()
        self._flush()
        return "".join(self._out)[: self._most_chars]

    def _is_dropped(self, element: Element) -> bool:
        if element.tag in self._drop or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        if element.get("role") == "navigation" and "nav" in self._drop:
            return True
        return "display:none" in (element.get("style") or "").replace(" ", "").lower()

    def _enter(self, element: Element, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
        if tag in HEADINGS:
            self._marker = HEADINGS[tag]
        elif tag in LISTS:
            self._begin_list(element, tag)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag in {"a", "code"}:
            self._spans.append((self._lines, len(self._line)))
        elif tag == "img":
            self._picture(element)
        else:
            self._enter_table(element, tag)

    def _leave(self, element: Element, tag: str) -> None:
        if tag in {"a", "code"}:
            self._close_span(element, tag)
        elif tag in {"td", "th"} and self._rows is not None:
            self._close_cell()
        elif tag == "pre":
            self._close_pre()
        elif tag in BLOCKS:
            self._flush()
        elif tag == "br":
            self._break()
        self._leave_levels(element, tag)

    def _leave_levels(self, element: Element, tag: str) -> None:
        if tag in HEADINGS:
            self._marker = ""
        elif tag in LISTS and self._lists:
            self._lists.pop()
            self._gap = "\n" if self._lists else "\n\n"
        elif tag == "blockquote":
            self._quotes -= 1
        elif element is self._table:
            self._close_table()

    def _begin_list(self, element: Element, tag: str) -> None:
        start = str(element.get("start") or "1")
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1
        self._lists.append(number if tag == "ol" else None)

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        self._marker = self._indent(len(self._lists) - 1) + ("- " if number is None else f"{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def _indent(self, levels: int) -> str:
        return "  " * max(0, min(levels, MOST_DEPTH))

    def _picture(self, element: Element) -> None:
        about = " ".join((element.get("alt") or "").split())
        if len(about) > 3:
            self._line.append(f" (picture: {about}) ")

    def _enter_table(self, element: Element, tag: str) -> None:
        if tag == "table" and self._table is None and _is_data(element):
            self._table, self._rows = element, []
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows is not None:
            self._is_in_cell = True

    def _close_cell(self) -> None:
        assert self._rows is not None
        if not self._rows:
            self._rows.append([])
        self._is_in_cell = False
        cell = " ".join("".join(self._line).split()).replace("|", "\\|")
        self._rows[-1].append(cell)
        self._size += len(cell)
        self._new_line()

    def _close_table(self) -> None:
        rows = [row[:MOST_COLUMNS] for row in self._rows or () if any(row)]
        self._table, self._rows, self._is_in_cell = None, None, False
        width = max(map(len, rows), default=0)
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        if lines:
            self._put("\n".join([lines[0], "|" + "---|" * width, *lines[1:]]))

    def _close_span(self, element: Element, tag: str) -> None:
        line, at = self._spans.pop()
        if line != self._lines or self._pre:  # a block inside it: its text stands alone
            return
        inner = "".join(self._line[at:])
        words = " ".join(inner.split())
        if tag == "code":
            marked = f"`{words}`"
        else:
            address = self._address(element.get("href") or "")
            marked = f"[{words}]({address})" if address else words
        before, after = (" " if edge.isspace() else "" for edge in (inner[:1], inner[-1:]))
        self._line[at:] = [before, marked if words else "", after]

    def _address(self, href: str) -> str:
        try:
            address = urljoin(self._base, href.strip())
        except ValueError:
            return ""
        is_link = href.strip()[:1] not in {"", "#"} and address.lower().startswith(("http://", "https://", "mailto:"))
        return address.replace(" ", "%20").replace("(", "%28").replace(")", "%29") if is_link else ""

    def _close_pre(self) -> None:
        self._pre -= 1
        if self._pre or self._is_in_cell:
            return
        inner = "".join(self._line).strip("\n").rstrip()
        self._new_line()
        if inner:
            fence = "````" if "```" in inner else "```"
            self._put(f"{fence}\n{inner}\n{fence}")

    def _break(self) -> None:
        if self._pre:
            self._line.append("\n")
        else:
            self._flush()
            if not self._is_in_cell:
                self._gap = self._gap and "\n"

    def _flush(self) -> None:
        """Ends a block: what was gathered becomes one, if it is anything."""
        if self._is_in_cell or self._pre:
            self._line.append("\n" if self._pre else " ")
            return
        words = " ".join("".join(self._line).split())
        self._new_line()
        if words:
            start = self._marker or self._indent(len(self._lists))
            self._marker = ""
            self._put("> " * min(self._quotes, MOST_DEPTH) + start + words)

    def _new_line(self) -> None:
        self._line = []
        self._lines += 1

    def _put(self, block: str) -> None:
        self._out += [self._gap, block]
        self._size += len(block)
        self._gap = "\n" if self._lists else "\n\n"


def _is_data(table: Element) -> bool:
    """Tables that only lay out a page are read as paragraphs."""
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return False
    rows = (row for row, _ in zip(table.iter("tr"), range(ROWS_LOOKED_AT), strict=False))
    return any(sum(cell.tag in {"td", "th"} for cell in row) > 1 for row in rows)

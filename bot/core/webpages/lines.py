"""`html_lines` writes an HTML document with one element on each line, so that two documents can be compared."""

import re
from collections import Counter
from html.parser import HTMLParser

# These elements stand inside a line of text, and get no line of their own.
INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins", "kbd"),
        *("mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"),
    }
)
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
MOST_INDENT = 12
_RULE = re.compile(r"(?<=\})\s*")


def html_lines(html: str) -> list[str]:
    """Return the lines of the document, indented as a person would write it. Text that is no HTML keeps its lines."""
    printer = _Printer()
    # A tag without an end is text. The parser would look for the end again from every `<`.
    ended = html.rfind(">") + 1
    printer.feed(html[:ended])
    printer.close()
    printer.handle_data(html[ended:])
    return printer.finished()


class _Printer(HTMLParser):
    """Gathers a line until an element begins or ends that gets its own line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._lines: list[str] = []
        self._line = ""
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._begun = ""  # the element that begins in the current line

    def finished(self) -> list[str]:
        self._end_line()
        return self._lines

    def handle_decl(self, decl: str) -> None:
        self._end_line()
        self._line = f"<!{decl}>"
        self._end_line()

    def handle_comment(self, data: str) -> None:
        self._line += f"<!--{data}-->"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        written = " ".join((self.get_starttag_text() or f"<{tag}>").split())
        if tag in INLINE:
            self._line += written
            return
        self._end_line()
        self._line = written
        if tag in VOID:
            self._end_line()
            return
        self._open.append(tag)
        self._counts[tag] += 1
        self._begun = tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in INLINE or tag in VOID:
            self.handle_starttag(tag, attrs)
            return
        self._end_line()
        self._line = " ".join((self.get_starttag_text() or f"<{tag}/>").split())
        self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE:
            self._line += f"</{tag}>"
            return
        is_one_line = self._begun == tag
        if not is_one_line:
            self._end_line()
        if self._counts[tag]:
            while (closed := self._open.pop()) != tag:
                self._counts[closed] -= 1
            self._counts[tag] -= 1
        self._line += f"</{tag}>"
        self._begun = ""
        self._end_line(len(self._open))

    def handle_data(self, data: str) -> None:
        element = self._open[-1] if self._open else ""
        pieces = _RULE.split(data) if element == "style" else [data]
        for at, line in enumerate(part for piece in pieces for part in piece.split("\n")):
            if at:
                self._end_line()
            # Several spaces between words mean the same as one.
            kept = re.sub(r"\s+", " ", line)
            self._line += kept if self._line else kept.lstrip()

    def handle_entityref(self, name: str) -> None:
        self._line += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self._line += f"&#{name};"

    def handle_pi(self, data: str) -> None:
        self._line += f"<?{data}>"

    def unknown_decl(self, data: str) -> None:
        self._line += f"<![{data}]>"

    def _end_line(self, depth: int | None = None) -> None:
        line, begun = self._line.rstrip(), self._begun
        self._line = self._begun = ""
        if not line:
            # An element that is still empty may end in the same line.
            self._begun = begun if not line and begun else ""
            return
        if depth is None:
            depth = len(self._open) - (1 if begun else 0)
        self._lines.append("  " * min(depth, MOST_INDENT) + line)

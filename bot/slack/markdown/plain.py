"""Removes the marks of Markdown, for captions, cells of tables and dialogues."""

import re
from collections.abc import Iterator

from bot.slack.markdown.pings import harmless

_TICKS = re.compile(r"`+")
_LINK = re.compile(
    r"\[([^\[\]\n]*)\]\(\s*+<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+[\"'][^\n]{0,300}?[\"'])?\s*+\)"
)
_ADDRESS = re.compile(r"<((?:https?|mailto|tel):[^\s<>|]+)>")
_STRONG = re.compile(r"(?P<mark>\*\*\*|\*\*|__|~~)(?=\S)")
_STRONG_ENDS = {mark: re.compile(r"\S" + re.escape(mark)) for mark in ("***", "**", "__", "~~")}
_WEAK = re.compile(r"(?<![\w*])(\*)(?=[^\s*])([^*\n]*?[^\s*])\*(?![\w*])|(?<!\w)(_)(?=[^\s_])([^_\n]*?[^\s_])_(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Escaped signs are replaced by private characters until the marks are removed.
_ASIDE = 0xE000
_PUT_ASIDE = re.compile("[\ue021-\ue07e]")

_ITEM = re.compile(r"^(?P<indent>[ \t]*)[-*+][ \t]+(?P<words>.*)$")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<words>.+)$")


def plain_line(text: str, *, with_links: bool = True) -> str:
    """One line of Markdown as words. `with_links`: links keep their address."""
    shown, at = [], 0
    for start, end, code in _codes(text):
        shown += [_unmarked(text[at:start], with_links=with_links), code.strip()]
        at = end
    return harmless("".join([*shown, _unmarked(text[at:], with_links=with_links)])).strip()


def _codes(text: str) -> Iterator[tuple[int, int, str]]:
    """The beginning, the end and the content of each code span. As many ticks close it as open it; the last ticks of a
    longer run may open one.
    """
    runs = [(found.start(), found.end()) for found in _TICKS.finditer(text)]
    later: dict[int, list[tuple[int, int]]] = {}
    for start, end in reversed(runs):
        later.setdefault(end - start, []).append((start, end))
    at = 0
    for start, end in runs:
        later[end - start].pop()
        if start < at:
            continue
        for length in range(end - start, 0, -1):
            if later.get(length):
                closing, at = later[length][-1]
                yield end - length, at, text[end:closing]
                break


def _unmarked(text: str, *, with_links: bool) -> str:
    text = _ESCAPE.sub(lambda found: chr(_ASIDE + ord(found[1])), text)
    text = _LINK.sub(lambda found: _link(found[1], found[2], with_links=with_links), text)
    text = _ADDRESS.sub(r"\1", text)
    for _ in range(3):
        text = _without_strong(text)
    text = _WEAK.sub(lambda found: found[2] or found[4], text)
    return _PUT_ASIDE.sub(lambda found: chr(ord(found[0]) - _ASIDE), text)


def _without_strong(text: str) -> str:
    """The text without the marks of bold and struck words. An unclosed mark is searched once for each line."""
    shown: list[str] = []
    at = 0
    unclosed = dict.fromkeys(_STRONG_ENDS, -1)  # the position up to which nothing closes the mark
    while found := _STRONG.search(text, at):
        closed = _strong(text, found.start(), unclosed)
        inner, end = closed or (text[found.start()], found.start() + 1)
        shown += [text[at : found.start()], inner]
        at = end
    return "".join([*shown, text[at:]])


def _strong(text: str, start: int, unclosed: dict[str, int]) -> tuple[str, int] | None:
    """The words between a mark and the same mark later in the line, and where they end."""
    for mark, ends in _STRONG_ENDS.items():
        inner = start + len(mark)
        if not text.startswith(mark, start) or start < unclosed[mark] or text[inner : inner + 1].isspace():
            continue
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        closing = ends.search(text, inner, line_end)
        if closing:
            return text[inner : closing.start() + 1], closing.end()
        unclosed[mark] = line_end
    return None


def _link(label: str, url: str, *, with_links: bool) -> str:
    if not label:
        return url
    return f"{label} ({url})" if with_links and url and label != url else label


def readable(markdown: str, enough: int) -> str:
    """Markdown as plain lines, where Slack shows no markup: headings, lists and emphasis without their marks. Of a long
    text, only so many lines from its beginning that they have more than `enough` characters together.
    """
    lines: list[str] = []
    length = -1  # before the first line there is no line end
    for line in markdown.split("\n"):
        lines.append(_readable_line(line))
        length += len(lines[-1]) + 1
        if length > enough:
            break
    return "\n".join(lines)


def _readable_line(line: str) -> str:
    if not line or line.isspace():
        return line
    item = _ITEM.match(line)
    if item:
        return f"{item['indent']}• {plain_line(item['words'])}"
    heading = _HEADING.match(line)
    words = without_hashes(heading["words"]) if heading else line
    indent = words[: len(words) - len(words.lstrip())]
    return indent + plain_line(words)


def without_hashes(heading: str) -> str:
    """The heading without the signs that may close it. A heading of such signs keeps one."""
    return heading.rstrip(" \t#") or heading[:1]

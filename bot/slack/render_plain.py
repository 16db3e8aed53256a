"""Markdown without its marks: for notifications, captions and the cells of tables."""

import re

from bot.slack.render_inline import render_inline
from bot.slack.render_pings import harmless

_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\[([^\[\]\n]*)\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+[\"'][^\n]*?[\"'])?\s*\)")
_ADDRESS = re.compile(r"<((?:https?|mailto|tel):[^\s<>|]+)>")
_STRONG = re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)([^\n]*?\S)\1")
_WEAK = re.compile(r"(?<![\w*])(\*)(?=[^\s*])([^*\n]*?[^\s*])\*(?![\w*])|(?<!\w)(_)(?=[^\s_])([^_\n]*?[^\s_])_(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Escaped signs wait among the private characters until the marks are gone.
_ASIDE = 0xE000
_PUT_ASIDE = re.compile("[\ue021-\ue07e]")
_LINE_MARK = re.compile(r"^[ \t>]*(?:#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)?")
_NO_WORDS = re.compile(r"^[ \t>]*(?:`{3,}[^`]*|~{3,}.*|[-*_= \t]{3,}|[|:\- \t]*-[|:\- \t]*)$")


_ITEM = re.compile(r"^(?P<indent>[ \t]*)[-*+][ \t]+(?P<words>.*)$")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<words>.+?)[ \t#]*$")


def plain_line(text: str, *, with_links: bool = True) -> str:
    """One line of Markdown as words; links keep their address unless told otherwise."""
    shown, at = [], 0
    for code in _CODE.finditer(text):
        shown += [_unmarked(text[at : code.start()], with_links=with_links), code[2].strip()]
        at = code.end()
    return harmless("".join([*shown, _unmarked(text[at:], with_links=with_links)])).strip()


def to_plain(markdown: str, limit: int = 150) -> str:
    """The text on one line without markup, for notifications: at most `limit` characters."""
    lines = []
    for line in markdown[: 4 * limit + 2_000].split("\n"):
        if _NO_WORDS.match(line):
            continue
        words = plain_line(render_inline(_LINE_MARK.sub("", line)), with_links=False)
        if words.startswith("|"):
            words = ", ".join(filter(None, (cell.strip() for cell in words.strip("|").split("|"))))
        lines += [words] if words else []
    text = harmless(" ".join(" ".join(lines).split()))
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ", limit * 2 // 3)
    return (head[:space] if space > 0 else head).rstrip() + "…"


def _unmarked(text: str, *, with_links: bool) -> str:
    text = _ESCAPE.sub(lambda found: chr(_ASIDE + ord(found[1])), text)
    text = _LINK.sub(lambda found: _link(found[1], found[2], with_links=with_links), text)
    text = _ADDRESS.sub(r"\1", text)
    for _ in range(3):
        text = _STRONG.sub(r"\2", text)
    text = _WEAK.sub(lambda found: found[2] or found[4], text)
    return _PUT_ASIDE.sub(lambda found: chr(ord(found[0]) - _ASIDE), text)


def _link(label: str, url: str, *, with_links: bool) -> str:
    if not label:
        return url
    return f"{label} ({url})" if with_links and url and label != url else label


def readable(markdown: str) -> str:
    """Markdown as plain lines, for where Slack shows no markup: headings, lists and emphasis without their marks."""
    return "\n".join(_readable_line(line) for line in markdown.split("\n"))


def _readable_line(line: str) -> str:
    item = _ITEM.match(line)
    if item:
        return f"{item['indent']}• {plain_line(item['words'])}"
    heading = _HEADING.match(line)
    words = heading["words"] if heading else line
    indent = words[: len(words) - len(words.lstrip())]
    return indent + plain_line(words)

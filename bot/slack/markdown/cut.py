"""`cut` finds where a message ends, and `split` makes two complete texts of a text that is cut there.

A message ends between blocks, never inside a list, and inside a code fence only if there is no other place.
"""

import re

from bot.core.markdown.fences import FENCE, fence_after
from bot.slack.message_size import LONGEST_MESSAGE, MOST_EXPANSIONS, Room, expanding, expansions

__all__ = ["LONGEST_MESSAGE", "MOST_EXPANSIONS", "Room", "closing", "cut", "expansions", "resumed", "split"]

ROOM = Room()
# From this share of the longest message on, a growing message ends at the next good place, before it must.
GOOD_SHARE = 0.78
GOOD_BLOCKS = 10
# So many characters after the longest message are read, since they may decide what its last line is.
NEAR = 5_000

_LIST = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s|^\s{2,}\S")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s")
_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$")
_DELIMITER = re.compile(r"^[ \t]*\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$")
_QUOTE = re.compile(r"^ {0,3}>[ \t]?")


def cut(text: str, sent: int, *, is_final: bool, must_rotate: bool = False, room: Room = ROOM) -> int | None:
    """Where the current message has to end; None if it can go on.

    `text` is all of the current message. The first `sent` characters are sent already, and are never cut.
    `must_rotate`: the message has to end at the next good place, whatever its length.
    """
    longest = room.longest(text)
    near = text[: longest + NEAR]
    marks = expanding(near)
    is_over = len(text) > longest or len(marks) > room.blocks
    is_long = len(text) > longest * GOOD_SHARE or len(marks) > room.blocks - GOOD_BLOCKS
    if not is_over and not must_rotate and (is_final or not is_long):
        return None
    latest = min([longest, *marks[room.blocks : room.blocks + 1]])
    borders = [border for border in _borders(near) if max(sent, 1) <= border <= latest]
    if borders:
        return borders[-1]
    if is_over:
        return _emergency(text, sent, longest, marks[room.blocks : room.blocks + 1])
    return None


def split(text: str, at: int) -> tuple[str, str]:
    """Both parts, each complete: an open code fence is closed in the first and opened again in the second, and a table
    goes on under its header.
    """
    head, tail = text[:at], text[at:]
    return head.rstrip("\n") + closing(head), resumed(head, tail)


def closing(head: str) -> str:
    """The marks that close a code fence which is open at the end of `head`; empty if none is."""
    fence = _open_fence(head)
    return f"\n{fence[0]}" if fence else ""


def resumed(head: str, tail: str) -> str:
    """The text after `head`, as the beginning of a new message."""
    fence = _open_fence(head)
    if fence is not None:
        mark, info = fence
        return f"{mark}{info}\n{tail if head.endswith(chr(10)) else tail.removeprefix(chr(10))}"
    line = head.rpartition("\n")[2]
    if line.strip():
        quote = _QUOTE.match(line)  # cut within a line: the mark of a quote is repeated
        return quote[0] + tail if quote and tail.strip() and not tail.startswith("\n") else tail.lstrip("\n")
    if head.endswith("\n") and not head.endswith("\n\n") and _ROW.match(tail.split("\n", 1)[0]):
        return _header_above(head) + tail
    return _dedented(tail.lstrip("\n"))


def _header_above(head: str) -> str:
    """The header and the delimiter of the table at the end of `head`; empty if there is none."""
    rows: list[str] = []
    for line in reversed(head.rstrip("\n").split("\n")):
        if "|" not in line:
            break
        rows.insert(0, line)
    return f"{rows[0]}\n{rows[1]}\n" if len(rows) > 1 and _DELIMITER.match(rows[1]) else ""


def _dedented(tail: str) -> str:
    """The text without its first lines' indent: under a list item of another message, they would be code."""
    indent = len(tail) - len(tail.lstrip(" "))
    if not indent:
        return tail
    lines = tail.split("\n")
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith(" " * indent):
            break
        lines[number] = line[indent:]
    return "\n".join(lines)


def _borders(text: str) -> list[int]:
    """The offsets where a new block begins: after blank lines, outside fences, not between the items of a list and not
    under a heading.
    """
    borders = []
    offset, fence, last_words, blank = 0, "", "", False
    for line in text.splitlines(keepends=True):
        words = line.rstrip("\n")
        is_inside = _HEADING.match(last_words) or (_LIST.match(words) and _LIST.match(last_words))
        if not fence and blank and words.strip() and not is_inside:
            borders.append(offset)
        fence = fence_after(words, fence)
        blank = not words.strip()
        last_words = words if words.strip() else last_words
        offset += len(line)
    if not fence and text.endswith("\n\n") and not _LIST.match(last_words) and not _HEADING.match(last_words):
        borders.append(len(text))
    return borders


def _open_fence(text: str) -> tuple[str, str] | None:
    fence, info = "", ""
    for line in text.split("\n"):
        after = fence_after(line, fence)
        if after and not fence:
            found = FENCE.match(line)
            info = found["info"].strip()[:40] if found else ""
        fence = after
    return (fence, info) if fence else None


def _emergency(text: str, sent: int, longest: int, first_too_many: list[int]) -> int:
    """Where to cut if no block ends in time: before the first block too many, at a line's end, between words, or at the
    limit.
    """
    if first_too_many and max(sent, 1) < first_too_many[0] <= longest:
        return first_too_many[0]
    floor = max(sent, longest // 2)
    for mark in ("\n", " "):
        at = text.rfind(mark, floor, longest)
        if at > 0:
            return at + 1
    return max(sent, longest)

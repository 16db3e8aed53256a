"""Where a message must end: at the border of a block, never inside a list or, unless it can't be helped, a fence; and
how what is cut there goes on in the next one.
"""

import re

from bot.core.markdown.fences import FENCE, fence_after
from bot.slack.message_size import LONGEST_MESSAGE, MOST_EXPANSIONS, Room, expanding, expansions

__all__ = ["LONGEST_MESSAGE", "MOST_EXPANSIONS", "Room", "closing", "cut", "expansions", "resumed", "split"]

ROOM = Room()
# A message that goes on ends at a good place from here on, before it must.
GOOD_SHARE = 0.78
GOOD_BLOCKS = 10
# So many characters behind the longest message may tell what its last line is; of more nothing depends on.
NEAR = 5_000

_LIST = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s|^\s{2,}\S")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s")
_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$")
_DELIMITER = re.compile(r"^[ \t]*\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$")
_QUOTE = re.compile(r"^ {0,3}>[ \t]?")


def cut(text: str, sent: int, *, is_final: bool, must_rotate: bool = False, room: Room = ROOM) -> int | None:
    """Where the current message is to end, or None when it can go on.

    `text` is all of the current message, sent or not; the cut is never inside what was sent. `must_rotate`: the
    message is to end as soon as it decently can, whatever its length.
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
    """Both halves, whole in themselves: a code fence that is open at the cut is closed and opened again, a table goes
    on under its own header.
    """
    head, tail = text[:at], text[at:]
    return head.rstrip("\n") + closing(head), resumed(head, tail)


def closing(head: str) -> str:
    """What ends a message whose text stops here; empty when nothing is open."""
    fence = _open_fence(head)
    return f"\n{fence[0]}" if fence else ""


def resumed(head: str, tail: str) -> str:
    """The text that follows `head`, as the beginning of a message of its own."""
    fence = _open_fence(head)
    if fence is not None:
        mark, info = fence
        return f"{mark}{info}\n{tail if head.endswith(chr(10)) else tail.removeprefix(chr(10))}"
    line = head.rpartition("\n")[2]
    if line.strip():
        quote = _QUOTE.match(line)  # cut within a line: what it is a part of is told again
        return quote[0] + tail if quote and tail.strip() and not tail.startswith("\n") else tail.lstrip("\n")
    if head.endswith("\n") and not head.endswith("\n\n") and _ROW.match(tail.split("\n", 1)[0]):
        return _header_above(head) + tail
    return _dedented(tail.lstrip("\n"))


def _header_above(head: str) -> str:
    """The header and delimiter of the table that `head` ends in; empty when it does not end in one."""
    rows: list[str] = []
    for line in reversed(head.rstrip("\n").split("\n")):
        if "|" not in line:
            break
        rows.insert(0, line)
    return f"{rows[0]}\n{rows[1]}\n" if len(rows) > 1 and _DELIMITER.match(rows[1]) else ""


def _dedented(tail: str) -> str:
    """What is indented under something that stands in another message would be code by itself."""
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
    """Offsets at which a new block begins: after blank lines, outside fences, not between items of one list, nor under
    a heading.
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


def _emergency(text: str, sent: int, longest: int, crowded: list[int]) -> int:
    """No block ends in time: at the first block too many, else at a line's end, between words, or at the limit."""
    if crowded and max(sent, 1) < crowded[0] <= longest:
        return crowded[0]
    floor = max(sent, longest // 2)
    for mark in ("\n", " "):
        at = text.rfind(mark, floor, longest)
        if at > 0:
            return at + 1
    return max(sent, longest)

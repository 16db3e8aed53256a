"""Where a message must end: at the border of a block, never inside a list or, unless it can't be helped, a fence."""

import re

from bot.core.fences import FENCE, fence_after

# One message takes 12,000 characters of Markdown and, measured, about 13,200 in all (documents-security.md F).
LONGEST_MESSAGE = 11_500
GOOD_LENGTH = 9_000
# Each heading and divider counts towards Slack's 50 blocks a message.
MOST_EXPANSIONS = 45

_LIST = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s|^\s{2,}\S")
_EXPANDS = re.compile(r"^ {0,3}(?:#{1,6}\s|(?:-\s*){3,}$|(?:\*\s*){3,}$|(?:_\s*){3,}$|=+\s*$)")


def cut(text: str, sent: int, *, is_final: bool, must_rotate: bool = False) -> int | None:
    """Where the current message is to end, or None when it can go on.

    `text` is all of the current message, sent or not; the cut is never inside what was sent. `must_rotate`: the
    message is to end as soon as it decently can, whatever its length.
    """
    marks = _expanding(text)
    is_over = len(text) > LONGEST_MESSAGE or len(marks) > MOST_EXPANSIONS
    wants = must_rotate or (not is_final and (len(text) > GOOD_LENGTH or len(marks) > MOST_EXPANSIONS - 10))
    if not is_over and not wants:
        return None
    latest = min([LONGEST_MESSAGE, *marks[MOST_EXPANSIONS : MOST_EXPANSIONS + 1]])
    borders = [border for border in _borders(text) if max(sent, 1) <= border <= latest]
    if borders:
        return borders[-1]
    if is_over:
        return _emergency(text, sent)
    return None


def split(text: str, at: int) -> tuple[str, str]:
    """Both halves, whole in themselves: a code fence that is open at the cut is closed and opened again."""
    head, tail = text[:at], text[at:]
    fence = _open_fence(head)
    if fence is None:
        return head.rstrip("\n"), tail.lstrip("\n")
    mark, info = fence
    return f"{head.rstrip(chr(10))}\n{mark}", f"{mark}{info}\n{tail.lstrip(chr(10))}"


def expansions(text: str) -> int:
    return len(_expanding(text))


def _expanding(text: str) -> list[int]:
    """Where the lines begin that count; in code none does."""
    found, offset, fence = [], 0, ""
    for line in text.split("\n"):
        if not fence and _EXPANDS.match(line):
            found.append(offset)
        fence = fence_after(line, fence)
        offset += len(line) + 1
    return found


def _borders(text: str) -> list[int]:
    """Offsets at which a new block begins: after blank lines, outside fences, not between items of one list."""
    borders = []
    offset, fence, last_words, blank = 0, "", "", False
    for line in text.splitlines(keepends=True):
        words = line.rstrip("\n")
        if not fence and blank and words.strip() and not (_LIST.match(words) and _LIST.match(last_words)):
            borders.append(offset)
        fence = fence_after(words, fence)
        blank = not words.strip()
        last_words = words if words.strip() else last_words
        offset += len(line)
    if not fence and text.endswith("\n\n") and not _LIST.match(last_words):
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


def _emergency(text: str, sent: int) -> int:
    """No block ends in time: at a line's end, else between words, else at the limit."""
    if expansions(text) > MOST_EXPANSIONS:
        at = _expanding(text)[MOST_EXPANSIONS]  # the first that is one too many
        if at > max(sent, 1):
            return at
    floor = max(sent, LONGEST_MESSAGE // 2)
    for mark in ("\n", " "):
        at = text.rfind(mark, floor, LONGEST_MESSAGE)
        if at > 0:
            return at + 1
    return max(sent, LONGEST_MESSAGE)

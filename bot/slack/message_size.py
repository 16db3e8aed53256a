"""Room says how much one message takes; the functions measure what Markdown needs: characters, bytes and blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from bot.core.markdown.fences import fence_after

# One message takes 12,000 characters of Markdown and, measured, about 13,200 in all (documents-security.md F).
LONGEST_MESSAGE = 11_500
# Slack takes 50 blocks a message. The footer and the first text need some of them.
MOST_EXPANSIONS = 45
# Measured by others, of streams with task cards: 10,571 bytes were taken, 10,821 refused; bytes, not characters
# (https://github.com/openclaw/openclaw/pull/143882).
MOST_BYTES_BESIDE_CARDS = 10_500
LEAST_BESIDE_CARDS = 2_000

_LIST = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_INTERRUPTS = re.compile(r"^ {0,3}(?:>|`{3}|~{3})")
_INDENTED = re.compile(r"^\s{2,}\S")
_STANDS_ALONE = re.compile(r"^ {0,3}(?:#{1,6}(?:\s|$)|(?:-[ \t]*){3,}$|(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+)\s*$")
_DELIMITER = re.compile(r"^[ \t]*+\|?+(?=[ \t]*+:?+-)(?:[ \t]*+:?+-++:?+[ \t]*+\|)*+(?:[ \t]*+:?+-++:?+)?+[ \t]*+$")
Kind = Literal["prose", "alone", "list", "table"]


@dataclass(frozen=True, slots=True)
class Room:
    """What a message takes. `size`: bytes of UTF-8; None as long as Slack has refused no message because of them."""

    chars: int = LONGEST_MESSAGE
    size: int | None = None
    blocks: int = MOST_EXPANSIONS

    def longest(self, text: str) -> int:
        """How many characters of the text have room."""
        if self.size is None or size_of(text) <= self.size:
            return self.chars
        kept = text.encode()[: self.size].decode(errors="ignore")
        return min(self.chars, len(kept))

    def beside(self, size: int, count: int) -> "Room":
        """The room beside `count` task cards of `size` bytes in all."""
        if not count:
            return self
        most = min(self.size or MOST_BYTES_BESIDE_CARDS, MOST_BYTES_BESIDE_CARDS)
        rest = most - size
        rest = rest if rest >= LEAST_BESIDE_CARDS else 0  # a few words under many cards are better in the next message
        return replace(self, chars=min(self.chars, rest), size=rest, blocks=max(0, self.blocks - count))


def size_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def expansions(text: str) -> int:
    return len(expanding(text))


def expanding(text: str) -> list[int]:
    """Where the lines begin that Slack makes a block of: a heading, a divider, a table, a run of list items."""
    found: list[int] = []
    before: Kind = "prose"
    for offset, kind, begins in _kinds(text):
        if kind != "prose" and (kind != before or begins):
            found.append(offset)
        before = kind
    return found


def _kinds(text: str) -> Iterator[tuple[int, Kind, bool]]:
    """Of each line with words: its offset, its kind, and whether it begins a block whatever the line before is."""
    reader, fence, offset = _Reader(), "", 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.strip():
            following = lines[number + 1] if number + 1 < len(lines) else ""
            begins = reader.read(line, following) if not fence else False
            yield offset, reader.kind, begins
        reader.is_after_blank = not line.strip()
        fence = fence_after(line, fence)
        offset += len(line) + 1


class _Reader:
    """Finds the kind of each line, which depends on the lines before."""

    def __init__(self) -> None:
        self.kind: Kind = "prose"
        self.is_after_blank = True
        self._is_underline = False
        self._marker, self._inner = "", 0  # the mark of the list's items, and the column of their words

    def read(self, line: str, following: str) -> bool:
        """Read a line. Returns whether it begins a block whatever the line before is."""
        if self._is_underline:
            self._is_underline = False
            return False
        if _STANDS_ALONE.match(line):
            self.kind = "alone"
            return True
        if (item := _LIST.match(line)) is not None and self._is_item(item):
            return self._begins_list(item)
        goes_on = not self.is_after_blank and not _INTERRUPTS.match(line)
        if self.kind == "list" and (goes_on or _INDENTED.match(line)):
            return False
        if "|" in line and "|" in following and _DELIMITER.match(following):
            self.kind = "table"
            return True
        if self.kind == "table" and goes_on:
            return False
        self._is_underline = _UNDERLINE.match(following) is not None and not line.startswith((" ", ">"))
        self.kind = "alone" if self._is_underline else "prose"
        return self._is_underline

    def _is_item(self, item: re.Match[str]) -> bool:
        """Outside of a list, a line indented by four is code."""
        return self.kind == "list" or len(item["indent"]) < 4

    def _begins_list(self, item: re.Match[str]) -> bool:
        if self.kind == "list" and len(item["indent"]) >= self._inner:
            return False
        is_same = self.kind == "list" and item["mark"][-1] == self._marker
        self.kind, self._marker, self._inner = "list", item["mark"][-1], min(item.end(), item.end("mark") + 4)
        return not is_same

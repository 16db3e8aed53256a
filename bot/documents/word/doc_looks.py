"""Reads the formatting of letters and paragraphs in an old Word file (.doc): [MS-DOC] 2.9.174 ff., formatted disk
pages.

It reads only what the text needs: deleted and hidden letters, headings, list items and the ends of table rows.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

_PAGE = 512
_MOST_PAGES = 20_000
_HEADINGS = range(1, 10)  # the numbers of Word's built-in heading styles
_ROW_END, _LIST, _STYLE = 0x2417, 0x460B, 0x4600
_DELETED, _HIDDEN = 0x0800, 0x083C
_WIDTHS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_TABLE_FORM, _TABS = 0xD608, 0xC615


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """The formatting of a paragraph. `heading` is its level, 0 for other text."""

    heading: int = 0
    is_item: bool = False
    ends_row: bool = False


@dataclass(slots=True)
class Looks:
    """The formatting by position in the stream. `unseen` are the ranges in which letters are deleted or hidden."""

    ends: list[int] = field(default_factory=list)
    paragraphs: list[ParagraphLook] = field(default_factory=list)
    unseen: list[tuple[int, int]] = field(default_factory=list)
    unseen_ends: list[int] = field(default_factory=list)
    has_deleted: bool = False
    has_hidden: bool = False

    def of(self, place: int) -> ParagraphLook:
        """Return the look of the paragraph to which the letter at this position belongs."""
        at = bisect_right(self.ends, place)
        return self.paragraphs[at] if at < len(self.paragraphs) else ParagraphLook()

    def seen(self, text: str, place: int, width: int) -> str:
        """Return the letters from this position on without the deleted and hidden ones. Each letter
        has `width` bytes.
        """
        kept: list[str] = []
        done = 0
        for begin, end in self.unseen[bisect_right(self.unseen_ends, place) :]:
            first = (begin - place) // width
            if first >= len(text):
                break
            kept.append(text[done : max(done, first)])
            done = max(done, (end - place) // width)
        return "".join([*kept, text[done:]]) if kept else text


def read_looks(document: bytes, letters: bytes, paragraphs: bytes) -> Looks:
    """Read the formatting. `letters` and `paragraphs` are the tables that list the disk pages for letters and for
    paragraphs.
    """
    looks = Looks()
    found = [entry for page in _pages(document, paragraphs) for entry in _paragraphs(page)]
    found.sort(key=lambda entry: entry[0])
    looks.ends = [end for end, _ in found]
    looks.paragraphs = [look for _, look in found]
    for page in _pages(document, letters):
        for begin, end, properties in _runs(page):
            kinds = {kind for kind, value in _properties(properties) if value == 1}
            if kinds & {_DELETED, _HIDDEN}:
                looks.unseen.append((begin, end))
                looks.has_deleted |= _DELETED in kinds
                looks.has_hidden |= _HIDDEN in kinds
    looks.unseen.sort()
    looks.unseen_ends = [end for _, end in looks.unseen]
    return looks


def _pages(document: bytes, table: bytes) -> Iterator[bytes]:
    count = max(0, (len(table) - 4) // 8)
    for number in struct.unpack_from(f"<{count}I", table, 4 * (count + 1))[:_MOST_PAGES] if count else ():
        start = (number & 0x3FFFFF) * _PAGE
        page = document[start : start + _PAGE]
        if len(page) == _PAGE:
            yield page


def _paragraphs(page: bytes) -> Iterator[tuple[int, ParagraphLook]]:
    """Yield (end, look) of each paragraph."""
    count = page[-1]
    if 4 * (count + 1) + 13 * count >= _PAGE:
        return
    ends = struct.unpack_from(f"<{count + 1}I", page)[1:]
    for at, end in enumerate(ends):
        start = 2 * page[4 * (count + 1) + 13 * at]
        yield end, _paragraph(page, start) if start else ParagraphLook()


def _paragraph(page: bytes, start: int) -> ParagraphLook:
    length = 2 * page[start] - 1 if page[start] else 2 * page[start + 1]
    begin = start + (1 if page[start] else 2)
    content = page[begin : min(begin + length, _PAGE - 1)]
    if len(content) < 2:
        return ParagraphLook()
    style = int.from_bytes(content[:2], "little")
    values = dict(_properties(content[2:]))
    style = values.get(_STYLE, style)
    heading = style if style in _HEADINGS else 0
    return ParagraphLook(heading, not heading and values.get(_LIST, 0) not in {0, 0xF801}, values.get(_ROW_END, 0) == 1)


def _runs(page: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield (begin, end, properties) of each run that has properties."""
    count = page[-1]
    if 4 * (count + 1) + count >= _PAGE:
        return
    places = struct.unpack_from(f"<{count + 1}I", page)
    for at in range(count):
        start = 2 * page[4 * (count + 1) + at]
        if start:
            yield places[at], places[at + 1], page[start + 1 : min(start + 1 + page[start], _PAGE - 1)]


def _properties(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield (kind, value) of each property. A long property has the value 0."""
    at = 0
    while at + 3 <= len(content):
        kind = int.from_bytes(content[at : at + 2], "little")
        at += 2
        width = _WIDTHS.get(kind >> 13)
        if width is None:
            if kind == _TABLE_FORM:
                at += int.from_bytes(content[at : at + 2], "little") + 1
            elif kind == _TABS and content[at] == 255:
                return
            else:
                at += content[at] + 1
            yield kind, 0
            continue
        yield kind, int.from_bytes(content[at : at + width], "little")
        at += width

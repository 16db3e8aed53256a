"""Tells whether the text layer of a PDF goes up the page. In menus and posters text has the order of drawing."""

import ctypes
from itertools import pairwise

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from bot.documents.pdf import direct

_END = "\r\n"
_MOST_LINES = 300
_LEAST_STEPS = 3
_LEAST_SHARE = 0.04  # of all lines
_NEAR = 8.0  # lines: text that goes up farther begins another part of the page
_SHORT_LINE = 45  # letters: pages with longer lines on average are prose and are not checked


def goes_up(layer: pdfium.PdfTextPage, text: str) -> bool:
    """Tell whether several lines stand directly above the line before them, such as a heading after its text."""
    if len(text) > _SHORT_LINE * (text.count(_END) + 1):
        return False
    lines = _lines(layer, text)
    steps = sum(_is_above(line, following) for line, following in pairwise(lines))
    return steps >= max(_LEAST_STEPS, _LEAST_SHARE * len(lines))


_Line = tuple[float, float, float, float]  # left, bottom, right, top


def _lines(layer: pdfium.PdfTextPage, text: str) -> list[_Line]:
    handle = direct.handle(layer)
    first, last = raw.FS_RECTF(), raw.FS_RECTF()
    places = ctypes.addressof(first), ctypes.addressof(last)
    found: list[_Line] = []
    start = 0
    for line in text.split(_END)[:_MOST_LINES]:
        words = line.strip()
        if words:
            begin = start + line.index(words[0])
            ends = (begin, begin + len(words) - 1)
            chars = [direct.char_index(handle, place) for place in ends]
            if min(chars) >= 0 and all(map(direct.loose_box_of, (handle, handle), chars, places)):
                found.append((first.left, first.bottom, last.right, first.top))
        start += len(line) + len(_END)
    return found


def _is_above(line: _Line, following: _Line) -> bool:
    height = min(line[3] - line[1], following[3] - following[1])
    rise = following[1] - line[1]
    overlap = min(line[2], following[2]) - max(line[0], following[0])
    return overlap > height > 0 and 0.5 * height < rise < _NEAR * height

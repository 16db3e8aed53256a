"""The letters of a PDF page's text layer with their places, line by line."""

import ctypes
import math
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from bot.documents.pdf import direct
from bot.documents.pdf.bidi import Letter, is_mostly_turned, logical

_MOST_BESIDE = 3  # letters in a column side by side: a mark, a bracket, digits
_LONG_LINE = 14  # letters, on average: more, and most lines are whole ones
_LEAST_SHORT = 12  # lines of a page
_HAN = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f]")
_LEVEL = 0.1  # of a rise: what runs up or down steeper does not stand in a line


def lines_as_read(layer: pdfium.PdfTextPage, text: str, most: int) -> str:
    """The text of a page with letters that run from right to left, each line in the order of reading."""
    is_page_turned = is_mostly_turned(text)
    return "\n".join(logical(line, is_page_turned=is_page_turned) for line in _lines(layer, most))


def is_set_in_columns(text: str) -> bool:
    """Whether most of its lines are single letters of Chinese or Japanese, which stand below each other."""
    if text.isascii() or len(text) > _LONG_LINE * text.count("\r\n"):
        return False
    lines = [line for line in text.split("\r\n") if line.strip()]
    short = [line for line in lines if len(line.strip()) <= _MOST_BESIDE]
    is_likely = len(short) >= _LEAST_SHORT and len(short) * 2 > len(lines)
    return is_likely and len(_HAN.findall("".join(short))) * 2 > sum(map(len, short))


def columns_as_read(layer: pdfium.PdfTextPage, most: int) -> str:
    """The text of a page written from top to bottom, each column on a line of its own, in the file's own order."""
    out: list[str] = []
    last = raw.FS_RECTF()
    for char, box in _boxes(layer, most):
        if out and not _goes_on(last, box):
            out.append("\n")
        out.append(char)
        last = box
    return "".join(out)


def _boxes(layer: pdfium.PdfTextPage, most: int) -> Iterator[tuple[str, Any]]:
    whole = direct.handle(layer)
    for at in range(min(layer.count_chars(), most)):
        char, box = chr(direct.unicode_of(whole, at) or 0xFFFE), raw.FS_RECTF()
        if not char.isspace() and direct.loose_box_of(whole, at, ctypes.addressof(box)):
            yield char, box


def _goes_on(last: Any, box: Any) -> bool:
    """Whether a letter stands right below the one before it, or beside it, as digits and marks do."""
    height, width = last.top - last.bottom, last.right - last.left
    overlap = min(last.right, box.right) - max(last.left, box.left)
    is_below = overlap > 0.3 * min(width, box.right - box.left) and -0.5 * height < last.bottom - box.top < height
    is_beside = abs(last.bottom - box.bottom) < 0.3 * height and abs(box.left - last.right) < 0.5 * height
    return bool(is_below or is_beside)


def _lines(layer: pdfium.PdfTextPage, most: int) -> Iterator[list[Letter]]:
    line: list[Letter] = []
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    whole, box_at, matrix_at = direct.handle(layer), ctypes.addressof(box), ctypes.addressof(matrix)
    for at in range(min(layer.count_chars(), most)):
        char = chr(direct.unicode_of(whole, at) or 0xFFFE)
        if char == "\n":
            yield line
            line = []
        elif direct.loose_box_of(whole, at, box_at):
            direct.matrix_of(whole, at, matrix_at)
            is_upright = matrix.a > 0 and abs(matrix.b) < _LEVEL * matrix.a
            size = direct.font_size_of(whole, at) * math.hypot(matrix.c, matrix.d) * is_upright
            line.append(Letter(char, box.left, box.right, size, at))
    yield line

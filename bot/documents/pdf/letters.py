"""Reads the text of PDF pages that run from right to left or from top to bottom, letter by letter."""

import ctypes
import math
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from bot.documents.pdf import direct
from bot.documents.pdf.bidi import Letter, is_mostly_turned, logical

_MOST_BESIDE = 3  # letters next to each other in a column: a mark, a bracket, digits
_LONG_LINE = 14  # letters: with a higher average most lines are not columns
_LEAST_SHORT = 12  # short lines on a page
_HAN = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f]")
_LEVEL = 0.1  # slope: letters that rise or fall more steeply do not stand in a line


def lines_as_read(layer: pdfium.PdfTextPage, text: str, most: int) -> str:
    """Return the text of a page with right-to-left letters, each line in the order of reading.

    At most `most` letters are read.
    """
    is_page_turned = is_mostly_turned(text)
    return "\n".join(logical(line, is_page_turned=is_page_turned) for line in _lines(layer, most))


def is_set_in_columns(text: str) -> bool:
    """Tell whether most lines are single letters of Chinese or Japanese, which stand below each other."""
    if text.isascii() or len(text) > _LONG_LINE * text.count("\r\n"):
        return False
    lines = [line for line in text.split("\r\n") if line.strip()]
    short = [line for line in lines if len(line.strip()) <= _MOST_BESIDE]
    is_likely = len(short) >= _LEAST_SHORT and len(short) * 2 > len(lines)
    return is_likely and len(_HAN.findall("".join(short))) * 2 > sum(map(len, short))


def columns_as_read(layer: pdfium.PdfTextPage, most: int) -> str:
    """Return the text of a page written from top to bottom, with one line for each column, in the order of the file.

    At most `most` letters are read.
    """
    out: list[str] = []
    last = raw.FS_RECTF()
    for char, box in _boxes(layer, most):
        if out and not _goes_on(last, box):
            out.append("\n")
        out.append(char)
        last = box
    return "".join(out)


def _boxes(layer: pdfium.PdfTextPage, most: int) -> Iterator[tuple[str, Any]]:
    handle = direct.handle(layer)
    for at in range(min(layer.count_chars(), most)):
        char, box = chr(direct.unicode_of(handle, at) or 0xFFFE), raw.FS_RECTF()
        if not char.isspace() and direct.loose_box_of(handle, at, ctypes.addressof(box)):
            yield char, box


def _goes_on(last: Any, box: Any) -> bool:
    """Tell whether a letter stands directly below the last one, or next to it as digits and marks do."""
    height, width = last.top - last.bottom, last.right - last.left
    overlap = min(last.right, box.right) - max(last.left, box.left)
    is_below = overlap > 0.3 * min(width, box.right - box.left) and -0.5 * height < last.bottom - box.top < height
    is_beside = abs(last.bottom - box.bottom) < 0.3 * height and abs(box.left - last.right) < 0.5 * height
    return bool(is_below or is_beside)


def _lines(layer: pdfium.PdfTextPage, most: int) -> Iterator[list[Letter]]:
    line: list[Letter] = []
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    handle, box_at, matrix_at = direct.handle(layer), ctypes.addressof(box), ctypes.addressof(matrix)
    for at in range(min(layer.count_chars(), most)):
        char = chr(direct.unicode_of(handle, at) or 0xFFFE)
        if char == "\n":
            yield line
            line = []
        elif direct.loose_box_of(handle, at, box_at):
            direct.matrix_of(handle, at, matrix_at)
            is_upright = matrix.a > 0 and abs(matrix.b) < _LEVEL * matrix.a
            size = direct.font_size_of(handle, at) * math.hypot(matrix.c, matrix.d) * is_upright
            line.append(Letter(char, box.left, box.right, size, at))
    yield line

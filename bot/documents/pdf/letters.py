"""The letters of a PDF page's text layer with their places, line by line."""

import ctypes
import math
from collections.abc import Iterator

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from bot.documents.pdf import direct
from bot.documents.pdf.bidi import Letter, is_mostly_turned, logical

_LEVEL = 0.1  # of a rise: what runs up or down steeper does not stand in a line


def lines_as_read(layer: pdfium.PdfTextPage, text: str, most: int) -> str:
    """The text of a page with letters that run from right to left, each line in the order of reading."""
    is_page_turned = is_mostly_turned(text)
    return "\n".join(logical(line, is_page_turned=is_page_turned) for line in _lines(layer, most))


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

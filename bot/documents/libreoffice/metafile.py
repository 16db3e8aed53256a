"""Draws Windows drawings (EMF, WMF): LibreOffice makes a PDF page of one, and the part with ink is shown."""

import struct

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageChops

from bot.core.drawing import Box
from bot.documents.detect.sniff import sniff
from bot.documents.refusals import damaged

STEPS = ("as:pdf", "ink:1")  # from the bytes of a drawing to its picture
KINDS = {"emf", "wmf"}
_USUAL_PX = (600, 400)
_LEAST_PX = 100
_LEAST_ROW_PX = 20  # the height of a row of cells or a line of an equation
_PX_PER_INCH = 120
_LOOK_PX = 400  # the longer side of the page while its ink is searched
_MARGIN = 8  # in thousandths of the page
_PAPER = 250  # a lighter pixel is paper


def size_px(data: bytes) -> tuple[int, int]:
    """Return width and height at 120 dots an inch, from the header. A usual size replaces a missing
    or impossible one.
    """
    try:
        if data[40:44] == b" EMF":
            left, top, right, bottom = struct.unpack_from("<4i", data, 24)  # hundredths of a millimetre
            inches = (right - left) / 2540, (bottom - top) / 2540
        elif data[:4] == b"\xd7\xcd\xc6\x9a":
            left, top, right, bottom, unit = struct.unpack_from("<4hH", data, 6)
            inches = abs(right - left) / max(1, unit), abs(bottom - top) / max(1, unit)
        else:
            return _USUAL_PX
    except struct.error:
        return _USUAL_PX
    size = round(inches[0] * _PX_PER_INCH), round(inches[1] * _PX_PER_INCH)
    return size if min(size) >= 1 and max(size) <= 8000 else _USUAL_PX


def is_worth_drawing(data: bytes) -> bool:
    """Say whether this is a drawing larger than the icon of an embedded file. Each drawing costs a
    run of LibreOffice.
    """
    width, height = size_px(data)
    is_large = min(width, height) >= _LEAST_PX or (min(width, height) >= _LEAST_ROW_PX and width >= 3 * _LEAST_PX)
    return is_large and sniff(data).kind in KINDS


def inked(data: bytes) -> Box:
    """Return the box (0 to 1000) around everything that is drawn on the first page of a PDF. Raises FileBroken for a
    blank page.
    """
    document = pdfium.PdfDocument(data)
    try:
        page = document[0]
        scale = _LOOK_PX / max(page.get_width(), page.get_height(), 1)
        picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    finally:
        document.close()
    box = ImageChops.invert(picture).point([255 if value > 255 - _PAPER else 0 for value in range(256)]).getbbox()
    if box is None:
        raise damaged("nothing is drawn")
    width, height = picture.size
    left, top = box[0] * 1000 / width - _MARGIN, box[1] * 1000 / height - _MARGIN
    right, bottom = box[2] * 1000 / width + _MARGIN, box[3] * 1000 / height + _MARGIN
    return max(0, left), max(0, top), min(1000, right), min(1000, bottom)


def within(outer: Box, inner: Box) -> Box:
    """Convert a box inside the part `outer` of a page to a box on the page."""
    left, top, right, bottom = outer
    width, height = (right - left) / 1000, (bottom - top) / 1000
    return left + inner[0] * width, top + inner[1] * height, left + inner[2] * width, top + inner[3] * height

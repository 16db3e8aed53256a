"""Draws the pages of a PDF as pictures, at exactly the size at which the model looks at them."""

import ctypes
import math

import numpy as np
import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import raw

from bot.core.images import PreparedImage
from bot.core.model.tokens import MAX_IMAGE_TOKENS, fit_to_grid, image_tokens
from bot.documents.images.encode import encode
from bot.documents.pages.notices import TURNED
from bot.documents.pdf.pdf import opened
from bot.documents.pdf.upright import scan_scale, size_of_scan, turn_upright
from bot.errors import FileError

_BEST_DPI = 150  # with more the model reads no better (facts: vision-budget.md)
_CROP_DPI = 300
_MOST_DPI = 600  # for a very small part, and for a scan that has more
_SMALL_PX = 1000
_LEAST_PT = 12.0  # about the size of a letter
_PATCH_PX = 28
_MOST_ASPECT = 100

Box = tuple[float, float, float, float]
Frame = tuple[int, int, int, int]  # the place of the page in the picture: left, top, width, height


def draw_page(data: bytes, number: int, max_tokens: int, program: str = "") -> PreparedImage | None:
    """Draw one page. Return None when it is missing or cannot be drawn."""
    return dict(draw_pages(data, ((number, max_tokens),), program)).get(number)


def draw_pages(
    data: bytes, wanted: tuple[tuple[int, int], ...], program: str = ""
) -> tuple[tuple[int, PreparedImage], ...]:
    """Return (number, picture) for each (number, most tokens). A page that cannot be drawn is missing.

    `program` is the path of Tesseract. It tells which way up a scan is when the letters do not.
    """
    drawn = []
    with opened(data) as document:
        for number, max_tokens in wanted:
            if 0 < number <= len(document):
                try:
                    drawn.append((number, _draw(document, number, max_tokens, program)))
                except (pdfium.PdfiumError, FileError, ValueError):
                    continue
    return tuple(drawn)


def crop_page(
    data: bytes, number: int, box: Box, max_tokens: int, program: str = "", *, as_it_lies: bool = False
) -> PreparedImage | None:
    """Draw the part of a page inside `box` (left, top, right, bottom; 0 to 1000 of the upright page).

    It is drawn at 300 dpi, a small part at up to 600 dpi and a scan at its own resolution, with at most `max_tokens`.
    With `as_it_lies` the page is not turned upright, and the box is of the page as it is in the file. Return None when
    the page is missing or cannot be drawn.
    """
    with opened(data) as document:
        if not 0 < number <= len(document):
            return None
        page = document[number - 1]
        try:
            is_turned = not as_it_lies and turn_upright(page, program)
            points = page.get_size()
            left, top, right, bottom = _widened(box, points)
            part = right - left, bottom - top
            scale = _crop_scale(part, scan_scale(page))
            width, height = _fitted(part, scale, max_tokens)
            across, down = width / part[0], height / part[1]
            frame = round(-left * across), round(-top * down), round(points[0] * across), round(points[1] * down)
            picture = _bitmap(page, document.formenv, (width, height), frame)
        except (pdfium.PdfiumError, ValueError):
            return None
        finally:
            page.close()
    return _prepared(picture, points, is_turned=is_turned)


def _draw(document: pdfium.PdfDocument, number: int, max_tokens: int, program: str) -> PreparedImage:
    page = document[number - 1]
    try:
        is_turned = turn_upright(page, program)
        points = size_of_scan(page)
        size = _pixels(points, max_tokens)
        picture = _bitmap(page, document.formenv, size, (0, 0, *size))
    finally:
        page.close()
    return _prepared(picture, points, is_turned=is_turned)


def _prepared(picture: Image.Image, points: tuple[float, float], *, is_turned: bool) -> PreparedImage:
    mime, data = encode(picture, may_be_grey=True)
    source = round(points[0]), round(points[1])
    note = TURNED if is_turned else ""
    return PreparedImage(mime, data, *picture.size, image_tokens(*picture.size), *source, note=note)


def _widened(box: Box, points: tuple[float, float]) -> Box:
    """Return the box in points, widened when it is so thin that the model would refuse it."""
    spans = []
    for begin, end, length in ((box[0], box[2], points[0]), (box[1], box[3], points[1])):
        spans.append((begin * length / 1000, end * length / 1000, length))
    least = max(_LEAST_PT, *((end - begin) / _MOST_ASPECT for begin, end, _ in spans))
    (left, right), (top, bottom) = (_span(*span, least) for span in spans)
    return left, top, right, bottom


def _span(begin: float, end: float, length: float, least: float) -> tuple[float, float]:
    if end - begin >= least:
        return begin, end
    first = max(0.0, min((begin + end - least) / 2, length - least))
    return first, first + least


def _crop_scale(part: tuple[float, float], scan: float) -> float:
    """Return the pixels per point for a part of this size in points."""
    scale = max(_CROP_DPI / 72, scan)
    return min(_MOST_DPI / 72, max(scale, _SMALL_PX / max(part)))


def _pixels(points: tuple[float, float], max_tokens: int) -> tuple[int, int]:
    """Return a size of whole patches at `_BEST_DPI` or less. A very thin page is widened: the model would refuse it."""
    longest = max(points)
    width, height = (max(side, longest / _MOST_ASPECT, 1.0) for side in points)
    return _fitted((width, height), _BEST_DPI / 72, max_tokens)


def _fitted(sides: tuple[float, float], scale: float, max_tokens: int) -> tuple[int, int]:
    most = min(max_tokens, MAX_IMAGE_TOKENS) * _PATCH_PX**2
    if sides[0] * sides[1] * scale * scale > most:
        scale = math.sqrt(most / (sides[0] * sides[1]))
    return fit_to_grid(max(1, round(sides[0] * scale)), max(1, round(sides[1] * scale)), max_tokens)


def _bitmap(page: pdfium.PdfPage, form: pdfium.PdfFormEnv | None, size: tuple[int, int], frame: Frame) -> Image.Image:
    """Draw a page directly at the final size, so that nothing is resampled afterwards."""
    width, height = size
    pixels = np.empty((height, width, 4), np.uint8)
    buffer = ctypes.c_void_p(pixels.ctypes.data)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGRx, buffer, width * 4)
    raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    raw.FPDF_RenderPageBitmap(bitmap, page.raw, *frame, 0, flags)
    if form is not None:
        raw.FPDF_FFLDraw(form.raw, bitmap, page.raw, *frame, 0, flags)
    raw.FPDFBitmap_Destroy(bitmap)
    return Image.frombytes("RGB", size, pixels.data, "raw", "RGBX")

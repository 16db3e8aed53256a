"""Pictures of a PDF's pages, each drawn at the very size at which the model looks at it."""

import ctypes
import math

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import raw

from bot.core.prepared import Prepared
from bot.core.tokens import MAX_IMAGE_TOKENS, fit_to_grid, image_tokens
from bot.documents.encode import encode
from bot.documents.pdf import opened
from bot.errors import FileError

_BEST_DPI = 150  # more is wasted on reading (facts: vision-budget.md)
_PATCH_PX = 28
_MOST_ASPECT = 100


def draw_page(data: bytes, number: int, max_tokens: int) -> Prepared | None:
    return dict(draw_pages(data, ((number, max_tokens),))).get(number)


def draw_pages(data: bytes, wanted: tuple[tuple[int, int], ...]) -> tuple[tuple[int, Prepared], ...]:
    """(number, picture) for each (number, most tokens); a page that cannot be drawn is missing."""
    drawn = []
    with opened(data) as document:
        for number, max_tokens in wanted:
            if 0 < number <= len(document):
                try:
                    drawn.append((number, _draw(document, number, max_tokens)))
                except (pdfium.PdfiumError, FileError, ValueError):
                    continue
    return tuple(drawn)


def _draw(document: pdfium.PdfDocument, number: int, max_tokens: int) -> Prepared:
    page = document[number - 1]
    try:
        points = page.get_size()
        width, height = _pixels(points, max_tokens)
        picture = _bitmap(page, document.formenv, width, height)
    finally:
        page.close()
    mime, data = encode(picture)
    size = round(points[0]), round(points[1])
    return Prepared(mime, data, width, height, image_tokens(width, height), *size, source_format="pdf")


def _pixels(points: tuple[float, float], max_tokens: int) -> tuple[int, int]:
    """A grid of whole patches at no more than `_BEST_DPI`; slivers are widened, because the model refuses them."""
    longest = max(points)
    sides = [max(side, longest / _MOST_ASPECT, 1.0) for side in points]
    scale = _BEST_DPI / 72
    most = min(max_tokens, MAX_IMAGE_TOKENS) * _PATCH_PX**2
    if sides[0] * sides[1] * scale * scale > most:
        scale = math.sqrt(most / (sides[0] * sides[1]))
    return fit_to_grid(max(1, round(sides[0] * scale)), max(1, round(sides[1] * scale)), max_tokens)


def _bitmap(page: pdfium.PdfPage, form: pdfium.PdfFormEnv | None, width: int, height: int) -> Image.Image:
    """Straight into a bitmap of the grid's size: nothing is resampled afterwards."""
    buffer = ctypes.create_string_buffer(width * height * 4)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGRx, buffer, width * 4)
    raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
    flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
    raw.FPDF_RenderPageBitmap(bitmap, page.raw, 0, 0, width, height, 0, flags)
    if form is not None:
        raw.FPDF_FFLDraw(form.raw, bitmap, page.raw, 0, 0, width, height, 0, flags)
    raw.FPDFBitmap_Destroy(bitmap)
    return Image.frombuffer("RGBX", (width, height), buffer.raw, "raw", "RGBX", 0, 1).convert("RGB")

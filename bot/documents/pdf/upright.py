"""Pages that were drawn or scanned lying or head down, without a word of it in the file, are turned to be read."""

import contextlib
import ctypes

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import raw

from bot.documents.images.upright import quarter_turns
from bot.documents.pdf import direct
from bot.documents.pdf.bidi import RIGHT_TO_LEFT

_LETTERS = 150  # looked at, spread over the page
_LEAST_LETTERS = 20
_MOST_UPRIGHT = 0.2
_SPACE = 32
_BESIDE_PT = 30.0
_PROBE_SCALE = 2.0  # pixels for a point: less, and Tesseract cannot tell
_MOST_PROBE_PX = 2000
_SCAN_SHARE = 0.5
_A4_PT = 842.0
_SCAN_SCALE = 150 / 72  # pixels for a point, as much as is ever drawn of a page


def turn_upright(page: pdfium.PdfPage, program: str) -> bool:
    """Whether the page was turned. Its size and all that is drawn of it are as turned from here on.

    `program` is Tesseract's path, or empty; a page with a text layer is turned as its text runs.
    """
    letters = _letters_by_turn(page)
    if sum(letters) >= _LEAST_LETTERS:
        best = max(range(4), key=lambda turn: letters[turn])
        turn = best if sum(letters) - letters[best] < sum(letters) * _MOST_UPRIGHT else 0
    else:
        turn = quarter_turns(_probe(page), program) if scan_scale(page) else 0
    if turn:
        page.set_rotation((page.get_rotation() + turn * 90) % 360)
    return turn != 0


def scan_scale(page: pdfium.PdfPage) -> float:
    """Pixels for a point of the scan that covers the page; 0 when none does."""
    width, height = page.get_size()
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        with contextlib.suppress(pdfium.PdfiumError):
            left, bottom, right, top = found.get_bounds()
            if (right - left) * (top - bottom) > _SCAN_SHARE * width * height:
                return float(max(found.get_px_size()) / max(right - left, top - bottom))
    return 0.0


def size_of_scan(page: pdfium.PdfPage) -> tuple[float, float]:
    """The page's size in points; of a small page that a large scan covers as much of A4 as the scan has pixels for.

    Some programs write a scan at one point for a pixel or less, others as a stamp: neither says how small its type is.
    """
    width, height = page.get_size()
    longest = max(width, height)
    if longest >= _A4_PT:
        return width, height
    times = max(1.0, min(_A4_PT / longest, scan_scale(page) / _SCAN_SCALE))
    return width * times, height * times


def _letters_by_turn(page: pdfium.PdfPage) -> list[int]:
    """How many letters would be upright after 0, 1, 2, 3 quarter turns clockwise."""
    counts = [0, 0, 0, 0]
    shown = page.get_rotation() // 90
    layer = page.get_textpage()
    try:
        count, matrix, whole = layer.count_chars(), raw.FS_MATRIX(), direct.handle(layer)
        for at in range(0, count, max(1, count // _LETTERS)):
            if direct.unicode_of(whole, at) <= _SPACE:
                continue
            if direct.matrix_of(whole, at, ctypes.addressof(matrix)):
                counts[(_direction(whole, at, _quarters(matrix.a, matrix.b)) - shown) % 4] += 1
    finally:
        layer.close()
    return counts


def _direction(layer: direct.Handle, at: int, quarters: int) -> int:
    """In which direction the line of a letter runs, whose own axes are turned by `quarters`.

    Some fonts of drawn letters have their glyphs head down and are shown with a text matrix that turns them back. There
    the next letter tells: it stands to the right. Lines from right to left are the other way round.
    """
    letters = [direct.unicode_of(layer, place) for place in (at, at + 1)]
    if min(letters) <= _SPACE or RIGHT_TO_LEFT.search("".join(map(chr, letters))):
        return quarters
    (left, footer), (next_left, next_foot) = (_origin(layer, place) for place in (at, at + 1))
    if max(abs(next_left - left), abs(next_foot - footer)) > _BESIDE_PT:
        return quarters  # it begins another line
    seen = _quarters(next_left - left, next_foot - footer)
    return seen if (seen - quarters) % 4 == 2 else quarters


def _origin(layer: direct.Handle, at: int) -> tuple[float, float]:
    across, up = ctypes.c_double(), ctypes.c_double()
    direct.origin_of(layer, at, ctypes.addressof(across), ctypes.addressof(up))
    return across.value, up.value


def _quarters(across: float, up: float) -> int:
    """The direction in which a line runs: 0 to the right, 1 upwards, 2 to the left, 3 downwards."""
    if abs(across) >= abs(up):
        return 0 if across >= 0 else 2
    return 1 if up > 0 else 3


def _probe(page: pdfium.PdfPage) -> Image.Image:
    scale = min(_PROBE_SCALE, _MOST_PROBE_PX / max(page.get_size()))
    drawn: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    return drawn

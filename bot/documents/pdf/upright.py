"""Turns pages upright that lie on their side or upside down, when the file itself does not say so."""

import contextlib
import ctypes

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import raw

from bot.documents.images.upright import quarter_turns
from bot.documents.pdf import direct
from bot.documents.pdf.bidi import RIGHT_TO_LEFT

_LETTERS = 150  # that are measured, spread over the page
_LEAST_LETTERS = 20
_MOST_UPRIGHT = 0.2
_SPACE = 32
_BESIDE_PT = 30.0
_PROBE_SCALE = 2.0  # pixels per point: with less Tesseract cannot tell
_MOST_PROBE_PX = 2000
_SCAN_SHARE = 0.5
_A4_PT = 842.0
_SCAN_SCALE = 150 / 72  # pixels per point, the most at which a page is drawn


def turn_upright(page: pdfium.PdfPage, program: str) -> bool:
    """Turn the page when it is not upright, and return whether it was turned. Its size changes with it.

    A page with a text layer is turned as its text runs. `program` is the path of Tesseract, or empty.
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
    """Return the pixels per point of the scan that covers the page; 0 when there is none."""
    width, height = page.get_size()
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        with contextlib.suppress(pdfium.PdfiumError):
            left, bottom, right, top = image.get_bounds()
            if (right - left) * (top - bottom) > _SCAN_SHARE * width * height:
                return float(max(image.get_px_size()) / max(right - left, top - bottom))
    return 0.0


def size_of_scan(page: pdfium.PdfPage) -> tuple[float, float]:
    """Return the size of the page in points. A small page with a large scan is enlarged, at most to the length of A4,
    as far as the scan has pixels.

    Some programs write a scan at one point or less for a pixel, others as small as a stamp. So the size of the page
    does not tell how small the type is.
    """
    width, height = page.get_size()
    longest = max(width, height)
    if longest >= _A4_PT:
        return width, height
    times = max(1.0, min(_A4_PT / longest, scan_scale(page) / _SCAN_SCALE))
    return width * times, height * times


def _letters_by_turn(page: pdfium.PdfPage) -> list[int]:
    """Return how many letters would be upright after 0, 1, 2, 3 quarter turns clockwise."""
    counts = [0, 0, 0, 0]
    shown = page.get_rotation() // 90
    layer = page.get_textpage()
    try:
        count, matrix, handle = layer.count_chars(), raw.FS_MATRIX(), direct.handle(layer)
        for at in range(0, count, max(1, count // _LETTERS)):
            if direct.unicode_of(handle, at) <= _SPACE:
                continue
            if direct.matrix_of(handle, at, ctypes.addressof(matrix)):
                counts[(_direction(handle, at, _quarters(matrix.a, matrix.b)) - shown) % 4] += 1
    finally:
        layer.close()
    return counts


def _direction(layer: direct.Handle, at: int, quarters: int) -> int:
    """Return the direction in which the line of a letter runs. The letter itself is turned by `quarters`.

    Some fonts have glyphs that are upside down, and a text matrix turns them back. Then the place of the next letter
    tells the direction: it stands to the right. In lines that run from right to left it does not.
    """
    letters = [direct.unicode_of(layer, place) for place in (at, at + 1)]
    if min(letters) <= _SPACE or RIGHT_TO_LEFT.search("".join(map(chr, letters))):
        return quarters
    (left, baseline), (next_left, next_baseline) = (_origin(layer, place) for place in (at, at + 1))
    if max(abs(next_left - left), abs(next_baseline - baseline)) > _BESIDE_PT:
        return quarters  # the next letter begins another line
    seen_direction = _quarters(next_left - left, next_baseline - baseline)
    return seen_direction if (seen_direction - quarters) % 4 == 2 else quarters


def _origin(layer: direct.Handle, at: int) -> tuple[float, float]:
    across, up = ctypes.c_double(), ctypes.c_double()
    direct.origin_of(layer, at, ctypes.addressof(across), ctypes.addressof(up))
    return across.value, up.value


def _quarters(across: float, up: float) -> int:
    """Return the direction of a vector: 0 to the right, 1 upwards, 2 to the left, 3 downwards."""
    if abs(across) >= abs(up):
        return 0 if across >= 0 else 2
    return 1 if up > 0 else 3


def _probe(page: pdfium.PdfPage) -> Image.Image:
    scale = min(_PROBE_SCALE, _MOST_PROBE_PX / max(page.get_size()))
    drawn: Image.Image = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    return drawn

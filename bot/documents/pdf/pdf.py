"""Reads PDFs with PDFium: text, outline, comments and forms, and which pages a model should look at.

`draw` makes the pictures of pages.
"""

import contextlib
import ctypes
import re
from collections.abc import Iterator
from itertools import repeat

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from bot.core.document import OutlineEntry, Page
from bot.documents.deadline import Deadline
from bot.documents.pages.builder import tidy
from bot.documents.pdf import direct
from bot.documents.pdf.annotations import annotations_of
from bot.documents.pdf.bidi import RIGHT_TO_LEFT
from bot.documents.pdf.labels import paired, pairs_of
from bot.documents.pdf.letters import columns_as_read, is_set_in_columns, lines_as_read
from bot.documents.pdf.order import goes_up
from bot.documents.pdf.pages import SCAN, SOUP, PdfAbout, PdfPages
from bot.documents.pdf.scripts import is_set_as_formulas, is_set_plainly, short_words, with_scripts
from bot.documents.pdf.text_layer import (
    FEW_LETTERS,
    FORMULAS,
    LOST,
    clean,
    is_soup,
    lacks_letters,
    look_of,
    without_spaces,
)
from bot.documents.pdf.upright import size_of_scan
from bot.documents.refusals import damaged
from bot.errors import FileProtected

_MOST_OUTLINE = 400
_AT_A_TIME = 128  # objects of a page that are read together
_FIGURE_SHARE = 0.06
_SCAN_SHARE = 0.6
_SMALL_SHARE = 0.006  # of the page: a picture between lines of text, such as a formula, a signature or a small chart
_EDGE = 0.1  # of the height of the page, at top and bottom, where logos stand
_MANY_PATHS = 40
_MOST_LETTERS = 200_000

_PICTURES = {raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING}
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9}) (\d{1,5}) obj\b")

FIGURE = "a figure"
DRAWING = "drawn lines: a table, chart or form"
FORM = "a form"
SLIDE = "a slide"
DISORDER = "its text is not in the page's order"


@contextlib.contextmanager
def opened(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """Open a PDF. Raises FileProtected and FileBroken. A PDF that has only an owner password can be opened."""
    try:
        document = _document(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", 0) in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise FileProtected("pdfium") from error
        raise damaged("pdfium cannot open it") from error
    try:
        if len(document) < 1:
            raise damaged("no pages")
        with contextlib.suppress(pdfium.PdfiumError):
            document.init_forms()
        yield document
    finally:
        document.close()


def _document(data: bytes) -> pdfium.PdfDocument:
    """Open a PDF, also one that was cut off or badly rewritten.

    It lacks a valid trailer, so PDFium finds no pages; then a trailer is added.
    """
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        root = _catalog(data)
        if getattr(error, "err_code", 0) != raw.FPDF_ERR_FORMAT or root is None:
            raise
        return pdfium.PdfDocument(data + b"\ntrailer <</Root %s %s R>>\nstartxref\n0\n%%%%EOF\n" % root)


def _catalog(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the number and generation of the object that lists the pages, None when there is none."""
    for catalog in _CATALOG.finditer(data):
        before = data[max(0, catalog.start() - 4096) : catalog.start()]
        opened_at = [start for start in _OBJECT.finditer(before) if b"endobj" not in before[start.end() :]]
        if opened_at:
            return opened_at[-1][1], opened_at[-1][2]
    return None


def read_about(data: bytes) -> PdfAbout:
    """Read what concerns the whole file. Raises FileProtected and FileBroken."""
    with opened(data) as document:
        is_repaired = b"%%EOF" not in data[-2048:]
        return PdfAbout(len(document), tuple(_outline(document)), tuple(_attachments(document)), is_repaired)


def read_pages(data: bytes, first: int, last: int, seconds: float | None = None) -> PdfPages:
    """Read the pages `first` to `last` (inclusive, from 1), as far as the file has them.

    After `seconds` the pages that were read are returned, at least one. Raises FileProtected and FileBroken.
    """
    return read_pages_until(data, first, last, Deadline(seconds))


def read_pages_until(data: bytes, first: int, last: int, deadline: Deadline) -> PdfPages:
    """Read pages as `read_pages` does, until the deadline is over."""
    pages: list[Page] = []
    unreadable: list[int] = []
    with opened(data) as document:
        count = len(document)
        for number in range(first, min(last, count) + 1):
            if pages and deadline.is_over:
                deadline.note_omission()
                break
            page = _page(document, number)
            if page is None:
                unreadable.append(number)
                page = Page(number, "")
            pages.append(page)
    return PdfPages(count, tuple(pages), tuple(unreadable))


def _outline(document: pdfium.PdfDocument) -> Iterator[OutlineEntry]:
    with contextlib.suppress(pdfium.PdfiumError, ValueError, RecursionError):
        for at, bookmark in enumerate(document.get_toc(max_depth=6)):
            if at >= _MOST_OUTLINE:
                return
            target = bookmark.get_dest()
            index = target.get_index() if target is not None else None
            title = tidy(bookmark.get_title() or "").strip()[:120]
            if title and index is not None and index >= 0:
                yield OutlineEntry(title, index + 1, bookmark.level + 1)


def _attachments(document: pdfium.PdfDocument) -> Iterator[str]:
    with contextlib.suppress(pdfium.PdfiumError):
        for at in range(min(document.count_attachments(), 50)):
            yield tidy(document.get_attachment(at).get_name())


def _page(document: pdfium.PdfDocument, number: int) -> Page | None:
    """Read a page. Return None when PDFium cannot read it."""
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return None
    try:
        width, height = page.get_size()
        text, lack = _text(page)
        fields, comments = annotations_of(page, document.formenv)
        look = _look(page, text, has_form=bool(fields)) or lack
        if look == SCAN:
            width, height = size_of_scan(page)
        if look == SOUP:
            text = ""
        parts = [text, "\n".join(fields), "\n".join(comments)]
        page_text = tidy("\n\n".join(part for part in parts if part.strip()))
        return Page(number, page_text, look=look, source=(f"page:{number}",), width_pt=width, height_pt=height)
    except pdfium.PdfiumError:
        return None
    finally:
        page.close()


def _text(page: pdfium.PdfPage) -> tuple[str, str]:
    """Return the text layer, and why the page should be looked at: formulas, or an order unlike that of the page."""
    try:
        layer = page.get_textpage()
    except pdfium.PdfiumError:
        return "", ""
    try:
        count = layer.count_chars()
        text = layer.get_text_range(0, min(count, _MOST_LETTERS)) if count > 0 else ""
        if not text.isascii() and RIGHT_TO_LEFT.search(text):
            return clean(lines_as_read(layer, text, _MOST_LETTERS)), ""
        if is_set_in_columns(text):
            return clean(columns_as_read(layer, _MOST_LETTERS)), ""
        pairs = pairs_of(layer, text)
        disorder = DISORDER if goes_up(layer, text) else ""
        if is_set_plainly(layer, text):
            return clean(paired(text, pairs) if pairs else text), disorder
        short = short_words(text)
        scripted = with_scripts(layer, text, short)
        if pairs and scripted.count("\n") == text.count("\n"):
            scripted = paired(scripted, pairs)
        return clean(scripted), FORMULAS if is_set_as_formulas(layer, text, short) else disorder
    finally:
        layer.close()


def _look(page: pdfium.PdfPage, text: str, *, has_form: bool) -> str:
    images, inset, paths = _drawn(page)
    packed = without_spaces(text)
    letters = len(packed)
    if letters == 0:
        return SCAN
    if is_soup(text, packed):
        return SOUP
    if has_form:
        return FORM
    if images > _FIGURE_SHARE and not (images > _SCAN_SHARE and letters > 4 * FEW_LETTERS):
        return FIGURE
    width, height = page.get_size()
    if width > height * 1.2 and letters < 1500:
        return SLIDE
    is_figure = images > _FIGURE_SHARE or (images <= _SCAN_SHARE and inset > _SMALL_SHARE)
    drawn = FIGURE if is_figure else DRAWING if paths > _MANY_PATHS else ""
    return look_of(text, letters) or drawn or (LOST if lacks_letters(text) else "")


def _drawn(page: pdfium.PdfPage) -> tuple[float, float, int]:
    """Return the share of the page that pictures cover, the share of the largest picture between lines of text, and the
    number of drawn lines and shapes.
    """
    width, height = page.get_size()
    area, inset, paths = 0.0, 0.0, 0
    for objects, kinds in _objects(page):
        paths += kinds.count(raw.FPDF_PAGEOBJ_PATH)
        for at, kind in enumerate(kinds) if _PICTURES & set(kinds) else ():
            if kind in _PICTURES:
                share, middle = _extent(objects[at])
                area += share
                if not page.get_rotation() and _EDGE < middle / max(1.0, height) < 1 - _EDGE:
                    inset = max(inset, share)
        if paths > _MANY_PATHS:
            break
    page_area = max(1.0, width * height)
    return area / page_area, inset / page_area, paths


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[list[direct.Handle], list[int]]]:
    """Yield the handles and kinds of the objects on the page and in its form objects, some at a time."""
    handle = direct.handle(page)
    count = direct.count_objects(handle)
    for start in range(0, count, _AT_A_TIME):
        objects = list(map(direct.get_object, repeat(handle), range(start, min(start + _AT_A_TIME, count))))
        kinds = list(map(direct.kind_of, objects))
        yield objects, kinds
        for form, kind in zip(objects, kinds, strict=True) if raw.FPDF_PAGEOBJ_FORM in kinds else ():
            if kind == raw.FPDF_PAGEOBJ_FORM:
                inner = list(map(direct.get_inside, repeat(form), range(direct.count_inside(form))))
                yield inner, list(map(direct.kind_of, inner))


def _extent(handle: direct.Handle) -> tuple[float, float]:
    """Return the area of an object, and the height of its middle above the bottom of the page."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not direct.bounds_of(handle, *map(ctypes.addressof, (left, bottom, right, top))):
        return 0.0, 0.0
    area = max(0.0, right.value - left.value) * max(0.0, top.value - bottom.value)
    return area, (bottom.value + top.value) / 2

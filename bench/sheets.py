"""Long sheets and decks: what they cost beside openpyxl, which gives values only: no formats, no Markdown, no notes."""

import importlib
import io
import math
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time
from typing import Any

import pptx
import xlsxwriter  # type: ignore[import-untyped]
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation
from pptx.util import Inches

from bench.figures import Row, Section
from bot.core.document import choose_pictures
from bot.documents import pages_to_images, read
from bot.documents.libreoffice import libreoffice
from tests.documents.making_office import saved

SHEETS = ((50_000, 4), (40_000, 12))
SLIDES = 60
_ROOM, _MOST = 30_000, 16  # as core.papers has it


def long_book(rows: int, columns: int) -> bytes:
    """Numbers, dates with times, words and amounts of money: no value twice in its column."""
    out, at_random = io.BytesIO(), random.Random(1)
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Orders")
    date, money = (book.add_format({"num_format": code}) for code in ("dd.mm.yyyy hh:mm", '#,##0.00 "€"'))
    sheet.write_row(0, 0, ["Id", "When", "Customer", "Amount"] * (columns // 4))
    for row in range(1, rows + 1):
        for column in range(0, columns, 4):
            sheet.write_number(row, column, row)
            sheet.write_number(row, column + 1, 45_000 + at_random.random() * 700, date)
            sheet.write_string(row, column + 2, f"Customer {row * 7 % 9973}")
            sheet.write_number(row, column + 3, at_random.random() * 1000, money)
    book.close()
    return out.getvalue()


def long_deck(slides: int = SLIDES) -> bytes:
    """A photo, a chart or a table on each slide."""
    deck: Presentation = pptx.Presentation()
    photo = Image.effect_noise((1600, 900), 60).convert("RGB")
    for number in range(slides):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        title, body = slide.shapes.title, slide.placeholders[1]
        assert title is not None
        title.text = f"Slide {number + 1}"
        body.text_frame.text = "\n".join(f"Point {at} of slide {number}" for at in range(8))
        if number % 3 == 0:
            picture = io.BytesIO()
            photo.rotate(number).save(picture, "JPEG")
            slide.shapes.add_picture(picture, Inches(5), Inches(3), width=Inches(4))
        elif number % 3 == 1:
            data = CategoryChartData()  # type: ignore[no-untyped-call]
            data.categories = list("ABCDEF")
            data.add_series("S", range(number, number + 6))  # type: ignore[no-untyped-call]
            place = Inches(5), Inches(3), Inches(4), Inches(3)
            slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
        else:
            table = slide.shapes.add_table(6, 4, Inches(1), Inches(4), Inches(8), Inches(2)).table
            for at in range(24):
                table.cell(at // 4, at % 4).text = f"r{at // 4}c{at % 4}"
    return saved(deck)


def section() -> Section:
    other = _openpyxl()
    rows = []
    for count, columns in SHEETS:
        data = long_book(count, columns)
        ours = _cpu_s(lambda data=data: read.read_document(data, "a.xlsx"))  # type: ignore[misc]
        theirs = _cpu_s(lambda data=data: other(data)) if other else math.nan  # type: ignore[misc]
        rows.append(Row(f"a sheet of {count:,} × {columns}", ours, theirs, "s", "3" if count == 50_000 else ""))
    rows += _deck_rows()
    beside = "openpyxl, read-only, values only" if other else "openpyxl is not installed"
    return Section("CPU of long sheets and decks", f"with formats, as Markdown; naive: {beside}", tuple(rows))


def _deck_rows() -> list[Row]:
    data = long_deck()
    rows = [Row(f"text of {SLIDES} slides", _cpu_s(lambda: read.read_document(data, "a.pptx", True)), "", "s")]
    soffice = libreoffice.find_office()
    if soffice:
        rows.append(Row(f"text and pictures of {SLIDES} slides", _cpu_s(lambda: _shown(data, soffice)), "", "s", "6"))
    return rows


def _shown(data: bytes, soffice: str) -> None:
    """As a question about a deck does it: text, a PDF by LibreOffice, the pictures there is room for."""
    document = read.read_document(data, "a.pptx", True)
    chosen = choose_pictures(document.pages, _ROOM, _MOST)
    with tempfile.TemporaryDirectory() as folder:
        made = libreoffice.convert(data, "pptx", "pdf", soffice, str(Path(folder)))
    for number, tokens in chosen.items():
        found = document.page(number)
        assert found is not None
        source = tuple(step.replace("office:", "page:") for step in found.source)
        pages_to_images.draw(made if source[0].startswith("page:") else data, [(number, source, tokens)])


def _cpu_s(work: Callable[[], object]) -> float:
    """Of this process and of those it starts."""
    began, children = process_time(), getrusage(RUSAGE_CHILDREN)
    work()
    ended = getrusage(RUSAGE_CHILDREN)
    others = ended.ru_utime + ended.ru_stime - children.ru_utime - children.ru_stime
    return process_time() - began + others


def _openpyxl() -> Callable[[bytes], Any] | None:
    try:
        module = importlib.import_module("openpyxl")
    except ImportError:
        return None

    def read(data: bytes) -> int:
        book = module.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return sum(len(row) for sheet in book for row in sheet.iter_rows(values_only=True))

    return read

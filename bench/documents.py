"""Documents: what reading costs beside PDFium alone, and what a page costs the model beside “all pages at 150 dpi”.

PDFium alone (`naive`) is what most bots do: the text of every page, and every page as a picture. Files are made by code
(tests/documents), so that every word in them is known.
"""

import importlib
import io
import math
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from bench import sheets, vision
from bench.figures import Row, Section
from bot.core.document import Document, choose_pictures
from bot.core.model.tokens import estimate_tokens, image_tokens
from bot.documents import read
from bot.documents.document_reader import DocumentReader
from bot.documents.pdf import draw, pdf
from bot.documents.sandbox.sandbox import Sandbox
from tests.documents import pdfs
from tests.documents.making import everything
from tests.documents.making_office import PROSE, book_xlsx, deck_pptx, report_docx
from tests.documents.recall import measure

PAGES, FEW_PAGES = 300, 20
NAIVE_DPI = 150
PICTURE_ROOM, MOST_PICTURES = 30_000, 16  # as core.papers has it
ROUNDS, TURNS = 3, 8
OFFICE = {"Word, 2 pages and a picture": report_docx, "PowerPoint, 2 slides": deck_pptx, "Excel, 2 sheets": book_xlsx}

_NUMBERS = "Region {0}   12.5   14.{0}   9.75   {0}03   48.2 %"
_DRAWN = b" ".join(b"%d %d m %d %d l S" % (at % 500, at * 7 % 800, at * 3 % 500, at * 5 % 800) for at in range(400))


def paper(count: int) -> bytes:
    """Of ten pages seven are prose, two tables of numbers, one has no text layer."""
    prose = pdfs.lines([PROSE[at % 60 : at % 60 + 92] for at in range(45)])
    figures = pdfs.lines([_NUMBERS.format(at) for at in range(40)])
    return pdfs.pages([_DRAWN if at % 10 == 9 else figures if at % 10 in {3, 6} else prose for at in range(count)])


def sections() -> list[Section]:
    """Under two minutes; all in this process but LibreOffice and Tesseract."""
    found = [_cpu_section(), sheets.section(), _token_section(), vision.section(), _recall_section()]
    return [section for section in found if section is not None]


async def long_section(count: int = PAGES) -> Section:
    """A long PDF end to end as the bot reads it: worker processes, text of all pages, pictures of the chosen ones."""
    data = paper(count)
    async with Sandbox(workers=1, memory_bytes=1 << 30) as sandbox:
        began = time.monotonic()
        reader = DocumentReader(sandbox, "")
        document = await reader.read(data, "long.pdf")
        read_s = time.monotonic() - began
        drawn = await reader.render(data, document, choose_pictures(document.pages, PICTURE_ROOM, MOST_PICTURES))
        ours = Whole(time.monotonic() - began, await sandbox.run(peak_mb), document.text_tokens, len(drawn))
    async with Sandbox(workers=1, timeout_s=60.0, memory_bytes=1 << 30) as sandbox:
        naive = await sandbox.run(naive_whole, data)
    rows = (
        Row("text of all pages", read_s, "", "s"),
        Row("text and pictures", ours.seconds, naive.seconds, "s"),
        Row("peak memory of the worker", ours.peak_mb, naive.peak_mb, "MB"),
        Row("pictures", ours.pictures, naive.pictures),
        Row("tokens of the text", ours.text_tokens, naive.text_tokens),
    )
    return Section(f"A PDF of {count} pages", f"naive: PDFium alone, every page at {NAIVE_DPI} dpi", rows)


@dataclass(frozen=True, slots=True)
class Whole:
    seconds: float
    peak_mb: float
    text_tokens: int
    pictures: int


def naive_whole(data: bytes) -> Whole:
    began = time.monotonic()
    document = pdfium.PdfDocument(data)
    tokens = sum(estimate_tokens(naive_text(document, at)) for at in range(len(document)))
    for at in range(len(document)):
        naive_picture(document, at)
    return Whole(time.monotonic() - began, peak_mb(), tokens, len(document))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def naive_text(document: pdfium.PdfDocument, at: int) -> str:
    return str(document[at].get_textpage().get_text_range())


def naive_picture(document: pdfium.PdfDocument, at: int) -> tuple[int, int]:
    picture = document[at].render(scale=NAIVE_DPI / 72).to_pil().convert("RGB")
    picture.save(io.BytesIO(), "JPEG", quality=85)
    return int(picture.width), int(picture.height)


def plain_render(document: pdfium.PdfDocument, at: int) -> object:
    """Nothing is encoded: what no way of sending a page can do without."""
    return document[at].render(scale=120 / 72).to_pil().convert("RGB")


def _cpu_section() -> Section:
    data = paper(FEW_PAGES)
    bare = pdfium.PdfDocument(data)
    tokens = {page.number: page.tokens_at(120) for page in read.read_document(data).pages}
    read_ms, bare_ms = _in_turn_ms(
        lambda: pdf.read_pages(data, 1, FEW_PAGES),
        lambda: [naive_text(bare, at) for at in range(FEW_PAGES)],
    )
    drawn_ms, naive_ms, plain_ms = _in_turn_ms(  # by themselves: pictures fill the caches, and the next one pays
        lambda: draw.draw_pages(data, tuple(tokens.items())),
        lambda: [naive_picture(bare, at) for at in range(FEW_PAGES)],
        lambda: [plain_render(bare, at) for at in range(FEW_PAGES)],
    )
    rows = [
        Row("text of a PDF's page", read_ms / FEW_PAGES, bare_ms / FEW_PAGES, "ms", "1.5 ×"),
        Row("picture of a PDF's page", drawn_ms / FEW_PAGES, naive_ms / FEW_PAGES, "ms"),
        Row("the same beside a plain render at 120 dpi", drawn_ms / FEW_PAGES, plain_ms / FEW_PAGES, "ms", "3 ×"),
    ]
    other = _markitdown()
    for name, make in OFFICE.items():
        made = make()
        theirs = _cpu_ms(lambda made=made: other(made)) if other else math.nan  # type: ignore[misc]
        rows.append(Row(name, _cpu_ms(lambda made=made: read.read_document(made)), theirs, "ms"))  # type: ignore[misc]
    beside = "Office: markitdown" if other else "markitdown is not installed"
    how = f"least of {ROUNDS} rounds (PDF {TURNS}); ours at 120 dpi; naive: PDFium at {NAIVE_DPI} dpi, JPEG; {beside}"
    return Section("CPU of reading, in the worker", how, tuple(rows))


def _token_section() -> Section:
    document = read.read_document(paper(10))
    chosen = choose_pictures(document.pages, PICTURE_ROOM, MOST_PICTURES)
    rows = []
    for name, numbers in (("prose", (1,)), ("a table", (4,)), ("no text layer", (10,)), ("all ten", range(1, 11))):
        pages = [document.pages[number - 1] for number in numbers]
        ours = sum(estimate_tokens(page.text) + chosen.get(page.number, 0) for page in pages) / len(pages)
        rows.append(Row(f"page: {name}", ours, _all_as_pictures(document), "tokens"))
    how = f"ours: its text, and its picture where looking matters; naive: every page at {NAIVE_DPI} dpi, without text"
    return Section("Tokens of an A4 page", how, tuple(rows))


def _recall_section() -> Section:
    found = measure(everything())
    rows = tuple(Row(f"{kind} ({count})", score, "", "") for kind, (count, score) in sorted(found.items()))
    return Section("Words found, of those in the file", "1 is all of them; the files of tests/documents/making", rows)


def _all_as_pictures(document: Document) -> float:
    page = document.pages[0]
    return image_tokens(*(round(side * NAIVE_DPI / 72) for side in (page.width_pt, page.height_pt)))


def _in_turn_ms(*works: Callable[[], object]) -> list[float]:
    """The least of each, in rounds: what else the machine does hits all of them."""
    return [min(times) for times in zip(*([_once_ms(work) for work in works] for _ in range(TURNS)), strict=True)]


def _once_ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def _cpu_ms(work: Callable[[], object]) -> float:
    return min(_once_ms(work) for _ in range(ROUNDS))


def _markitdown() -> Callable[[bytes], object] | None:
    try:
        module = importlib.import_module("markitdown")
    except ImportError:
        return None
    converter = module.MarkItDown()
    return lambda data: converter.convert_stream(io.BytesIO(data))

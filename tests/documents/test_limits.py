"""Every reader under small limits of time and memory: so far, and where it stopped; not nothing, not “all of it”."""

import io
import json
import re
from collections.abc import Callable, Iterator

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from bot.core.document import Document
from bot.documents.read import read_document
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError, FileTooSlow
from bot.playground.checks import PATIENCE_S
from tests.documents import making_type, pdfs, test_deadline
from tests.documents.making import Known, everything, opendocument
from tests.documents.making_office import para, word, zipped
from tests.documents.old_office import doc, look, ppt
from tests.documents.ole_files import outlook_message
from tests.documents.recall import words
from tests.documents.test_deadline import ticking

LINE = "line {} of a long file end"
STOPPED = re.compile(
    "longer than I have|more memory than I have|rows .* were read|only (its|the) first|more than I can hold|took too"
)
LIMITS_S = (1, 2, 3, 5, 8, 12, 18, 30, 60, 150, 500)
MOST_FOR_NOTHING_S = 8  # looks at the clock; after so many, something was read of every kind
MEGABYTE = 1 << 20
ROOM_MB = 24


def old_doc(count: int = 600) -> bytes:
    return doc([(f"{LINE.format(at)}\r", look()) for at in range(count)])


def old_ppt(count: int = 60) -> bytes:
    return ppt([(LINE.format(at), ["more"], "") for at in range(count)])


def pdf(count: int = 60) -> bytes:
    return pdfs.pages([pdfs.lines([LINE.format(at)]) for at in range(count)])


def pdf_in_zip() -> bytes:
    return zipped({"long.pdf": pdf()})


def shared_strings(count: int = 600) -> bytes:
    """A book whose strings stand apart from its cells, as Excel writes it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for at in range(count):
        sheet.write_string(at, 0, LINE.format(at))
    book.close()
    return out.getvalue()


def samples() -> Iterator[Known]:
    yield from everything()
    for name, make in (*vars(test_deadline).items(), *vars(making_type).items()):
        if name.endswith(("_file", "_table")) or (name.startswith("in_") and name != "in_"):
            yield Known(name, "", make(), "")
    for make in (old_doc, old_ppt, pdf, pdf_in_zip, shared_strings, outlook_message):
        yield Known(make.__name__, "", make(), "")


SAMPLES = list(samples())


def text_of(document: Document) -> str:
    return "\n".join(page.text for page in document.pages)


@pytest.mark.parametrize("file", SAMPLES, ids=lambda file: f"{file.kind} {file.name}".strip())
def test_out_of_time_means_so_far_and_says_where_it_stopped(file: Known) -> None:
    whole = read_document(file.data, file.name)
    for limit_s in LIMITS_S:
        try:
            part = read_document(file.data, file.name, seconds=limit_s, now=ticking())
        except FileTooSlow:
            assert limit_s <= MOST_FOR_NOTHING_S
            continue
        assert text_of(part).strip() or part.pages
        if text_of(part) != text_of(whole):
            assert [note for note in part.notes if STOPPED.search(note)], (limit_s, part.notes)
            said = text_of(part).rpartition(text_of(part).split()[-1])[0]  # the last word may be cut
            assert not words(said) - words(text_of(whole))
        else:
            assert set(part.notes) >= set(whole.notes)


def paragraphs(count: int) -> str:
    return "".join(f"<p>{LINE.format(at)}</p>" for at in range(count))


LARGE: dict[str, Callable[[], bytes]] = {
    "text.txt": lambda: "".join(f"{LINE.format(at)}\n" for at in range(400_000)).encode(),
    "rows.csv": lambda: "".join(f"{at},{LINE.format(at)}\n" for at in range(300_000)).encode(),
    "data.json": lambda: json.dumps([LINE.format(at) for at in range(250_000)]).encode(),
    "page.html": f"<html><body>{paragraphs(150_000)}</body></html>".encode,
    "letter.rtf": lambda: b"{\\rtf1 " + b"".join(b"line %d end\\par " % at for at in range(120_000)) + b"}",
    "report.docx": lambda: word("".join(para(LINE.format(at)) for at in range(60_000))),
    "minutes.odt": lambda: opendocument(
        "text",
        f"<office:body><office:text>{paragraphs(100_000).replace('p>', 'text:p>')}</office:text></office:body>",
    ),
    "old.doc": lambda: old_doc(40_000),
    "old.ppt": lambda: old_ppt(2_000),
    "long.pdf": lambda: pdf(600),
    "all.zip": lambda: zipped({"a.txt": "small words", "b.html": f"<html><body>{paragraphs(150_000)}</body></html>"}),
}


@pytest.mark.parametrize("name", LARGE)
async def test_out_of_memory_means_so_far_and_says_so(name: str) -> None:
    data = LARGE[name]()
    async with Sandbox(workers=1, timeout_s=PATIENCE_S, memory_bytes=len(data) * 2 + ROOM_MB * MEGABYTE) as sandbox:
        try:
            part = await sandbox.run(read_document, data, name)
        except FileError as error:
            pytest.fail(f"{type(error).__name__}: {error.detail}")
    assert "line 0" in text_of(part) or "small words" in text_of(part)
    assert [note for note in part.notes if STOPPED.search(note)] or text_of(part) == text_of(read_document(data, name))

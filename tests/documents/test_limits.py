"""Every reader under small limits of time and memory: so far, and where it stopped; not nothing, not “all of it”."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from bot.core.document import Document
from bot.documents.document_reader import DocumentReader
from bot.documents.read import read_document
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError, FileTooSlow
from tests.checks import PATIENCE_S
from tests.documents import making_type, pdfs, test_deadline
from tests.documents.making import Known, everything, opendocument
from tests.documents.making_office import para, word, zipped
from tests.documents.old_office import doc, look, ppt
from tests.documents.ole_files import outlook_message
from tests.documents.recall import words
from tests.documents.sheets.test_xlsx import with_rows
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


def shared_book(count: int = 40_000) -> bytes:
    return shared_strings(count)


def inline_book(count: int = 40_000) -> bytes:
    rows = (f'<row r="{at + 1}"><c r="A{at + 1}" t="str"><v>{LINE.format(at)}</v></c></row>' for at in range(count))
    return with_rows("".join(rows))


def in_opendocument(kind: str, one: str, count: int) -> bytes:
    inside = "".join(one.format(f"<text:p>{LINE.format(at)}</text:p>") for at in range(count))
    inside = f"<table:table table:name='T'>{inside}</table:table>" if kind == "spreadsheet" else inside
    return opendocument(kind, f"<office:body><office:{kind}>{inside}</office:{kind}></office:body>")


ROW = "<table:table-row><table:table-cell>{}</table:table-cell></table:table-row>"
SLIDE = "<draw:page><draw:frame><draw:text-box>{}</draw:text-box></draw:frame></draw:page>"


def long_slide(count: int = 40_000) -> bytes:
    """One slide with all of it."""
    deck, part = zipfile.ZipFile(io.BytesIO(test_deadline.pptx_file())), "ppt/slides/slide1.xml"
    before, end, after = deck.read(part).decode().rpartition("</p:txBody>")
    lines = "".join(f"<a:p><a:r><a:t>{LINE.format(at)}</a:t></a:r></a:p>" for at in range(count))
    members: dict[str, str | bytes] = {name: deck.read(name) for name in deck.namelist()}
    return zipped({**members, part: before + lines + end + after})


def long_book(chapters: int = 30) -> bytes:
    with zipfile.ZipFile(io.BytesIO(test_deadline.epub_file())) as book:
        members: dict[str, str | bytes] = {name: book.read(name) for name in book.namelist()}
    for at in range(chapters):
        members[f"{at}.xhtml"] = f"<html><body>{paragraphs(3000)}</body></html>"
    return zipped(members)


def mail(text: str, subtype: str = "plain", attached: dict[str, bytes] | None = None) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "line 0"
    message.set_content(text, subtype=subtype)
    for name, content in (attached or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def mailbox(count: int = 60) -> bytes:
    one = mail("".join(f"{LINE.format(at)}\n" for at in range(1500)))
    return b"".join(b"From a@example.com Thu Jan  1 00:00:00 2026\n" + one + b"\n\n" for _ in range(count))


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
    "shared.xlsx": shared_book,
    "inline.xlsx": inline_book,
    "table.ods": lambda: in_opendocument("spreadsheet", ROW, 60_000),
    "slides.odp": lambda: in_opendocument("presentation", SLIDE, 20_000),
    "slide.pptx": long_slide,
    "book.epub": long_book,
    "words.eml": lambda: mail("".join(f"{LINE.format(at)}\n" for at in range(60_000))),
    "page.eml": lambda: mail(f"<html><body>{paragraphs(60_000)}</body></html>", "html"),
    "books.eml": lambda: mail("line 0", attached={f"{at}.xlsx": shared_strings(15_000) for at in range(4)}),
    "mails.mbox": mailbox,
    "long.msg": lambda: outlook_message("".join(f"{LINE.format(at)}\r\n" for at in range(60_000))),
    "book.zip": lambda: zipped({"a.txt": "small words", "b.xlsx": inline_book()}),
    "all.zip": lambda: zipped({"a.txt": "small words", "b.html": f"<html><body>{paragraphs(150_000)}</body></html>"}),
}


@pytest.mark.parametrize("name", LARGE)
async def test_out_of_memory_means_so_far_and_says_so(name: str) -> None:
    data = LARGE[name]()
    async with Sandbox(workers=1, timeout_s=PATIENCE_S, memory_bytes=len(data) * 2 + ROOM_MB * MEGABYTE) as sandbox:
        try:
            part = await DocumentReader(sandbox, "", "").read(data, name, limit_s=PATIENCE_S)
        except FileError as error:
            pytest.fail(f"{type(error).__name__}: {error.detail}")
    assert "line 0" in text_of(part) or "small words" in text_of(part)
    is_said = any(map(STOPPED.search, part.notes))
    assert is_said or len(text_of(part)) >= len(text_of(read_document(data, name)))  # which reads 200 pages of a PDF

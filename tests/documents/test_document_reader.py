import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import pytest

from bot.core.document import Document, choose_pictures
from bot.documents.document_reader import DocumentReader
from bot.documents.libreoffice import libreoffice
from bot.documents.libreoffice.libreoffice import with_old_numbers
from bot.documents.pages.notices import PREVIEW_ONLY
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileBroken, FileError, FileProtected, FileTooSlow, FileUnsupported
from bot.read import MEMORY_BYTES
from tests.checks import PATIENCE_S
from tests.documents import pdfs, pure
from tests.documents.drawn_pages import page, png
from tests.documents.making import archive_zip, opendocument
from tests.documents.making_office import DECK_WORDS, PROSE, REPORT_WORDS, deck_pptx, para, report_docx, word, zipped
from tests.documents.old_office import doc, look, ppt
from tests.documents.ole_files import ole
from tests.documents.recall import missing, recall
from tests.waiting import FOR_EVER_S

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SPENT_S = 1.2


async def read(data: bytes, name: str = "", *, timeout_s: float = 10.0) -> Document:
    async with Sandbox(workers=1, timeout_s=timeout_s) as sandbox:
        return await DocumentReader(sandbox, "").read(data, name)


async def test_text_first_and_pictures_after() -> None:
    data = pdfs.pages([pdfs.lines([f"{number}: {PROSE[:70]}" for number in range(40)]), b"9 9 99 99 re f"] * 50)
    seen: list[tuple[int, int]] = []
    async with Sandbox(workers=1) as sandbox:
        reader = DocumentReader(sandbox, "")
        document = await reader.read(data, "a.pdf", progress=lambda done, count: seen.append((done, count)))
        assert len(document.pages) == 100
        assert seen == [(40, 100), (80, 100), (100, 100)]
        tokens = choose_pictures(document.pages[:12], 6000)
        drawn = await reader.render(data, document, tokens)
    assert [number for number, _ in drawn] == [2, 4, 6, 8, 10, 12]
    assert sum(prepared.tokens for _, prepared in drawn) <= 6000


async def test_pictures_inside_office_files_and_archives_are_drawn() -> None:
    async with Sandbox(workers=1) as sandbox:
        reader = DocumentReader(sandbox, "")
        for data, number in ((report_docx(), 3), (archive_zip(), 5)):
            document = await reader.read(data)
            page = document.page(number)
            assert page is not None
            assert page.look == "a picture"
            drawn = await reader.render(data, document, {number: 300})
            assert [at for at, _ in drawn] == [number]
            assert (drawn[0][1].source_width, drawn[0][1].source_height) == (600, 400), "as it lies in the file"


async def test_a_part_of_a_picture_inside_another_file_is_cut_at_its_own_resolution() -> None:
    async with Sandbox(workers=1) as sandbox:
        reader = DocumentReader(sandbox, "")
        for data, number in ((report_docx(), 3), (archive_zip(), 5)):
            document = await reader.read(data)
            part = await reader.crop(data, document, number, (0, 0, 500, 500), 6144)
            assert part is not None
            assert (part.source_width, part.source_height) == (600, 400)
            assert part.width >= 300  # half of its 600
            assert await reader.crop(data, document, 1, (0, 0, 500, 500), 6144) is None
            with pytest.raises(ValueError, match="left < right"):
                await reader.crop(data, document, number, (500, 0, 0, 500), 6144)


async def test_a_file_that_takes_too_long_ends_in_time() -> None:
    async with asyncio.timeout(PATIENCE_S), Sandbox(workers=1, timeout_s=FOR_EVER_S) as sandbox:
        reader = DocumentReader(sandbox, "")
        with pytest.raises(FileTooSlow):
            await reader.read(pdfs.self_referencing(), limit_s=0.3)
        with pytest.raises(FileTooSlow):
            await reader.read(b"{\\rtf1 " + b"\\par word " * 400_000, limit_s=0.01)
        document = await reader.read(pdfs.pages([b"9 9 99 99 re f"]))
        assert await reader.render(pdfs.vector_bomb(), document, {1: 6000}, limit_s=0.3) == ()


async def test_old_office_files_that_are_cut_off_are_called_damaged() -> None:
    whole = ole({"WordDocument": bytes(12)})
    for cut in (whole[:1200], whole[:512] + bytes(4000)):
        with pytest.raises(FileBroken):
            await read(cut)


async def test_a_file_of_no_known_kind_is_called_damaged_where_its_name_promises_one() -> None:
    nothing = b"\xd0\xcf\x11\xe0" + b"\x01\xff\x02\x00" * 500
    with pytest.raises(FileBroken, match="not as named") as broken:
        await read(nothing, "Quarter.PPT")
    assert broken.value.user_message.startswith("named as a PPT file, but")
    with pytest.raises(FileUnsupported) as refused:
        await read(nothing, "Quarter.xyz")
    assert "a kind of file I don't know" in refused.value.user_message
    document = await read(zipped({"ok.txt": "fine", "Quarter.ppt": nothing}))
    assert document.notes[0].startswith("Quarter.ppt: named as a PPT file")


async def test_a_document_survives_its_json() -> None:
    document = await read(deck_pptx())
    assert Document.from_json(document.to_json()) == document


async def test_a_page_that_takes_too_long_costs_that_page_only() -> None:
    document = await read(pdfs.one_bad_page(["Good words", "More words"]), timeout_s=SPENT_S)
    assert [page.text for page in document.pages] == ["Good words", "More words", ""]
    assert document.notes == ("page 3 could not be read: it is damaged, or takes more time or memory than I have",)


async def reason(reader: DocumentReader, data: bytes, name: str) -> str:
    """What is said about it: why it was refused, or what was left out."""
    try:
        document = await reader.read(data, name, limit_s=2.0)
    except FileError as error:
        return error.user_message
    return "; ".join(document.notes)


async def test_bombs_end_in_time_with_a_reason() -> None:
    hostile = {
        "selfref.pdf": pdfs.self_referencing(),
        "stream.pdf": pdfs.nested_stream_bomb(200_000_000),
        "deep.docx": word("<w:tbl><w:tr><w:tc>" * 2000),
    }
    async with (
        asyncio.timeout(PATIENCE_S),
        Sandbox(workers=1, timeout_s=FOR_EVER_S, memory_bytes=300 << 20) as sandbox,
    ):
        reader = DocumentReader(sandbox, "")
        for name, data in hostile.items():
            assert await reason(reader, data, name)
        assert (await reader.read(b"still alive")).pages[0].text == "still alive"


async def test_entities_are_not_opened() -> None:
    xml = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>&f;</w:document>"
    )
    office_file = zipped({"[Content_Types].xml": _types(), "word/document.xml": xml})
    with pytest.raises(FileBroken) as refused:
        await read(office_file)
    assert "entity" in refused.value.user_message


def _types() -> str:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'


async def test_content_counts_and_not_the_name() -> None:
    assert (await read(report_docx(), "report.pdf")).kind == "docx"
    assert (await read(b"just words", "report.pdf")).kind == "text"


async def test_a_member_that_breaks_the_worker_does_not_cost_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"bomb.pdf": pdfs.doubling_forms(), "ok.txt": "fine"})
    document = await read(data, timeout_s=SPENT_S)
    assert "ok.txt" in document.pages[0].text
    assert any("bomb.pdf" in note for note in document.notes)


async def test_old_formats_without_libreoffice_say_what_to_do() -> None:
    with pytest.raises(FileUnsupported) as refused:
        await read(ole({"WordDocument": bytes(12)}))
    assert "LibreOffice" in refused.value.user_message
    assert "DOCX" in refused.value.user_message


async def test_passwords_of_office_files_are_named() -> None:
    for streams in ({"EncryptedPackage": b"x"}, {"WordDocument": bytes(10) + b"\x00\x01"}):
        with pytest.raises(FileProtected) as locked:
            await read(ole(streams))
        assert "password" in locked.value.user_message


@pytest.fixture
def soffice() -> str:
    found = libreoffice.find_office()
    if not found:
        pytest.skip("LibreOffice is not installed")
    return found


def made(data: bytes, kind: str, to: str, soffice: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return libreoffice.convert(data, kind, to, soffice, folder)


@pytest.mark.parametrize(
    ("to", "kind", "original", "known"),
    [("doc", "docx", report_docx, REPORT_WORDS), ("ppt", "pptx", deck_pptx, DECK_WORDS)],
)
async def test_libreoffice_reads_old_formats(
    soffice: str, to: str, kind: str, original: Callable[[], bytes], known: str
) -> None:
    data = made(original(), kind, to, soffice)
    async with Sandbox(workers=1, memory_bytes=MEMORY_BYTES) as sandbox:
        reader = DocumentReader(sandbox)
        document = await reader.read(data, "misnamed.pdf")
        assert document.kind == to
        assert recall(document, known) == 1.0, missing(document, known)
        shown = next(page.number for page in document.pages if page.can_be_shown)
        drawn = await reader.render(data, document, {shown: 800})
        part = await reader.crop(data, document, shown, (0, 0, 500, 500), 800)
    assert [number for number, _ in drawn] == [shown]
    assert part is not None


BOOK = b"""<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Stock"><Table><Row><Cell><Data ss:Type="String">Bolts</Data></Cell>
<Cell><Data ss:Type="Number">7.5</Data></Cell></Row></Table></Worksheet></Workbook>"""


SVG = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
OLD_LIST = (
    '<m:manifest xmlns:m="http://openoffice.org/2001/manifest">'
    '<m:file-entry m:media-type="application/vnd.sun.xml.writer" m:full-path="/"/>'
    '<m:file-entry m:media-type="text/xml" m:full-path="content.xml"/></m:manifest>'
)
OLD_TEXT = """<?xml version="1.0"?>
<office:document-content xmlns:office="http://openoffice.org/2000/office" xmlns:text="http://openoffice.org/2000/text"
 office:class="text" office:version="1.0"><office:body><text:p>Minutes of 2003</text:p></office:body>
</office:document-content>"""


@pytest.mark.parametrize(("to", "kind"), [("fodt", "fodt"), ("xml:MS Word 2003 XML", "word-xml"), ("", "excel-xml")])
async def test_documents_in_one_xml_file_are_read_as_documents(soffice: str, to: str, kind: str) -> None:
    data = made(word(para("Minutes of March")), "docx", to, soffice) if to else BOOK
    async with Sandbox(workers=1, memory_bytes=MEMORY_BYTES) as sandbox:
        document = await DocumentReader(sandbox, soffice).read(data, "export.xls")
        alone = await DocumentReader(sandbox, "").read(data)
    wanted = "| Bolts | 7.5 |" if data is BOOK else "Minutes of March"
    assert document.kind == kind
    assert wanted in document.pages[0].text
    assert "<" not in document.pages[0].text
    assert "Bolts" in "".join(page.text for page in alone.pages) or data is not BOOK


async def test_drawings_and_files_of_openoffice_1_are_read_and_drawn(soffice: str) -> None:
    box = "<draw:frame svg:width='9cm' svg:height='2cm'><draw:text-box><text:p>Ground floor</text:p></draw:text-box>"
    sheet = f"<draw:page xmlns:svg='{SVG}'>{box}</draw:frame></draw:page>"
    plan = opendocument("graphics", f"<office:body><office:drawing>{sheet}</office:drawing></office:body>")
    old = zipped(
        {"mimetype": "application/vnd.sun.xml.writer", "content.xml": OLD_TEXT, "META-INF/manifest.xml": OLD_LIST}
    )
    async with Sandbox(workers=1, memory_bytes=MEMORY_BYTES) as sandbox:
        reader = DocumentReader(sandbox, soffice)
        drawing = await reader.read(plan)
        drawn = await reader.render(plan, drawing, {1: 800})
        flat = await reader.read(made(plan, "odg", "fodg", soffice))
        text = await reader.read(old)
        with pytest.raises(FileUnsupported, match="sxw") as refused:
            await DocumentReader(sandbox, "").read(old)
    assert [(page.text, page.look) for page in drawing.pages] == [("Ground floor", "a drawing")]
    assert [number for number, _ in drawn] == [1]
    assert (flat.kind, flat.pages[0].text) == ("fodg", "Ground floor")
    assert (text.kind, text.pages[0].text) == ("sxw", "Minutes of 2003")
    assert "save it as DOCX" in refused.value.user_message


async def test_of_a_file_of_apples_the_preview_is_read_where_nothing_opens_it() -> None:
    history: dict[str, str | bytes] = {"Metadata/BuildVersionHistory.plist": "x", "Index/Document.iwa": "x"}
    shown = pdfs.pages([pdfs.lines([PROSE])])
    async with Sandbox(workers=1, memory_bytes=MEMORY_BYTES) as sandbox:
        reader = DocumentReader(sandbox, "")
        data = zipped({**history, "preview.jpg": png(page((300, 200), 20))})
        picture = await reader.read(data, "Plan.key")
        drawn = await reader.render(data, picture, {1: 800})
        pages = await reader.read(zipped({**history, "QuickLook/Preview.pdf": shown}), "Plan.pages")
        with pytest.raises(FileProtected):
            await reader.read(zipped({**history, ".iwpv2": "x"}), "Plan.pages")
        with pytest.raises(FileUnsupported) as refused:
            await reader.read(zipped(history), "Plan.numbers")
    assert [number for number, _ in drawn] == [1]
    assert (pages.kind, pages.pages[0].text[:13]) == ("pages", PROSE[:13])
    assert picture.notes == pages.notes == (PREVIEW_ONLY,)
    assert "a Numbers spreadsheet" in refused.value.user_message


async def test_libreoffice_draws_slides(soffice: str) -> None:
    async with Sandbox(workers=1) as sandbox:
        reader = DocumentReader(sandbox)
        deck = deck_pptx()
        document = await reader.read(deck)
        drawn = await reader.render(deck, document, {1: 800})
        part = await reader.crop(deck, document, 1, (0, 0, 500, 500), 800)
        rtf = await reader.read(rb"{\rtf1\ansi Old \b words\b0\par")
    assert (drawn[0][1].source_width, drawn[0][1].source_height) == (720, 540), "points of the slide, as a PDF has them"
    assert part is not None
    assert "Old words" in rtf.pages[0].text
    assert "cut off" in rtf.notes[0]


async def test_lists_from_before_word_97_keep_their_numbers(soffice: str) -> None:
    item = rb"\pard{\pntext\f0 %d.\tab}{\*\pn\pnlvlbody\pnstart1\pndec{\pntxta .}}\fi-360\li360 %s\par"
    data = rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}" + item % (1, b"one") + item % (2, b"two") + b"}"
    assert with_old_numbers(data) != data
    assert with_old_numbers(data + rb"{\listtext 1.}") == data + rb"{\listtext 1.}"
    async with Sandbox(workers=1) as sandbox:
        document = await DocumentReader(sandbox, soffice).read(data)
    assert "1.\tone" in document.pages[0].text
    assert "2.\ttwo" in document.pages[0].text


async def test_a_presentation_that_cannot_be_converted_is_not_tried_for_every_page(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\necho tried >> {tmp_path}/tries\n")
    program.chmod(0o755)
    deck = deck_pptx()
    async with Sandbox(workers=1, folder=tmp_path) as sandbox:
        reader = DocumentReader(sandbox, str(program))
        document = await reader.read(deck)
        slides = replace(document, pages=tuple(replace(document.pages[0], number=at) for at in range(1, 13)))
        drawn = await reader.render(deck, slides, dict.fromkeys(range(1, 13), 800))
    assert drawn == ()
    assert (tmp_path / "tries").read_text() == "tried\n"


async def test_an_office_that_hangs_is_stopped(tmp_path: Path) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 3600\n")
    program.chmod(0o755)
    async with asyncio.timeout(PATIENCE_S), Sandbox(workers=1, timeout_s=FOR_EVER_S) as sandbox:
        reader = DocumentReader(sandbox, str(program))
        reader.office_s = 0.5
        document = await reader.read(rb"{\rtf1 words}")
    assert document.pages[0].text == "words"  # RTF is read without it


class Waiting(Sandbox):
    """Conversions end with this error; `asked` is how long each might have taken."""

    error: Exception = FileTooSlow("soffice")
    asked: tuple[float | None, ...] = ()

    async def run(self, function: Callable[[*Ts], T], *args: *Ts, timeout_s: float | None = None) -> T:
        if getattr(function, "__name__", "") == libreoffice.convert.__name__:
            self.asked = (*self.asked, timeout_s)
            raise self.error
        return await super().run(function, *args, timeout_s=timeout_s)


async def test_a_conversion_leaves_the_time_to_read_without_it() -> None:
    async with Waiting(workers=1) as sandbox:
        document = await DocumentReader(sandbox, "/bin/true").read(rb"{\rtf1 words}", limit_s=PATIENCE_S)
    assert document.pages[0].text == "words"
    assert [seconds is not None and seconds < 0.7 * PATIENCE_S for seconds in sandbox.asked] == [True]


@pytest.mark.parametrize("data", [doc([("words\r", look())]), ppt([("words", [], "")])])
async def test_old_office_files_have_their_words_when_there_is_no_time_to_convert_them(data: bytes) -> None:
    async with Waiting(workers=1) as sandbox:
        document = await DocumentReader(sandbox, "/bin/true").read(data, limit_s=PATIENCE_S)
    assert "words" in document.pages[0].text
    assert any("only its words were read" in note for note in document.notes)


async def test_an_old_office_file_that_only_libreoffice_reads_is_not_said_to_want_libreoffice() -> None:
    async with Waiting(workers=1) as sandbox:
        with pytest.raises(FileTooSlow):
            await DocumentReader(sandbox, "/bin/true").read(ole({"WordDocument": bytes(12)}), limit_s=PATIENCE_S)


async def test_pictures_that_need_no_conversion_are_drawn_when_the_time_is_up() -> None:
    data = report_docx()
    async with Waiting(workers=1) as sandbox:
        sandbox.error = TimeoutError()
        reader = DocumentReader(sandbox, "/bin/true")
        picture = (await reader.read(data)).pages[-1]
        slow = replace(picture, number=1, source=("as:pdf", "page:1"))
        document = Document("docx", (slow, replace(picture, number=2)))
        drawn = await reader.render(data, document, {1: 800, 2: 800})
    assert [number for number, _ in drawn] == [2]


class Hanging(Sandbox):
    async def run(self, function: Callable[[*Ts], T], *args: *Ts, timeout_s: float | None = None) -> T:
        if getattr(function, "__name__", "") == libreoffice.convert.__name__:
            await asyncio.Event().wait()
        return await super().run(function, *args, timeout_s=timeout_s)


async def test_a_conversion_waits_for_others_no_longer_than_it_may_take() -> None:
    async with asyncio.timeout(PATIENCE_S), Hanging(workers=1) as sandbox:
        reader = DocumentReader(sandbox, "/bin/true")
        reader.office_s = 0.2
        both = (reader.read(rb"{\rtf1 words}", limit_s=FOR_EVER_S), reader.read(rb"{\rtf1 more}", limit_s=FOR_EVER_S))
        found = await asyncio.gather(*both)
    assert [document.pages[0].text for document in found] == ["words", "more"]


class Dying(Sandbox):
    """The first reading ends its worker, as many as `deaths`."""

    deaths = 1

    async def run(self, function: Callable[[*Ts], T], *args: *Ts, timeout_s: float | None = None) -> T:
        if self.deaths:
            self.deaths -= 1
            await super().run(pure.abort)
        return await super().run(function, *args, timeout_s=timeout_s)


async def test_a_file_whose_reading_ends_the_worker_is_read_in_less_memory() -> None:
    async with Dying(workers=1) as sandbox:
        document = await DocumentReader(sandbox, "").read(word(para("words")))
    assert "words" in document.pages[0].text


async def test_a_file_whose_reading_always_ends_the_worker_is_told_as_that() -> None:
    async with Dying(workers=1) as sandbox:
        sandbox.deaths = 9
        with pytest.raises(FileBroken) as ended:
            await DocumentReader(sandbox, "").read(word(para("words")))
    assert "damaged or takes more memory than I have" in ended.value.user_message
    assert sandbox.deaths == 7

"""Windows drawings inside documents: drawn where LibreOffice is, else named."""

import io
import struct
import zipfile

import pytest

from bot.documents.document_reader import DocumentReader
from bot.documents.libreoffice import libreoffice
from bot.documents.libreoffice.metafile import size_px, within
from bot.documents.read import read_document
from bot.documents.sandbox.sandbox import Sandbox
from tests.documents.making_office import RELS, word, zipped
from tests.documents.making_type import with_part


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", kind, 8 + len(body)) + body


def emf() -> bytes:
    """A black square of 10 cm in a drawing of 20 cm."""
    black = record(39, struct.pack("<IIII", 1, 0, 0, 0)) + record(37, struct.pack("<I", 1))  # a brush, and to take it
    square = record(43, struct.pack("<4i", 189, 189, 567, 567))
    end = record(14, struct.pack("<III", 0, 0, 20))
    records = black + square + end
    head = struct.pack("<4i4i", 0, 0, 755, 755, 0, 0, 20_000, 20_000) + b" EMF" + struct.pack("<I", 0x10000)
    head += struct.pack("<IIHHIII", 88 + len(records), 5, 2, 0, 0, 0, 0) + struct.pack("<4i", 1920, 1080, 508, 286)
    return record(1, head) + records


def docx_with(data: bytes) -> bytes:
    blip = "<w:p><w:r><w:drawing><a:blip r:embed='pic'/></w:drawing></w:r></w:p>"
    file = with_part(
        word(f"<w:p><w:r><w:t>See the drawing</w:t></w:r></w:p>{blip}"),
        "word/_rels/document.xml.rels",
        "</Relationships>",
        f'<Relationship Id="pic" Type="{RELS}/image" Target="media/image1.emf"/></Relationships>',
    )
    return added(file, "word/media/image1.emf", data)


def added(file: bytes, name: str, data: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(file))
    return zipped({**{one: source.read(one) for one in source.namelist()}, name: data})


def test_a_drawing_is_a_page_of_its_own_where_it_can_be_drawn_and_else_named() -> None:
    drawn = read_document(docx_with(emf()), can_draw=True)
    assert drawn.pages[1].source == ("zip:word/media/image1.emf", "as:pdf", "ink:1")
    assert drawn.notes == ()
    assert "[Picture 1]" in drawn.pages[0].text
    named = read_document(docx_with(emf()))
    assert len(named.pages) == 1
    assert named.notes == ("one picture is embedded in a form I can't draw (EMF)",)


def test_the_size_of_a_drawing_is_in_its_head() -> None:
    assert size_px(emf()) == (945, 945)
    placeable = b"\xd7\xcd\xc6\x9a" + struct.pack("<H4hH", 0, 0, 0, 2880, 1440, 1440)
    assert size_px(placeable) == (240, 120)
    for data in (b"\x01\x00\x09\x00\x00\x03", b"\xd7\xcd\xc6\x9a", emf()[:42]):
        assert size_px(data) == (600, 400)


def test_the_icon_of_an_embedded_file_is_not_drawn() -> None:
    small = emf().replace(struct.pack("<2i", 20_000, 20_000), struct.pack("<2i", 1_500, 1_500))
    assert size_px(small) == (71, 71)
    document = read_document(docx_with(small), can_draw=True)
    assert len(document.pages) == 1
    assert document.notes == ("one picture is embedded in a form I can't draw (EMF)",)


def test_a_row_of_an_embedded_sheet_is_drawn() -> None:
    row = emf().replace(struct.pack("<2i", 20_000, 20_000), struct.pack("<2i", 7_600, 600))
    assert size_px(row) == (359, 28)
    document = read_document(docx_with(row), can_draw=True)
    assert document.pages[1].source == ("zip:word/media/image1.emf", "as:pdf", "ink:1")
    assert document.notes == ()


def test_a_box_on_a_part_of_a_page_is_a_box_on_the_page() -> None:
    assert within((200, 400, 600, 800), (0, 0, 500, 1000)) == (200, 400, 400, 800)


async def test_libreoffice_draws_it_without_the_paper_around() -> None:
    soffice = libreoffice.find_office()
    if not soffice:
        pytest.skip("LibreOffice is not installed")
    data = docx_with(emf())
    async with Sandbox(workers=1) as sandbox:
        reader = DocumentReader(sandbox, soffice)
        document = await reader.read(data)
        drawn = await reader.render(data, document, {2: 800})
        part = await reader.crop(data, document, 2, (0, 0, 500, 500), 800)
        alone = await reader.read(emf(), "drawing.emf")
    assert [number for number, _ in drawn] == [2]
    assert 0.8 < drawn[0][1].width / drawn[0][1].height < 1.25
    assert part is not None
    assert alone.pages[0].source == ("as:pdf", "ink:1")

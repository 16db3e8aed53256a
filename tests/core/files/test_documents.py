"""Documents draws any page, reports progress, and uses Slack's PDF when it can't read a file itself."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from bot.core.document import Document, OutlineEntry, Page
from bot.core.drawing import Box
from bot.core.files.attachments import Attachments, ReadFile
from bot.core.files.documents import SLACKS_PDF, Documents
from bot.core.files.images import Pictures
from bot.core.images import PreparedImage
from bot.core.read_progress import PageCounter, ReadProgress
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.turn import ThreadDocument
from bot.errors import FileError, FileGone, FileUnsupported
from tests.core.fake_sources import FakeBlobs, FakeFiles

HALF: Box = (0, 0, 500, 500)


@dataclass
class Reader:
    """Reads a file's lines as its pages; `old …` only Slack can read, `slides …` nobody here can draw."""

    drawn: list[tuple[bytes, tuple[str, ...], str]] = field(default_factory=list)

    async def read(self, data: bytes, name: str = "", *, progress: PageCounter) -> Document:
        kind, *texts = data.decode().split("\n")
        if kind == "old":
            raise FileUnsupported(kind)
        progress(len(texts), len(texts))
        if kind == "slides":
            return Document("pptx", tuple(Page(at, text, label=f"slide {at}") for at, text in enumerate(texts, 1)))
        pages = (Page(at, text, look="a scan", source=(f"page:{at}",)) for at, text in enumerate(texts, 1))
        return Document("pdf", tuple(pages), (), (OutlineEntry("Aims", 2),))

    async def render(
        self, data: bytes, document: Document, tokens: Mapping[int, int], *, progress: PageCounter
    ) -> tuple[tuple[int, PreparedImage], ...]:
        progress(len(tokens), len(tokens))
        return tuple([(number, self._picture(data, document, number, "whole")) for number in tokens])

    async def crop(
        self, data: bytes, document: Document, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        return self._picture(data, document, number, f"{box} in {max_tokens}")

    def _picture(self, data: bytes, document: Document, number: int, what: str) -> PreparedImage:
        page = document.page(number)
        assert page is not None
        self.drawn.append((data, page.source, what))
        return PreparedImage("image/png", what.encode(), 28, 28, 8, 28, 28)


@dataclass
class DocumentScene:
    """Attachments over files held here: id → bytes, and `id.pdf` → Slack's PDF of it."""

    files: dict[str, bytes]
    reader: Reader = field(default_factory=Reader)
    blobs: FakeBlobs = field(default_factory=FakeBlobs)
    fetched: list[str] = field(default_factory=list)
    progress: list[ReadProgress] = field(default_factory=list)

    async def fetch(self, file: FileRef) -> bytes:
        return await self.fetch_by_id(file.id)

    async def fetch_by_id(self, file_id: str) -> bytes:
        self.fetched.append(file_id)
        if file_id not in self.files:
            raise FileGone(file_id)
        return self.files[file_id]

    async def fetch_converted(self, file_id: str, url: str = "") -> bytes:
        return await self.fetch_by_id(f"{file_id}.pdf")

    @property
    def attachments(self) -> Attachments:
        papers = Documents(self, self.reader, self.blobs)
        return Attachments(self, Pictures(self, FakeFiles(), self.blobs), papers, self.blobs, lambda *_: False)

    async def take(self, name: str = "report.pdf", **traits: str) -> ReadFile:
        return await self.attachments.read("T1", FileRef("F1", name, **traits), self.progress.append)  # type: ignore[arg-type]

    async def paper(self, name: str = "report.pdf", **traits: str) -> ThreadDocument:
        paper = (await self.take(name, **traits)).paper
        assert paper is not None
        return paper


REPORT = b"pdf\none\ntwo\nthree"


async def test_every_page_can_be_had_as_text_and_picture() -> None:
    scene = DocumentScene({"F1": REPORT})
    paper = await scene.paper()
    document = await scene.attachments.document("T1", paper)
    assert [page.text for page in document.pages] == ["one", "two", "three"]
    image = await scene.attachments.page("T1", paper, 3, 900)
    assert image is not None
    assert image.label == "report.pdf#3"
    assert scene.reader.drawn[-1][1] == ("page:3",)
    assert await scene.attachments.page("T1", paper, 4, 900) is None
    assert scene.fetched == ["F1"]


async def test_a_part_of_a_page_is_drawn_from_the_source() -> None:
    scene = DocumentScene({"F1": REPORT})
    paper = await scene.paper()
    part = await scene.attachments.page_crop("T1", paper, 2, HALF, 700)
    assert part is not None
    assert scene.reader.drawn[-1] == (REPORT, ("page:2",), f"{HALF} in 700")
    assert await scene.attachments.page_crop("T1", paper, 9, HALF, 700) is None


async def test_a_document_is_read_again_when_the_cache_has_let_it_go() -> None:
    scene = DocumentScene({"F1": REPORT})
    paper = await scene.paper()
    told = await scene.attachments.text("T1", paper)
    scene.blobs.kept.clear()
    assert await scene.attachments.text("T1", paper) == told
    assert scene.fetched == ["F1", "F1"]
    scene.blobs.kept.clear()
    del scene.files["F1"]
    with pytest.raises(FileGone):
        await scene.attachments.document("T1", paper)
    with pytest.raises(FileError):
        await scene.attachments.page_crop("T1", paper, 1, HALF, 700)
    assert await scene.attachments.page("T1", paper, 1, 700) is None


async def test_the_original_of_a_page_is_the_whole_page_drawn_large() -> None:
    scene = DocumentScene({"F1": REPORT})
    read = await scene.take()
    assert await scene.attachments.original("T1", read.pictures[0]) == b"(0, 0, 1000, 1000) in 6144"
    with pytest.raises(FileGone):
        await scene.attachments.original("T1", replace(read.pictures[0], page=9))


async def test_it_tells_how_far_reading_and_rendering_are() -> None:
    scene = DocumentScene({"F1": REPORT})
    await scene.take()
    assert scene.progress == [
        ReadProgress("report.pdf", "reading", 3, 3),
        ReadProgress("report.pdf", "rendering", 3, 3),
    ]


async def test_pages_are_drawn_together_and_none_again_afterwards() -> None:
    scene = DocumentScene({"F1": REPORT})
    read = await scene.take()
    assert len(scene.reader.drawn) == 3
    for picture in read.pictures:
        assert await scene.attachments.image("T1", picture, "full") is not None
    scene.blobs.facts.clear()
    await scene.take()
    assert len(scene.reader.drawn) == 3


async def test_a_cache_that_is_full_costs_no_second_download() -> None:
    scene = DocumentScene({"F1": REPORT}, blobs=FakeBlobs(is_full=True))
    await scene.take()
    assert scene.fetched == ["F1"]


async def test_a_long_document_begins_with_its_outline_and_says_how_to_see_the_rest() -> None:
    scene = DocumentScene({"F1": b"pdf\n" + b"\n".join(b"word " * 20_000 for _ in range(4))})
    paper = await scene.paper("long.pdf")
    told = (await scene.attachments.text("T1", paper)).split("\n")
    assert (paper.pages_read, paper.pages) == (2, 4)
    assert "the text of pages 1–2 follows, pages 3–4 are not here: find_in_document searches all of them" in told[0]
    assert told[1] == "Its outline: Aims (p. 2)"
    assert "".join(told).count("[long.pdf p.") == 2


async def test_an_old_office_file_is_read_from_slacks_pdf_of_it() -> None:
    scene = DocumentScene({"F1": b"old", "F1.pdf": b"pdf\nonce a memo"})
    paper = await scene.paper("memo.doc", converted_url="https://files.slack.com/memo.pdf")
    assert (paper.name, paper.kind, paper.notes) == ("memo.doc", "pdf", (SLACKS_PDF,))
    told = await scene.attachments.text("T1", paper)
    assert "once a memo" in told
    assert paper.sha256 == hashlib.sha256(scene.files["F1.pdf"]).hexdigest()
    scene.blobs.kept.clear()
    assert await scene.attachments.text("T1", paper) == told
    assert await scene.attachments.page("T1", paper, 1, 500) is not None


async def test_without_slacks_pdf_it_is_refused_as_before() -> None:
    scene = DocumentScene({"F1": b"old"})
    with pytest.raises(FileUnsupported):
        await scene.take("memo.doc")
    assert scene.fetched == ["F1"]


async def test_slides_that_nothing_here_can_draw_are_shown_from_slacks_pdf() -> None:
    pdf = b"pdf\nx\ny"
    scene = DocumentScene({"F1": b"slides\nfirst\nsecond", "F1.pdf": pdf})
    read = await scene.take("deck.pptx", converted_url="https://files.slack.com/deck.pdf")
    assert read.paper is not None
    assert [picture.label for picture in read.pictures] == ["deck.pptx#1", "deck.pptx#2"]
    assert scene.reader.drawn == [(pdf, ("page:1",), "whole"), (pdf, ("page:2",), "whole")]
    assert "[deck.pptx slide 2]\nsecond" in await scene.attachments.text("T1", read.paper)
    scene.blobs.kept.clear()
    assert await scene.attachments.page_crop("T1", read.paper, 2, HALF, 700) is not None
    assert scene.reader.drawn[-1][:2] == (pdf, ("page:2",))


async def test_a_pdf_with_another_number_of_pages_is_not_taken_for_the_slides() -> None:
    scene = DocumentScene({"F1": b"slides\nfirst\nsecond", "F1.pdf": b"pdf\nx\ny\nz"})
    read = await scene.take("deck.pptx", converted_url="https://files.slack.com/deck.pdf")
    assert read.pictures == ()
    assert scene.reader.drawn == []


async def test_two_documents_of_one_name_are_told_apart_and_the_same_one_is_not() -> None:
    read = await DocumentScene({"F1": REPORT}).take()
    assert read.paper is not None
    other = replace(read.paper, sha256="other")
    apart = read.with_own_name([other, replace(other, name="report (2).pdf")])
    assert apart.paper is not None
    assert apart.paper.name == "report (3).pdf"
    assert apart.pictures[0].label == "report (3).pdf#1"
    assert read.with_own_name([read.paper]) == read


async def test_a_canvas_is_read_anew_because_it_changes_under_its_id() -> None:
    scene = DocumentScene({"F1": b"pdf\nfirst words"})
    assert (await scene.paper("Plan", mode="canvas")).sha256 != ""
    scene.files["F1"] = b"pdf\nlater words"
    paper = await scene.paper("Plan", mode="canvas")
    assert "later words" in await scene.attachments.text("T1", paper)


def test_what_was_stored_before_slacks_pdf_was_known_still_loads() -> None:
    message = Inbound("T1", "C1", "1.0", "1.0", "U1", "T1", "dm", "hi", (FileRef("F1", "a.pdf"),))
    stored = message.to_json()
    for file in stored["files"]:
        del file["converted_url"]
    assert Inbound.from_json(stored) == message

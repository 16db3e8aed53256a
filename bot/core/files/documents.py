"""Documents reads the documents of a thread. The model gets their text page by page, and pictures of the pages that
need one. Any other page, or a part of one, is drawn when a tool asks for it.

How much of a document the model gets is decided when it is read, and stored. It never changes afterwards, so that the
beginning of the prompt stays the same.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Protocol

from bot.core.document import Document, choose_pictures
from bot.core.drawing import Box
from bot.core.files.converted_pdf import in_rendition, is_from_rendition, lacks_slides, with_slides
from bot.core.files.document_prompt import document_text, gone_text, readable
from bot.core.files.downloads import SOURCE, Downloads, KeptDownloads
from bot.core.images import PreparedImage, pack, unpack
from bot.core.model.messages import Image
from bot.core.model.tokens import MAX_IMAGE_TOKENS
from bot.core.ports import Blobs
from bot.core.read_progress import PageCounter, ProgressCallback, ignore_progress, page_counter
from bot.core.thread.inbound import FileRef
from bot.core.thread.turn import Picture, ThreadDocument
from bot.errors import FileError, FileGone, FileUnsupported, RecordUnreadable
from bot.words import text

# The part of the context window for the pages of one document. Tools can draw more pages.
PICTURE_TOKENS = 30_000
MOST_PICTURES = 16
VARIANT = "document"
WHOLE: Box = (0, 0, 1000, 1000)
SLACKS_PDF = text("read from the PDF that Slack made of it")

# A file that has the picture of a page, and the document with the paths of its pages inside that file.
PageSource = tuple[bytes, Document]


class DocumentReader(Protocol):
    """Every method raises FileError."""

    async def read(self, data: bytes, name: str = "", *, progress: PageCounter) -> Document: ...

    async def render(
        self, data: bytes, document: Document, tokens: Mapping[int, int], *, progress: PageCounter
    ) -> tuple[tuple[int, PreparedImage], ...]:
        """Draw the pages that are keys of `tokens`, with the most tokens for each. Return (number, picture) of each
        page that could be drawn.
        """
        ...

    async def crop(
        self, data: bytes, document: Document, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """Draw the part of a page inside `box` (0 to 1000) at full resolution. Return None when it can't be drawn."""
        ...


class Documents:
    def __init__(self, downloads: Downloads, reader: DocumentReader, blobs: Blobs) -> None:
        self._reader = reader
        self._blobs = blobs
        self._sources = KeptDownloads(downloads, blobs)

    async def read(
        self, team: str, file: FileRef, data: bytes, progress: ProgressCallback = ignore_progress
    ) -> tuple[ThreadDocument, tuple[Picture, ...]]:
        """Read a document. The pictures of its pages have no numbers yet. Raises FileError."""
        notes: tuple[str, ...] = ()
        try:
            document, sha256 = await self._read_file(team, file, data, progress)
        except FileUnsupported:
            if not file.converted_url:
                raise
            data = await self._sources.fetch_converted(file)
            document, sha256 = await self._read_file(team, replace(file, converted_url=""), data, progress)
            notes = (SLACKS_PDF,)
        await self._sources.keep(team, sha256, SOURCE, data)
        read, tokens = readable(document, file.name)
        notes += document.notes
        paper = ThreadDocument(file.name, file.id, sha256, document.kind, len(document.pages), read, tokens, notes)
        pictures = _pictures(document, paper)
        with suppress(FileError):
            await self._draw_all(team, document, pictures, data, progress)
        return paper, pictures

    async def document(self, team: str, paper: ThreadDocument) -> Document:
        """Return the document with the text of all its pages. Read it again when the cache no longer has it.

        Raises FileError.
        """
        return await self._document(team, paper.sha256, paper.name, paper.file_id)

    async def text(self, team: str, paper: ThreadDocument) -> str:
        """Return the text of the document for the model. It is the same each time."""
        try:
            return document_text(await self.document(team, paper), paper)
        except FileError:
            return gone_text(paper.name)

    async def page(self, team: str, picture: Picture, tokens: int) -> Image | None:
        """Return the picture of a page, or None when it is no longer available. Each size is drawn once."""
        most = min(tokens, picture.tokens)
        kept = unpack(await self._blobs.get(team, picture.sha256, _variant(picture.page, most)))
        if kept is not None:
            return kept.labelled(picture.label)
        with suppress(FileError):
            document = await self._document(team, picture.sha256, picture.name, picture.file_id)
            if not _can_be_shown(document, picture.page):
                return None
            source = await self._page_source(team, document, picture)
            drawn = await self._draw(team, source, picture, {picture.page: most}, ignore_progress)
            return drawn[0][1].labelled(picture.label) if drawn else None
        return None

    async def crop(
        self, team: str, paper: ThreadDocument, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """Draw the part of a page inside `box` at full resolution. Return None when there is nothing to draw.

        Raises FileError, and ValueError for a box that is outside 0 to 1000, reversed or empty. The text of the
        ValueError is for the model.
        """
        document = await self._document(team, paper.sha256, paper.name, paper.file_id)
        if not _can_be_shown(document, number):
            return None
        page = Picture(0, paper.name, paper.file_id, paper.sha256, 0, 0, max_tokens, page=number)
        return await self._reader.crop(*await self._page_source(team, document, page), number, box, max_tokens)

    async def original(self, team: str, picture: Picture) -> bytes:
        """Draw a page as large as the model can see it. Return the encoded picture. Raises FileError."""
        paper = ThreadDocument(picture.name, picture.file_id, picture.sha256, "", 0, 0, 0)
        drawn = await self.crop(team, paper, picture.page, WHOLE, MAX_IMAGE_TOKENS)
        if drawn is None:
            raise FileGone(picture.label)
        return drawn.data

    async def _read_file(
        self, team: str, file: FileRef, data: bytes, progress: ProgressCallback
    ) -> tuple[Document, str]:
        sha256 = hashlib.sha256(data).hexdigest()
        document = await self._known(team, sha256) or await self._read(team, sha256, data, file.name, progress)
        if file.converted_url:
            document = await self._with_slides(team, sha256, document, file)
        return document, sha256

    async def _document(self, team: str, sha256: str, name: str, file_id: str) -> Document:
        known = await self._known(team, sha256)
        if known is not None:
            return known
        data = await self._sources.source(team, sha256, file_id)
        document = await self._read(team, sha256, data, name, ignore_progress)
        return await self._with_slides(team, sha256, document, FileRef(file_id, name))

    async def _known(self, team: str, sha256: str) -> Document | None:
        kept = await self._blobs.get(team, sha256, VARIANT)
        with suppress(RecordUnreadable):  # another version has written it, so the file is read again
            return Document.from_json(kept) if kept is not None else None
        return None

    async def _read(self, team: str, sha256: str, data: bytes, name: str, progress: ProgressCallback) -> Document:
        document = await self._reader.read(data, name, progress=page_counter(progress, name, "reading"))
        await self._sources.keep(team, sha256, VARIANT, document.to_json())
        return document

    async def _with_slides(self, team: str, sha256: str, document: Document, file: FileRef) -> Document:
        """Show the slides from Slack's PDF, when the bot can't draw them itself."""
        if not lacks_slides(document):
            return document
        try:
            pdf = await self._sources.converted(team, sha256, file)
            rendition = await self._reader.read(pdf, "", progress=lambda _done, _of: None)
        except FileError:
            return document
        shown = with_slides(document, rendition)
        await self._sources.keep(team, sha256, VARIANT, shown.to_json())
        return shown

    async def _draw_all(
        self, team: str, document: Document, pictures: tuple[Picture, ...], data: bytes, progress: ProgressCallback
    ) -> None:
        """Draw all pages that will be shown, and keep them: together is faster than one by one."""
        missing = [
            picture
            for picture in pictures
            if await self._blobs.get(team, picture.sha256, _variant(picture.page, picture.tokens)) is None
        ]
        if missing:
            source = await self._page_source(team, document, missing[0], data)
            await self._draw(team, source, missing[0], {picture.page: picture.tokens for picture in missing}, progress)

    async def _draw(
        self, team: str, source: PageSource, picture: Picture, tokens: Mapping[int, int], progress: ProgressCallback
    ) -> tuple[tuple[int, PreparedImage], ...]:
        counter = page_counter(progress, picture.name, "rendering")
        drawn = await self._reader.render(*source, tokens, progress=counter)
        for number, prepared in drawn:
            await self._sources.keep(team, picture.sha256, _variant(number, tokens[number]), pack(prepared))
        return drawn

    async def _page_source(
        self, team: str, document: Document, picture: Picture, data: bytes | None = None
    ) -> PageSource:
        page = document.page(picture.page)
        if page is not None and is_from_rendition(page):
            pdf = await self._sources.converted(team, picture.sha256, FileRef(picture.file_id, picture.name))
            return pdf, in_rendition(document)
        return data or await self._sources.source(team, picture.sha256, picture.file_id), document


def with_own_name(paper: ThreadDocument, others: Iterable[ThreadDocument]) -> ThreadDocument:
    """Return the document under a name that no other document of the thread has, such as “report (2).pdf”. A document
    with the same content as another one keeps its name.
    """
    taken = {other.name for other in others if other.sha256 != paper.sha256}
    name, count = paper.name, 1
    path = PurePath(paper.name)
    while name in taken:
        count += 1
        name = f"{path.stem} ({count}){path.suffix}"
    return replace(paper, name=name)


def _pictures(document: Document, paper: ThreadDocument) -> tuple[Picture, ...]:
    chosen = choose_pictures(document.pages[: paper.pages_read], PICTURE_TOKENS, MOST_PICTURES)
    return tuple(
        Picture(0, paper.name, paper.file_id, paper.sha256, 0, 0, tokens, page=number)
        for number, tokens in chosen.items()
    )


def _can_be_shown(document: Document, number: int) -> bool:
    page = document.page(number)
    return page is not None and page.can_be_shown


def _variant(page: int, tokens: int) -> str:
    return f"page-{page}-{tokens}"

"""Documents of a thread: read once, told to the model as text page by page, with pictures of the pages that want
looking at; any page, or a part of one, is drawn when it is asked for.

What a turn was told of a document never changes afterwards (the beginning of the prompt stays the same): how much of
it was read is decided when it comes in, and kept.
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
from bot.core.files.document_prompt import gone, readable, told
from bot.core.files.downloads import SOURCE, Downloads, KeptDownloads
from bot.core.images import PreparedImage, pack, unpack
from bot.core.model.messages import Image
from bot.core.model.tokens import MAX_IMAGE_TOKENS
from bot.core.ports import Blobs
from bot.core.read_progress import PageCounter, ProgressCallback, ignore_progress, page_counter
from bot.core.thread.conversation import Picture, ThreadDocument
from bot.core.thread.inbound import FileRef
from bot.errors import FileError, FileGone, FileUnsupported, RecordUnreadable
from bot.words import text

# Of the context window, for the pictures of one document's pages. More are drawn only on demand.
PICTURE_TOKENS = 30_000
MOST_PICTURES = 16
VARIANT = "document"
WHOLE: Box = (0, 0, 1000, 1000)
SLACKS_PDF = text("read from the PDF that Slack made of it")

Ground = tuple[bytes, Document]


class DocumentReader(Protocol):
    """Raises the FileError that fits."""

    async def read(self, data: bytes, name: str = "", *, progress: PageCounter) -> Document: ...

    async def render(
        self, data: bytes, document: Document, tokens: Mapping[int, int], *, progress: PageCounter
    ) -> tuple[tuple[int, PreparedImage], ...]:
        """(number, picture) of the pages named in `tokens`; what cannot be drawn is missing."""
        ...

    async def crop(
        self, data: bytes, document: Document, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """The part of a page inside `box` (0 to 1000) at full resolution; None when it cannot be drawn."""
        ...


class Documents:
    def __init__(self, downloads: Downloads, reader: DocumentReader, blobs: Blobs) -> None:
        self._reader = reader
        self._blobs = blobs
        self._sources = KeptDownloads(downloads, blobs)

    async def take(
        self, team: str, file: FileRef, data: bytes, watch: ProgressCallback = ignore_progress
    ) -> tuple[ThreadDocument, tuple[Picture, ...]]:
        """Bring a document in; its pages' pictures are not numbered yet. Raises the FileError that fits."""
        notes: tuple[str, ...] = ()
        try:
            document, sha256 = await self._taken(team, file, data, watch)
        except FileUnsupported:
            if not file.converted_url:
                raise
            data = await self._sources.fetch_converted(file)
            document, sha256 = await self._taken(team, replace(file, converted_url=""), data, watch)
            notes = (SLACKS_PDF,)
        await self._sources.keep(team, sha256, SOURCE, data)
        read, tokens = readable(document, file.name)
        notes += document.notes
        paper = ThreadDocument(file.name, file.id, sha256, document.kind, len(document.pages), read, tokens, notes)
        pictures = _pictures(document, paper)
        with suppress(FileError):
            await self._draw_all(team, document, pictures, data, watch)
        return paper, pictures

    async def document(self, team: str, paper: ThreadDocument) -> Document:
        """All of its pages as text, read again when the cache has let it go. Raises the FileError that fits."""
        return await self._document(team, paper.sha256, paper.name, paper.file_id)

    async def text(self, team: str, paper: ThreadDocument) -> str:
        """What the model is told of a document: the same each time."""
        try:
            return told(await self.document(team, paper), paper)
        except FileError:
            return gone(paper.name)

    async def page(self, team: str, picture: Picture, tokens: int) -> Image | None:
        """The picture of a page, drawn once for each size; None when it can no longer be had."""
        most = min(tokens, picture.tokens)
        kept = unpack(await self._blobs.get(team, picture.sha256, _variant(picture.page, most)))
        if kept is not None:
            return kept.labelled(picture.label)
        with suppress(FileError):
            document = await self._document(team, picture.sha256, picture.name, picture.file_id)
            if not _can_be_shown(document, picture.page):
                return None
            ground = await self._ground(team, document, picture)
            drawn = await self._drawn(team, ground, picture, {picture.page: most}, ignore_progress)
            return drawn[0][1].labelled(picture.label) if drawn else None
        return None

    async def crop(
        self, team: str, paper: ThreadDocument, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """The part of a page inside `box`, at full resolution; None when there is no such page or nothing to draw.

        Raises the FileError that fits when the document can no longer be had; ValueError with words for the model for
        a box outside 0 to 1000, reversed or empty.
        """
        document = await self._document(team, paper.sha256, paper.name, paper.file_id)
        if not _can_be_shown(document, number):
            return None
        place = Picture(0, paper.name, paper.file_id, paper.sha256, 0, 0, max_tokens, page=number)
        return await self._reader.crop(*await self._ground(team, document, place), number, box, max_tokens)

    async def original(self, team: str, picture: Picture) -> bytes:
        """A page as an encoded picture, as large as the model can look at one. Raises the FileError that fits."""
        paper = ThreadDocument(picture.name, picture.file_id, picture.sha256, "", 0, 0, 0)
        drawn = await self.crop(team, paper, picture.page, WHOLE, MAX_IMAGE_TOKENS)
        if drawn is None:
            raise FileGone(picture.label)
        return drawn.data

    async def _taken(self, team: str, file: FileRef, data: bytes, watch: ProgressCallback) -> tuple[Document, str]:
        sha256 = hashlib.sha256(data).hexdigest()
        document = await self._known(team, sha256) or await self._read(team, sha256, data, file.name, watch)
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
        with suppress(RecordUnreadable):  # written by another version: read anew
            return Document.from_json(kept) if kept is not None else None
        return None

    async def _read(self, team: str, sha256: str, data: bytes, name: str, watch: ProgressCallback) -> Document:
        document = await self._reader.read(data, name, progress=page_counter(watch, name, "reading"))
        await self._sources.keep(team, sha256, VARIANT, document.to_json())
        return document

    async def _with_slides(self, team: str, sha256: str, document: Document, file: FileRef) -> Document:
        """With pictures of its slides from Slack's PDF, where nothing here could draw them."""
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
        self, team: str, document: Document, pictures: tuple[Picture, ...], data: bytes, watch: ProgressCallback
    ) -> None:
        """The pages that will be shown, drawn together and kept, so that none is drawn alone afterwards."""
        missing = [
            picture
            for picture in pictures
            if await self._blobs.get(team, picture.sha256, _variant(picture.page, picture.tokens)) is None
        ]
        if missing:
            ground = await self._ground(team, document, missing[0], data)
            await self._drawn(team, ground, missing[0], {one.page: one.tokens for one in missing}, watch)

    async def _drawn(
        self, team: str, ground: Ground, place: Picture, tokens: Mapping[int, int], watch: ProgressCallback
    ) -> tuple[tuple[int, PreparedImage], ...]:
        progress = page_counter(watch, place.name, "rendering")
        drawn = await self._reader.render(*ground, tokens, progress=progress)
        for number, prepared in drawn:
            await self._sources.keep(team, place.sha256, _variant(number, tokens[number]), pack(prepared))
        return drawn

    async def _ground(self, team: str, document: Document, place: Picture, data: bytes | None = None) -> Ground:
        """The file in which the page's picture is found, and the document as it points into it."""
        page = document.page(place.page)
        if page is not None and is_from_rendition(page):
            pdf = await self._sources.converted(team, place.sha256, FileRef(place.file_id, place.name))
            return pdf, in_rendition(document)
        return data or await self._sources.source(team, place.sha256, place.file_id), document


def named_apart(paper: ThreadDocument, others: Iterable[ThreadDocument]) -> ThreadDocument:
    """Under a name that no other document of the thread has: “report (2).pdf”. The same content keeps its name."""
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

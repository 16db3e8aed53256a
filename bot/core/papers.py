"""Documents of a thread: read once, told to the model as text page by page, with pictures of the pages that want
looking at.

What a turn was told of a document never changes afterwards (the beginning of the prompt stays the same): how much of
it was read is decided when it comes in, and kept.
"""

import hashlib
from collections.abc import Mapping
from typing import Protocol

from bot.core.conversation import Paper, Picture
from bot.core.document import Document, Page, choose_pictures
from bot.core.inbound import FileRef
from bot.core.messages import Image
from bot.core.ports import Blobs, Downloads
from bot.core.prepared import Prepared, pack, unpack
from bot.core.tokens import estimate_tokens
from bot.errors import FileError, StateError

# Of the context window, for one document: text, and pictures of its pages. More are named, not sent.
TEXT_TOKENS = 40_000
PICTURE_TOKENS = 30_000
MOST_PICTURES = 16
SOURCE, VARIANT = "source", "document"
HEAD = "Document {name} ({kind}, {pages} pages{read}):"
READ_PART = "; pages 1–{read} of them here as text, the rest was not read"
OUTLINE = "Its outline: {entries}"
MOST_ENTRIES = 80
PAGE = "[{name} {page}]"
EMPTY_PAGE = "(no text on this page)"
GONE = "(Document {name} is no longer available.)"


class PaperReader(Protocol):
    """Raises the FileError that fits."""

    async def read(self, data: bytes, name: str = "") -> Document: ...

    async def render(
        self, data: bytes, document: Document, tokens: Mapping[int, int]
    ) -> tuple[tuple[int, Prepared], ...]: ...


class Papers:
    def __init__(self, downloads: Downloads, reader: PaperReader, blobs: Blobs) -> None:
        self._downloads = downloads
        self._reader = reader
        self._blobs = blobs

    async def take(self, team: str, file: FileRef, data: bytes) -> tuple[Paper, tuple[Picture, ...]]:
        """Bring a document in; its pages' pictures are not numbered yet. Raises the FileError that fits."""
        sha256 = hashlib.sha256(data).hexdigest()
        document = await self._document(team, sha256, data, file.name)
        await self._keep(team, sha256, SOURCE, data)
        read, tokens = _readable(document, file.name)
        paper = Paper(file.name, file.id, sha256, document.kind, len(document.pages), read, tokens, document.notes)
        return paper, _pictures(document, paper)

    async def text(self, team: str, paper: Paper) -> str:
        """What the model is told of a document: the same each time."""
        try:
            document = await self._document(team, paper.sha256, None, paper.name, paper.file_id)
        except FileError:
            return GONE.format(name=paper.name) + "\n"
        return _told(document, paper.name, paper.pages_read)

    async def page(self, team: str, picture: Picture, tokens: int) -> Image | None:
        """The picture of a page, drawn once for each size; None when it can no longer be had."""
        most = min(tokens, picture.tokens)
        variant = f"page-{picture.page}-{most}"
        packed = await self._blobs.get(team, picture.sha256, variant)
        prepared = unpack(packed) if packed is not None else await self._drawn(team, picture, most)
        if prepared is None:
            return None
        if packed is None:
            await self._keep(team, picture.sha256, variant, pack(prepared))
        return Image(picture.label, prepared.mime, prepared.data, prepared.width, prepared.height, prepared.tokens)

    async def _drawn(self, team: str, picture: Picture, most: int) -> Prepared | None:
        try:
            data = await self._source(team, picture.sha256, picture.file_id)
            document = await self._document(team, picture.sha256, data, picture.name)
            drawn = await self._reader.render(data, document, {picture.page: most})
        except FileError:
            return None
        return drawn[0][1] if drawn else None

    async def _document(self, team: str, sha256: str, data: bytes | None, name: str, file_id: str = "") -> Document:
        kept = await self._blobs.get(team, sha256, VARIANT)
        if kept is not None:
            try:
                return Document.from_json(kept)
            except ValueError:
                pass  # written by another version: read anew
        if data is None:
            data = await self._source(team, sha256, file_id)
        document = await self._reader.read(data, name)
        await self._keep(team, sha256, VARIANT, document.to_json())
        return document

    async def _source(self, team: str, sha256: str, file_id: str) -> bytes:
        kept = await self._blobs.get(team, sha256, SOURCE)
        if kept is not None:
            return kept
        data = await self._downloads.fetch_by_id(file_id)
        await self._keep(team, sha256, SOURCE, data)
        return data

    async def _keep(self, team: str, sha256: str, variant: str, data: bytes) -> None:
        try:
            await self._blobs.put(team, sha256, variant, data)
        except StateError:
            return  # a cache that is full or away costs time, not the answer


def _readable(document: Document, name: str) -> tuple[int, int]:
    """How many pages fit as text, and their tokens. The first always does, cut where it is told."""
    spent = 0
    for index, page in enumerate(document.pages):
        tokens = estimate_tokens(_page_text(page, name))
        if index and spent + tokens > TEXT_TOKENS:
            return index, spent
        spent += min(tokens, TEXT_TOKENS)
    return len(document.pages), spent


def _pictures(document: Document, paper: Paper) -> tuple[Picture, ...]:
    chosen = choose_pictures(document.pages[: paper.pages_read], PICTURE_TOKENS, MOST_PICTURES)
    return tuple(
        Picture(0, paper.name, paper.file_id, paper.sha256, 0, 0, tokens, page=number)
        for number, tokens in chosen.items()
    )


def _told(document: Document, name: str, read: int) -> str:
    total = len(document.pages)
    part = READ_PART.format(read=read) if read < total else ""
    lines = [HEAD.format(name=name, kind=document.kind, pages=total, read=part)]
    if read < total and document.outline:
        entries = "; ".join(f"{entry.title} (p. {entry.page})" for entry in document.outline[:MOST_ENTRIES])
        lines.append(OUTLINE.format(entries=entries))
    lines += [_page_text(page, name) for page in document.pages[:read]]
    lines += [f"({note})" for note in document.notes]
    return "\n".join(lines) + "\n"


def _page_text(page: Page, name: str) -> str:
    words = page.text.strip() or EMPTY_PAGE
    most = int(TEXT_TOKENS * 1.6)  # characters of the densest script there is
    return f"{PAGE.format(name=name, page=page.name)}\n{words if len(words) <= most else words[:most] + ' […]'}"

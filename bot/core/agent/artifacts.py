"""Artifacts finds everything that has a label in a turn: pictures of the thread (`img_3`), pages of its documents
(`report.pdf#7`), and artifacts of tools (`zoom_1`, `table_1`). Each turn has its own, and stores the new artifacts.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from bot.core.agent.ports import Crop, NewArtifact, OriginalPicture, ToolFailed
from bot.core.document import Document
from bot.core.drawing import Box
from bot.core.files.attachments import Attachments
from bot.core.files.documents import with_own_name
from bot.core.files.downloads import SOURCE
from bot.core.images import PreparedImage
from bot.core.model.messages import Image
from bot.core.model.tokens import MAX_IMAGE_TOKENS
from bot.core.ports import Blobs, PictureReader
from bot.core.reply import Artifact
from bot.core.thread.conversation import Conversation
from bot.core.thread.turn import Picture, StoredArtifact, ThreadDocument, Turn
from bot.errors import FileError, StateError

MADE = "made"
DOCUMENT = "document"
# A Slack message can show these. Other pictures are shown as the model gets them.
SHOWABLE = frozenset({"image/png", "image/jpeg", "image/gif"})
NO_SUCH_PICTURE = "There is no picture “{label}”. There are: {labels}."
NO_PICTURES = "There is no picture “{label}”, nor any other, in this conversation."
PICTURE_GONE = "The picture {label} can no longer be had: it was deleted from Slack or has expired."
NO_SUCH_DOCUMENT = "There is no document “{name}”. There are: {names}."
NO_DOCUMENTS = "There are no documents in this conversation."
DOCUMENT_GONE = "The document {name} can no longer be read: {reason}."
NO_SUCH_PAGE = "{name} has {count} pages; there is no page {page}."
CROP_ABOUT = "{label} {box}"
MOST_NAMED = 60


class Cropper(PictureReader, Protocol):
    async def crop(self, data: bytes, box: Box, max_tokens: int = MAX_IMAGE_TOKENS, name: str = "") -> PreparedImage:
        """Raises ValueError for an invalid box, and FileError for a picture that can't be read."""
        ...


class Artifacts:
    """`attachments` gets the files of the thread. `reader` prepares a picture for the model."""

    def __init__(
        self, team: str, attachments: Attachments, reader: Cropper, blobs: Blobs, conversation: Conversation
    ) -> None:
        self._team = team
        self._attachments = attachments
        self._reader = reader
        self._blobs = blobs
        self._pictures: dict[str, Picture] = {}
        self._papers: dict[str, ThreadDocument] = {}
        self._made: dict[str, StoredArtifact] = {}
        self._fresh: dict[str, StoredArtifact] = {}
        self._bytes: dict[str, bytes] = {}
        for turn in conversation.turns:
            self.add(turn)

    def add(self, turn: Turn) -> None:
        """Add the pictures, documents and artifacts of a turn."""
        self._pictures |= {picture.label: picture for picture in turn.pictures}
        self._papers |= {paper.name: paper for said in turn.said for paper in said.papers}
        self._made |= {made.label: made for made in turn.made if made.kind != DOCUMENT}
        self._papers |= {made.label: _paper(made) for made in turn.made if made.kind == DOCUMENT}

    # -- what there is -------------------------------------------------------------------------------------------

    @property
    def labels(self) -> tuple[str, ...]:
        return (*self._pictures, *(made.label for made in self._made.values() if made.kind == "picture"))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._papers)

    @property
    def newest(self) -> str:
        """The label of the newest picture, or empty."""
        return next(reversed(self._pictures), "")

    @property
    def made(self) -> tuple[StoredArtifact, ...]:
        """The new artifacts of this turn, in order."""
        return tuple(self._fresh.values())

    def knows(self, label: str) -> bool:
        return label in self._pictures or label in self._made or self._page(label) is not None

    # -- pictures for tools and model ----------------------------------------------------------------------------

    async def source(self, label: str) -> OriginalPicture:
        made = self._made.get(label)
        if made is not None and made.kind == "picture":
            return OriginalPicture(label, made.name, await self._data(made))
        if picture := self._pictures.get(label):
            return OriginalPicture(label, picture.name, await self._original(label, picture))
        paper, page = self._page_of(label)
        image = await self._image_of_page(label, paper, page, MAX_IMAGE_TOKENS)
        return OriginalPicture(label, f"{paper.name} p. {page}", image.data)

    async def crop(self, label: str, box: Box) -> NewArtifact:
        """Cut a part out of the original. A crop of a crop is cut out of the original, too."""
        made = self._made.get(label)
        if made is not None and made.crop_of:
            return await self.crop(made.crop_of, _inside(made.crop_box, box))
        try:
            prepared = await self._cut(label, box)
        except FileError as error:
            raise ToolFailed(PICTURE_GONE.format(label=label)) from error
        except ValueError as error:
            raise ToolFailed(str(error)) from error
        about = CROP_ABOUT.format(label=label, box=[round(side) for side in box])
        crop = Crop(label, box)
        return NewArtifact("picture", "zoom", f"{label}.png", about, prepared.mime, prepared.data, crop)

    async def image(self, label: str, max_tokens: int = MAX_IMAGE_TOKENS) -> Image:
        """Return the picture as it is sent to the model."""
        if picture := self._pictures.get(label):
            found = await self._attachments.image(self._team, picture, "full" if max_tokens > 1600 else "medium")
            if found is None:
                raise ToolFailed(PICTURE_GONE.format(label=label))
            return found
        if (paper := self._page(label)) is not None:
            return await self._image_of_page(label, *paper, max_tokens)
        source = await self.source(label)
        try:
            prepared = await self._reader.prepare(source.data, source.name, max_tokens)
        except FileError as error:
            raise ToolFailed(PICTURE_GONE.format(label=label)) from error
        return prepared.labelled(label)

    # -- documents -----------------------------------------------------------------------------------------------

    async def document(self, name: str) -> Document:
        paper = self._papers.get(name)
        if paper is None:
            words = NO_SUCH_DOCUMENT.format(name=name, names=_listed(self._papers)) if self._papers else NO_DOCUMENTS
            raise ToolFailed(words)
        try:
            return await self._attachments.document(self._team, paper)
        except FileError as error:
            raise ToolFailed(DOCUMENT_GONE.format(name=name, reason=error.user_message)) from error

    async def put(self, name: str, url: str, data: bytes) -> tuple[str, Document]:
        """Keep a document that was found at `url`. It is downloaded again when the cache has lost it."""
        sha256 = await self._stored(data, SOURCE)
        found = ThreadDocument(name, url, sha256, "", 0, 0, 0)
        document = await self._attachments.document(self._team, found)
        pages = len(document.pages)
        paper = with_own_name(replace(found, kind=document.kind, pages=pages), self._papers.values())
        self._papers[paper.name] = paper
        self._fresh[paper.name] = StoredArtifact(
            paper.name, DOCUMENT, paper.name, url, f"{paper.kind};pages={pages}", sha256
        )
        return paper.name, document

    # -- what is made --------------------------------------------------------------------------------------------

    async def keep(self, new: NewArtifact) -> str:
        """Give a new artifact its label, and store it for the thread. Return the label."""
        sha256 = await self._stored(new.data)
        fallback = await self._stored(new.fallback) if new.fallback else ""
        number = 1 + max((_number(label, new.prefix) for label in self._made), default=0)
        label = f"{new.prefix}_{number}"
        made = StoredArtifact(label, new.kind, new.name, new.about, new.mime, sha256, fallback)
        if new.crop is not None:
            made = replace(made, crop_of=new.crop.label, crop_box=new.crop.box)
        self._made[label] = self._fresh[label] = made
        return label

    def page_behind(self, label: str) -> str:
        """Return the label of the picture that a crop was cut from, or the label itself when it is no crop."""
        made = self._made.get(label)
        return made.crop_of if made is not None and made.crop_of else label

    async def artifact(self, label: str) -> Artifact | None:
        """Return what `![caption](label)` in the answer shows, or None when it is no longer available."""
        try:
            made = self._made.get(label)
            if made is None or (made.kind == "picture" and made.mime not in SHOWABLE):
                image = await self.image(label)
                about = made.about if made else self.name_of(label)
                return Artifact("picture", label, about, about, image.mime, image.data)
            kind, data = made.kind, await self._data(made)
            fallback = await self._bytes_of(made.fallback) if made.fallback else b""
        except ToolFailed:
            return None
        match kind:
            case "picture" | "table" | "chart" | "file":
                return Artifact(kind, label, made.name, made.about, made.mime, data, fallback or b"")
            case _:
                return None

    def name_of(self, label: str) -> str:
        """Return the name that people know, for a label. Return any other text unchanged."""
        if (found := self._page(label)) is not None:
            return f"{found[0].name} p. {found[1]}"
        return self._pictures[label].name if label in self._pictures else label

    async def _stored(self, data: bytes, variant: str = MADE) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if variant == MADE:
            self._bytes[sha256] = data
        with suppress(StateError):  # this turn has the bytes; a later turn may not have them
            await self._blobs.put(self._team, sha256, variant, data)
        return sha256

    async def _data(self, made: StoredArtifact) -> bytes:
        kept = await self._bytes_of(made.sha256)
        if kept is None and made.crop_of:
            box = made.crop_box
            return (await self.crop(made.crop_of, (box[0], box[1], box[2], box[3]))).data
        if kept is None:
            raise ToolFailed(PICTURE_GONE.format(label=made.label))
        return kept

    async def _bytes_of(self, sha256: str) -> bytes | None:
        if sha256 in self._bytes:
            return self._bytes[sha256]
        try:
            return await self._blobs.get(self._team, sha256, MADE)
        except StateError:
            return None

    # -- pages ---------------------------------------------------------------------------------------------------

    def _page(self, label: str) -> tuple[ThreadDocument, int] | None:
        name, mark, number = label.rpartition("#")
        paper = self._papers.get(name)
        if not mark or paper is None or not number.isdecimal():
            return None
        return (paper, int(number)) if 0 < int(number) <= paper.pages else None

    def _page_of(self, label: str) -> tuple[ThreadDocument, int]:
        found = self._page(label)
        if found is not None:
            return found
        name, _, page = label.rpartition("#")
        if name in self._papers:
            raise ToolFailed(NO_SUCH_PAGE.format(name=name, count=self._papers[name].pages, page=page))
        words = NO_SUCH_PICTURE.format(label=label, labels=_listed(self.labels)) if self.labels else ""
        raise ToolFailed(words or NO_PICTURES.format(label=label))

    async def _image_of_page(self, label: str, paper: ThreadDocument, page: int, max_tokens: int) -> Image:
        image = await self._attachments.page(self._team, paper, page, max_tokens)
        if image is None:
            raise ToolFailed(PICTURE_GONE.format(label=label))
        return image

    async def _original(self, label: str, picture: Picture) -> bytes:
        try:
            return await self._attachments.original(self._team, picture)
        except FileError as error:
            raise ToolFailed(PICTURE_GONE.format(label=label)) from error

    async def _cut(self, label: str, box: Box) -> PreparedImage:
        if (found := self._page(label)) is not None:
            cut = await self._attachments.page_crop(self._team, *found, box, MAX_IMAGE_TOKENS)
            if cut is None:
                raise ToolFailed(PICTURE_GONE.format(label=label))
            return cut
        source = await self.source(label)
        return await self._reader.crop(source.data, box, MAX_IMAGE_TOKENS, source.name)


ArtifactsOfTurn = Callable[[str, Conversation], Artifacts]


def _paper(made: StoredArtifact) -> ThreadDocument:
    """Return a document that an earlier turn has found at an address."""
    kind, _, pages = made.mime.partition(";pages=")
    return ThreadDocument(made.name, made.about, made.sha256, kind, int(pages), 0, 0)


def _number(label: str, prefix: str) -> int:
    """Return the 7 of `zoom_7`. Counting labels would not do, because a deleted turn takes its labels with it."""
    kind, _, number = label.rpartition("_")
    return int(number) if kind == prefix and number.isdecimal() else 0


def _inside(outer: tuple[float, ...], inner: Box) -> Box:
    """Turn a box inside a part into a box inside the whole picture."""
    left, top, right, bottom = outer
    width, height = (right - left) / 1000, (bottom - top) / 1000
    return left + inner[0] * width, top + inner[1] * height, left + inner[2] * width, top + inner[3] * height


def _listed(names: Iterable[str] | Mapping[str, object]) -> str:
    known = list(names)
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return ", ".join(known[:MOST_NAMED]) + more

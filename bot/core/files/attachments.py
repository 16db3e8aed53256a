"""Files of a thread: downloaded once, told apart by their content, kept as pictures or documents."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.core.document import Document
from bot.core.drawing import Box
from bot.core.files.budget import share, shortened
from bot.core.files.documents import Documents, named_apart
from bot.core.files.downloads import Downloads
from bot.core.files.images import Pictures
from bot.core.images import PreparedImage
from bot.core.model.messages import Image
from bot.core.model.tokens import LEVEL_TOKENS, Level
from bot.core.ports import Blobs
from bot.core.read_progress import ProgressCallback, ignore_progress
from bot.core.records import read
from bot.core.thread.conversation import Picture, ThreadDocument
from bot.core.thread.inbound import FileRef
from bot.errors import FileError, FileTooLarge, FileUnsupported, RecordUnreadable, StateError
from bot.words import text

MAX_BYTES = 50 * 1024 * 1024
VIDEO = text("a video; please send the pictures of it that matter")
SOUND = text("a sound recording; I can't listen; please send what is said as text")
TOO_LARGE = text("too large ({size} MB; I read files up to {most} MB)")
NOT_READ = {"video/": VIDEO, "audio/": SOUND}

IsPicture = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What became of a file: a picture, or a document with the pictures of some of its pages."""

    pictures: tuple[Picture, ...]
    paper: ThreadDocument | None = None

    def named_apart(self, others: Iterable[ThreadDocument]) -> "ReadFile":
        """Under a name that no other document of the thread has; the same content keeps its name."""
        if self.paper is None:
            return self
        paper = named_apart(self.paper, others)
        return ReadFile(tuple(replace(picture, name=paper.name) for picture in self.pictures), paper)

    def read_as(self, paper: ThreadDocument) -> "ReadFile":
        """With less of its document told, and without the pictures of what is not."""
        return ReadFile(tuple(picture for picture in self.pictures if picture.page <= paper.pages_read), paper)


class Attachments:
    """`is_picture` looks at the bytes, not at the name."""

    def __init__(
        self, downloads: Downloads, pictures: Pictures, papers: Documents, blobs: Blobs, is_picture: IsPicture
    ) -> None:
        self._downloads = downloads
        self._pictures = pictures
        self._papers = papers
        self._blobs = blobs
        self._is_picture = is_picture

    async def take(self, team: str, file: FileRef, watch: ProgressCallback = ignore_progress) -> ReadFile:
        """Bring a file in; its pictures are not numbered yet. `watch` is told how far a document has come.

        Raises the FileError that fits.
        """
        with suppress(RecordUnreadable):  # then it is brought in again
            kept = await self._blobs.file(team, file.id)
            if kept is not None:
                return _from_json(kept, file)
        _refuse_early(file)
        data = await self._downloads.fetch(file)
        if self._is_picture(data, file.name):
            taken = ReadFile((await self._pictures.take(team, file, data),))
        else:
            paper, pictures = await self._papers.take(team, file, data, watch)
            taken = ReadFile(pictures, paper)
        if not file.is_editable:
            await self._note(team, file, taken)
        return taken

    async def within(self, team: str, got: Sequence[ReadFile | FileError]) -> list[ReadFile | FileError]:
        """The files of one question, of their documents no more than can be told together."""
        most = share(one.paper for one in got if isinstance(one, ReadFile) and one.paper)
        if most is None:
            return list(got)
        return [one if isinstance(one, FileError) else await self._shortened(team, one, most) for one in got]

    async def image(self, team: str, picture: Picture, level: Level) -> Image | None:
        """A picture of the thread at a level; None when it can no longer be had."""
        if picture.page:
            return await self._papers.page(team, picture, LEVEL_TOKENS[level])
        return await self._pictures.image(team, picture, level)

    async def original(self, team: str, picture: Picture) -> bytes:
        """A picture's bytes as they were uploaded; a page drawn as large as the model can look at one.

        Raises the FileError that fits.
        """
        return await (self._papers if picture.page else self._pictures).original(team, picture)

    async def text(self, team: str, paper: ThreadDocument) -> str:
        return await self._papers.text(team, paper)

    async def document(self, team: str, paper: ThreadDocument) -> Document:
        """All of its pages as text. Raises the FileError that fits."""
        return await self._papers.document(team, paper)

    async def page(self, team: str, paper: ThreadDocument, page: int, tokens: int) -> Image | None:
        """The picture of any page, labelled `name#page`; None when there is none or it can no longer be had."""
        place = Picture(0, paper.name, paper.file_id, paper.sha256, 0, 0, tokens, page=page)
        return await self._papers.page(team, place, tokens)

    async def page_crop(
        self, team: str, paper: ThreadDocument, page: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """The part of a page inside `box` (0 to 1000), drawn at full resolution; None when there is no picture of it.

        Raises ValueError, with words for the model, for a box outside 0 to 1000, reversed or empty; and the FileError
        that fits.
        """
        return await self._papers.crop(team, paper, page, box, max_tokens)

    async def _shortened(self, team: str, taken: ReadFile, most: int) -> ReadFile:
        if taken.paper is None or taken.paper.tokens <= most:
            return taken
        try:
            document = await self.document(team, taken.paper)
        except FileError:
            return taken
        return taken.read_as(shortened(taken.paper, document, most))

    async def _note(self, team: str, file: FileRef, taken: ReadFile) -> None:
        try:
            await self._blobs.note_file(team, file.id, asdict(taken))
        except StateError:
            return  # the next question brings it in again


def _from_json(kept: dict[str, Any], file: FileRef) -> ReadFile:
    """As it was taken, under the name it has in this message."""
    taken = read(ReadFile, kept)
    pictures = tuple(replace(picture, name=file.name) for picture in taken.pictures)
    return ReadFile(pictures, replace(taken.paper, name=file.name) if taken.paper else None)


def _refuse_early(file: FileRef) -> None:
    for beginning, reason in NOT_READ.items():
        if file.mimetype.startswith(beginning):
            raise FileUnsupported(file.mimetype, user_message=reason)
    if file.size > MAX_BYTES:
        sizes = {"size": round(file.size / 1_048_576), "most": MAX_BYTES // 1_048_576}
        raise FileTooLarge(str(file.size), user_message=TOO_LARGE, fields=sizes)

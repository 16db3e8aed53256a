"""Attachments reads the files of a thread: it downloads each once and turns it into a picture or a document."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.core.document import Document
from bot.core.drawing import Box
from bot.core.files.budget import share, shortened
from bot.core.files.documents import Documents, with_own_name
from bot.core.files.downloads import Downloads
from bot.core.files.images import Pictures
from bot.core.images import PreparedImage
from bot.core.model.messages import Image
from bot.core.model.tokens import LEVEL_TOKENS, Level
from bot.core.ports import Blobs
from bot.core.read_progress import ProgressCallback, ignore_progress
from bot.core.records import read
from bot.core.thread.inbound import CLIP, LEFT_OUT, LINKED, FileRef
from bot.core.thread.turn import Picture, ThreadDocument
from bot.errors import FileError, FileForbidden, FileTooLarge, FileUnsupported, RecordUnreadable, StateError
from bot.words import text

MAX_BYTES = 50 * 1024 * 1024
VIDEO = text("a video; please send the pictures of it that matter")
SOUND = text("a sound recording; I can't listen; please send what is said as text")
TOO_LARGE = text("too large ({size} MB; I read files up to {most} MB)")
ONE_TOO_MANY = text("too many files at once; ask me about it by itself")
NOT_READ = {"video/": VIDEO, "audio/": SOUND}

IsPicture = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: either one picture, or a document with the pictures of some of its pages."""

    pictures: tuple[Picture, ...]
    paper: ThreadDocument | None = None

    def with_own_name(self, others: Iterable[ThreadDocument]) -> "ReadFile":
        """Return the file under a name that no other document of the thread has."""
        if self.paper is None:
            return self
        paper = with_own_name(self.paper, others)
        return ReadFile(tuple(replace(picture, name=paper.name) for picture in self.pictures), paper)

    def shortened_to(self, paper: ThreadDocument) -> "ReadFile":
        """Return the file with a shortened document, without the pictures of the pages that are left out."""
        return ReadFile(tuple(picture for picture in self.pictures if picture.page <= paper.pages_read), paper)


class Attachments:
    """`is_picture` decides by the bytes of a file, not by its name."""

    def __init__(
        self, downloads: Downloads, pictures: Pictures, papers: Documents, blobs: Blobs, is_picture: IsPicture
    ) -> None:
        self._downloads = downloads
        self._pictures = pictures
        self._papers = papers
        self._blobs = blobs
        self._is_picture = is_picture

    async def read(self, team: str, file: FileRef, progress: ProgressCallback = ignore_progress) -> ReadFile:
        """Download and read a file. Its pictures have no numbers yet. `progress` is called while a document is read.

        Raises FileError.
        """
        _refuse_unseen(file)
        with suppress(RecordUnreadable):  # the file is then read again
            kept = await self._blobs.file(team, file.id)
            if kept is not None:
                return _from_json(kept, file)
        _refuse_early(file)
        data = await self._downloads.fetch(file)
        if self._is_picture(data, file.name):
            result = ReadFile((await self._pictures.read(team, file, data),))
        else:
            paper, pictures = await self._papers.read(team, file, data, progress)
            result = ReadFile(pictures, paper)
        if not file.is_editable:
            await self._note(team, file, result)
        return result

    async def within(self, team: str, results: Sequence[ReadFile | FileError]) -> list[ReadFile | FileError]:
        """Shorten the documents of one question, so that all of them fit into the prompt together."""
        most = share(result.paper for result in results if isinstance(result, ReadFile) and result.paper)
        if most is None:
            return list(results)
        return [
            result if isinstance(result, FileError) else await self._shortened(team, result, most) for result in results
        ]

    async def image(self, team: str, picture: Picture, level: Level) -> Image | None:
        """Return a picture of the thread at a level, or None when it is no longer available."""
        if picture.page:
            return await self._papers.page(team, picture, LEVEL_TOKENS[level])
        return await self._pictures.image(team, picture, level)

    async def original(self, team: str, picture: Picture) -> bytes:
        """Return the bytes of a picture as they were uploaded, or a page drawn as large as the model can see it.

        Raises FileError.
        """
        return await (self._papers if picture.page else self._pictures).original(team, picture)

    async def text(self, team: str, paper: ThreadDocument) -> str:
        return await self._papers.text(team, paper)

    async def document(self, team: str, paper: ThreadDocument) -> Document:
        """Return the document with the text of all its pages. Raises FileError."""
        return await self._papers.document(team, paper)

    async def page(self, team: str, paper: ThreadDocument, page: int, tokens: int) -> Image | None:
        """Return the picture of any page, labelled `name#page`, or None when there is none."""
        place = Picture(0, paper.name, paper.file_id, paper.sha256, 0, 0, tokens, page=page)
        return await self._papers.page(team, place, tokens)

    async def page_crop(
        self, team: str, paper: ThreadDocument, page: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """Draw the part of a page inside `box` (0 to 1000) at full resolution. Return None when it has no picture.

        Raises FileError, and ValueError for a box that is outside 0 to 1000, reversed or empty. The text of the
        ValueError is for the model.
        """
        return await self._papers.crop(team, paper, page, box, max_tokens)

    async def _shortened(self, team: str, file: ReadFile, most: int) -> ReadFile:
        if file.paper is None or file.paper.tokens <= most:
            return file
        try:
            document = await self.document(team, file.paper)
        except FileError:
            return file
        return file.shortened_to(shortened(file.paper, document, most))

    async def _note(self, team: str, file: FileRef, result: ReadFile) -> None:
        try:
            await self._blobs.note_file(team, file.id, asdict(result))
        except StateError:
            return  # the next question reads the file again


def _from_json(kept: dict[str, Any], file: FileRef) -> ReadFile:
    """Return the stored result under the name that the file has in this message."""
    result = read(ReadFile, kept)
    pictures = tuple(replace(picture, name=file.name) for picture in result.pictures)
    return ReadFile(pictures, replace(result.paper, name=file.name) if result.paper else None)


def _refuse_unseen(file: FileRef) -> None:
    """Refuse what must not be read, also if it is known because somebody else has asked about it."""
    if file.mode == LEFT_OUT:
        raise FileTooLarge(LEFT_OUT, user_message=ONE_TOO_MANY)
    if file.mode == LINKED:
        raise FileForbidden("nobody has looked whether the asker may see it")


def _refuse_early(file: FileRef) -> None:
    for beginning, reason in NOT_READ.items():
        if file.mimetype.startswith(beginning) and file.mode != CLIP:
            raise FileUnsupported(file.mimetype, user_message=reason)
    if file.download_bytes > MAX_BYTES:
        sizes = {"size": round(file.size / 1_048_576), "most": MAX_BYTES // 1_048_576}
        raise FileTooLarge(str(file.size), user_message=TOO_LARGE, fields=sizes)

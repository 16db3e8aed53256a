"""Files of a thread: downloaded once, told apart by their content, kept as pictures or documents."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.core.context import LEVEL_TOKENS, Level
from bot.core.conversation import Paper, Picture
from bot.core.inbound import FileRef
from bot.core.messages import Image
from bot.core.papers import Papers
from bot.core.pictures import Pictures
from bot.core.ports import Blobs, Downloads
from bot.errors import FileTooLarge, FileUnsupported, StateError
from bot.words import text

MAX_BYTES = 50 * 1024 * 1024
VIDEO = text("a video; I can look at pictures of it")
SOUND = text("a sound recording; I can't listen")
NOT_READ = {"video/": VIDEO, "audio/": SOUND}

IsPicture = Callable[[bytes, str], bool]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: a picture, or a document with the pictures of some of its pages."""

    pictures: tuple[Picture, ...]
    paper: Paper | None = None


class Attachments:
    """`is_picture` looks at the bytes, not at the name."""

    def __init__(
        self, downloads: Downloads, pictures: Pictures, papers: Papers, blobs: Blobs, is_picture: IsPicture
    ) -> None:
        self._downloads = downloads
        self._pictures = pictures
        self._papers = papers
        self._blobs = blobs
        self._is_picture = is_picture

    async def take(self, team: str, file: FileRef) -> Taken:
        """Bring a file in; its pictures are not numbered yet. Raises the FileError that fits."""
        kept = await self._blobs.file(team, file.id)
        if kept is not None:
            return _from_json(kept, file)
        _refuse_early(file)
        data = await self._downloads.fetch(file)
        if self._is_picture(data, file.name):
            taken = Taken((await self._pictures.take(team, file, data),))
        else:
            paper, pictures = await self._papers.take(team, file, data)
            taken = Taken(pictures, paper)
        await self._note(team, file, taken)
        return taken

    async def image(self, team: str, picture: Picture, level: Level) -> Image | None:
        """A picture of the thread at a level; None when it can no longer be had."""
        if picture.page:
            return await self._papers.page(team, picture, LEVEL_TOKENS[level])
        return await self._pictures.image(team, picture, level)

    async def text(self, team: str, paper: Paper) -> str:
        return await self._papers.text(team, paper)

    async def _note(self, team: str, file: FileRef, taken: Taken) -> None:
        try:
            await self._blobs.note_file(team, file.id, asdict(taken))
        except StateError:
            return  # the next question brings it in again


def _from_json(kept: dict[str, Any], file: FileRef) -> Taken:
    """As it was taken, under the name it has in this message."""
    pictures = tuple(replace(Picture(**picture), name=file.name) for picture in kept["pictures"])
    paper = kept["paper"]
    return Taken(pictures, Paper(**{**paper, "name": file.name, "notes": tuple(paper["notes"])}) if paper else None)


def _refuse_early(file: FileRef) -> None:
    for beginning, reason in NOT_READ.items():
        if file.mimetype.startswith(beginning):
            raise FileUnsupported(file.mimetype, user_message=reason)
    if file.size > MAX_BYTES:
        size = f"too large ({file.size / 1_048_576:.0f} MB; I read files up to {MAX_BYTES // 1_048_576} MB)"
        raise FileTooLarge(str(file.size), user_message=size)

"""The files of a question: brought in a few side by side, and what is told of them to the model and to the person."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from bot.core.audit import AuditEvent, note
from bot.core.files.attachments import Attachments, ReadFile
from bot.core.ports import Person
from bot.core.prompt.rewritten import files_of
from bot.core.read_progress import ProgressCallback
from bot.core.thread.conversation import Picture, ThreadDocument, Turn
from bot.core.thread.inbound import FileRef
from bot.errors import FileError
from bot.words import fill, text

MAX_FILES_AT_ONCE = 4
READ_WHOLE = text("{name} ({pages} pages)")
READ_PARTLY = text("{name} (pages 1–{read} of {pages} read, the rest searchable)")
NOT_READ = "{name} was attached but not read: {reason}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the files: the names read, and (name, reason) of those that were not."""

    read: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(self.read + other.read, self.unread + other.unread)


NO_FILES = Receipt()


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The files of one message, as they are told to the model and to the person."""

    pictures: tuple[Picture, ...] = ()
    papers: tuple[ThreadDocument, ...] = ()
    notes: tuple[str, ...] = ()
    receipt: Receipt = NO_FILES

    def with_file(
        self, file: FileRef, got: ReadFile | FileError, first_number: int, known: Sequence[ThreadDocument]
    ) -> "MessageFiles":
        """`known` are the thread's documents so far: no two of them go by the same name."""
        if isinstance(got, FileError):
            told = NOT_READ.format(name=file.name, reason=got.user_message)
            receipt = self.receipt + Receipt(unread=((file.name, got.user_message),))
            return replace(self, notes=(*self.notes, told), receipt=receipt)
        got = got.named_apart((*known, *self.papers))
        numbers = count(first_number + len(self.pictures))
        numbered = tuple(replace(picture, number=next(numbers)) for picture in got.pictures)
        return MessageFiles(
            (*self.pictures, *numbered),
            (*self.papers, got.paper) if got.paper else self.papers,
            self.notes,
            self.receipt + Receipt(read=(_named(file, got.paper),)),
        )


@dataclass(frozen=True, slots=True)
class FilesOfTurn:
    """How files are brought in for one turn; those in `refused` are not. `asked` are the ts of its questions,
    `read` is what the audit log is told of each.
    """

    team: str
    asker: Person
    watch: ProgressCallback
    refused: Mapping[str, FileError]
    asked: frozenset[str]
    read: AuditEvent


async def brought_in(
    attachments: Attachments, wanted: tuple[FileRef, ...], files: FilesOfTurn
) -> list[ReadFile | FileError]:
    """The files of one message, a few side by side, in their order."""
    gate = asyncio.Semaphore(MAX_FILES_AT_ONCE)

    async def one(file: FileRef) -> ReadFile | FileError:
        if file.id in files.refused:
            return files.refused[file.id]
        async with gate:
            try:
                taken = await attachments.take(files.team, file, files.watch)
            except FileError as error:
                note(replace(files.read, outcome="failure", error_type=type(error).__name__))
                return error
        note(files.read)
        return taken

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(file)) for file in wanted]
    return [task.result() for task in tasks]


def receipt_of(turn: Turn) -> Receipt:
    read, unread = files_of(turn)
    return Receipt(tuple(_named(one, one if isinstance(one, ThreadDocument) else None) for one in read), unread)


def _named(file: FileRef | Picture | ThreadDocument, paper: ThreadDocument | None) -> str:
    """How the receipt names a file: `report.pdf, pages 1–40 of 212`."""
    if paper is None:
        return file.name
    if paper.pages_read < paper.pages:
        return fill(READ_PARTLY, name=paper.name, read=paper.pages_read, pages=paper.pages)
    return fill(READ_WHOLE, name=paper.name, pages=paper.pages) if paper.pages > 1 else paper.name

"""`read_files` reads the files of a question, a few at a time. MessageFiles and Receipt are what is said about them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from bot.core.audit import AuditEvent, note
from bot.core.files.attachments import Attachments, ReadFile
from bot.core.ports import Person
from bot.core.prompt.rewritten import files_of
from bot.core.read_progress import ProgressCallback
from bot.core.thread.inbound import FileRef
from bot.core.thread.turn import Picture, ThreadDocument, Turn
from bot.errors import FileError
from bot.words import fill, text

MAX_FILES_AT_ONCE = 4
READ_WHOLE = text("{name} ({pages} pages)")
READ_PARTLY = text("{name} (pages 1–{read} of {pages} read, the rest searchable)")
NOT_READ = "{name} was attached but not read: {reason}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The files for the footer: names of those that were read, and (name, reason) of those that were not."""

    read: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(self.read + other.read, self.unread + other.unread)


NO_FILES = Receipt()


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The files of one message. The model gets pictures, documents and notes; the person gets the receipt."""

    pictures: tuple[Picture, ...] = ()
    papers: tuple[ThreadDocument, ...] = ()
    notes: tuple[str, ...] = ()
    receipt: Receipt = NO_FILES

    def with_file(
        self, file: FileRef, result: ReadFile | FileError, first_number: int, known: Sequence[ThreadDocument]
    ) -> "MessageFiles":
        """Add a file. `known` are the other documents of the thread: each has a name of its own."""
        if isinstance(result, FileError):
            note = NOT_READ.format(name=file.name, reason=result.user_message)
            receipt = self.receipt + Receipt(unread=((file.name, result.user_message),))
            return replace(self, notes=(*self.notes, note), receipt=receipt)
        result = result.with_own_name((*known, *self.papers))
        numbers = count(first_number + len(self.pictures))
        numbered = tuple(replace(picture, number=next(numbers)) for picture in result.pictures)
        return MessageFiles(
            (*self.pictures, *numbered),
            (*self.papers, result.paper) if result.paper else self.papers,
            self.notes,
            self.receipt + Receipt(read=(_named(file, result.paper),)),
        )


@dataclass(frozen=True, slots=True)
class FilesOfTurn:
    """What reading the files of a turn needs. Files in `refused` are not read. `asked` are the ts of the questions.
    `read` is the audit event of each file.
    """

    team: str
    asker: Person
    progress: ProgressCallback
    refused: Mapping[str, FileError]
    asked: frozenset[str]
    read: AuditEvent


async def read_files(
    attachments: Attachments, refs: tuple[FileRef, ...], files: FilesOfTurn
) -> list[ReadFile | FileError]:
    """Read the files of one message, a few at a time. Return the results in the order of `refs`."""
    limit = asyncio.Semaphore(MAX_FILES_AT_ONCE)

    async def read(file: FileRef) -> ReadFile | FileError:
        if file.id in files.refused:
            return files.refused[file.id]
        async with limit:
            try:
                result = await attachments.read(files.team, file, files.progress)
            except FileError as error:
                note(replace(files.read, outcome="failure", error_type=type(error).__name__))
                return error
        note(files.read)
        return result

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(read(file)) for file in refs]
    return [task.result() for task in tasks]


def receipt_of(turn: Turn) -> Receipt:
    read, unread = files_of(turn)
    return Receipt(tuple(_named(file, file if isinstance(file, ThreadDocument) else None) for file in read), unread)


def _named(file: FileRef | Picture | ThreadDocument, paper: ThreadDocument | None) -> str:
    """Return the name of a file in the receipt, such as `report.pdf (pages 1–40 of 212 read …)`."""
    if paper is None:
        return file.name
    if paper.pages_read < paper.pages:
        return fill(READ_PARTLY, name=paper.name, read=paper.pages_read, pages=paper.pages)
    return fill(READ_WHOLE, name=paper.name, pages=paper.pages) if paper.pages > 1 else paper.name

"""From the waiting messages to the turn the model is asked: names, pictures, what was in the thread before."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.core.attachments import Attachments, Taken
from bot.core.conversation import Conversation, Paper, Picture, Said, Turn
from bot.core.inbound import FileRef, Inbound
from bot.core.ports import Heard, Person, Threads, Workspace
from bot.core.thinking import directive
from bot.errors import FileError

# How long the twin of an `app_mention` without files is waited for before Slack is asked (slack.md §0.5).
TWIN_WAIT_S = 0.6
TWIN_POLL_S = 0.06
MAX_FILES_AT_ONCE = 4
BOT_SPEAKER = "You"
BROKE_OFF = "the question could not be answered"
NOT_READ = "{name} was attached but not read: {reason}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the files: the names read, and (name, reason) of those that were not."""

    read: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(self.read + other.read, self.unread + other.unread)


@dataclass(frozen=True, slots=True)
class Question:
    """A turn without its answer, and the receipt of its files. `think`: what the message itself asked for (`!think`).
    `language` is the asker's.
    """

    turn: Turn
    receipt: Receipt = Receipt()
    think: bool | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of one message, as they are told to the model and to the person."""

    pictures: tuple[Picture, ...] = ()
    papers: tuple[Paper, ...] = ()
    notes: tuple[str, ...] = ()
    receipt: Receipt = Receipt()

    def with_file(self, file: FileRef, got: Taken | FileError, first_number: int) -> "Brought":
        if isinstance(got, FileError):
            note = NOT_READ.format(name=file.name, reason=got.user_message)
            receipt = self.receipt + Receipt(unread=((file.name, got.user_message),))
            return replace(self, notes=(*self.notes, note), receipt=receipt)
        numbers = count(first_number + len(self.pictures))
        numbered = tuple(replace(picture, number=next(numbers)) for picture in got.pictures)
        return Brought(
            (*self.pictures, *numbered),
            (*self.papers, got.paper) if got.paper else self.papers,
            self.notes,
            self.receipt + Receipt(read=(_read(file, got.paper),)),
        )


class Composer:
    def __init__(self, threads: Threads, workspace: Workspace, attachments: Attachments) -> None:
        self._threads = threads
        self._workspace = workspace
        self._attachments = attachments

    async def complete(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """The waiting messages with their files known: from the twin event, else from Slack."""
        if all(message.files_known for message in waiting):
            return waiting
        thread = waiting[0].thread
        for _ in range(round(TWIN_WAIT_S / TWIN_POLL_S)):
            await asyncio.sleep(TWIN_POLL_S)
            waiting = await self._threads.waiting(thread) or waiting
            if all(message.files_known for message in waiting):
                return waiting
        return tuple([await self._looked_up(message) for message in waiting])

    async def question(self, waiting: tuple[Inbound, ...], conversation: Conversation) -> Question:
        """Everything the model is to know of this turn. A thread never seen is read from Slack, once."""
        asker = await self._workspace.person(waiting[-1].team, waiting[-1].user)
        earlier: tuple[Heard, ...] = ()
        if conversation.is_new and waiting[0].is_reply:
            since = float(conversation.since_ts or 0)
            earlier = tuple([one for one in await self._workspace.thread(waiting[0]) if float(one.ts) > since])
        heard = (*earlier, *(_heard(message) for message in waiting))
        return await self._take(heard, waiting[0], conversation.next_picture_number, asker)

    def again(self, message: Inbound, conversation: Conversation, asker: Person) -> Question | None:
        """The question of a turn whose answer is to be written anew; None when the turn is not remembered."""
        before = conversation.turn_of(message.ts)
        if before is None:
            return None
        versions = (*before.versions, before.answer) if before.answer else before.versions
        turn = Turn(before.date, before.said, thinking=before.thinking, versions=versions, number=before.number)
        wish = {"think": True, "fast": False}.get(message.redo, before.thinking)
        return Question(turn, think=wish, language=asker.language)

    async def asker(self, waiting: tuple[Inbound, ...]) -> Person:
        return await self._workspace.person(waiting[-1].team, waiting[-1].user)

    async def bare(self, waiting: tuple[Inbound, ...]) -> Question:
        """The question without its files, for when something about them, or anything else, goes wrong."""
        asker = await self._workspace.person(waiting[-1].team, waiting[-1].user)
        said = [
            Said(message.ts, await self._speaker(message, _heard(message)), message.text, notes=_names(message.files))
            for message in waiting
        ]
        return Question(Turn(date=_day(asker), said=tuple(said)), language=asker.language)

    async def _take(self, heard: tuple[Heard, ...], first: Inbound, number: int, asker: Person) -> Question:
        said, receipt, think = [], Receipt(), None
        for message in heard:
            brought = await self._files(first.team, message.files, number)
            number += len(brought.pictures)
            speaker = await self._speaker(first, message)
            text, wish = directive(await self._workspace.readable(first.team, message.text))
            think = think if wish is None else wish
            said.append(Said(message.ts, speaker, text, brought.pictures, brought.notes, brought.papers))
            receipt += brought.receipt
        return Question(Turn(date=_day(asker), said=tuple(said)), receipt, think, asker.language)

    async def _speaker(self, first: Inbound, message: Heard) -> str:
        if message.by_bot:
            return BOT_SPEAKER
        if first.place == "dm":
            return ""
        return message.name or (await self._workspace.person(first.team, message.user)).name

    async def _files(self, team: str, files: tuple[FileRef, ...], number: int) -> "Brought":
        """The files of one message, a few side by side, in their order; the pictures numbered without gaps."""
        gate = asyncio.Semaphore(MAX_FILES_AT_ONCE)

        async def one(file: FileRef) -> Taken | FileError:
            async with gate:
                try:
                    return await self._attachments.take(team, file)
                except FileError as error:
                    return error

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(file)) for file in files]
        brought = Brought()
        for file, task in zip(files, tasks, strict=True):
            brought = brought.with_file(file, task.result(), number)
        return brought

    async def _looked_up(self, message: Inbound) -> Inbound:
        if message.files_known:
            return message
        heard = await self._workspace.message(message)
        return message.with_files(heard.files if heard else ())


def _heard(message: Inbound) -> Heard:
    return Heard(message.ts, message.user, message.text, message.files, by_bot=False)


def _read(file: FileRef, paper: Paper | None) -> str:
    """How the receipt names a file: `report.pdf, pages 1–40 of 212`."""
    if paper is None:
        return file.name
    pages = f"1–{paper.pages_read}/{paper.pages}" if paper.pages_read < paper.pages else str(paper.pages)
    return f"{file.name} (p. {pages})"


def _names(files: tuple[FileRef, ...]) -> tuple[str, ...]:
    return tuple(NOT_READ.format(name=file.name, reason=BROKE_OFF) for file in files)


def _day(person: Person) -> str:
    """The calendar day where the person is."""
    return (datetime.now(UTC) + timedelta(seconds=person.utc_offset_s)).date().isoformat()

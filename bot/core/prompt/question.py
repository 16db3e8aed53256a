"""From the waiting messages to the turn the model is asked: names, pictures, what was in the thread before."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.core.audit import Audited, note
from bot.core.conversation import Conversation, Paper, Picture, Role, Said, Turn
from bot.core.files.attachments import Attachments, Taken
from bot.core.files.budget import LEFT_OUT
from bot.core.files.linked_files import Linked, Links
from bot.core.inbound import FileRef, Inbound
from bot.core.intake.links import links_to_message
from bot.core.people.speakers import speaker_name
from bot.core.people.standing import is_outsider
from bot.core.ports import Heard, Person, Threads, Workspace
from bot.core.prompt.earlier_messages import carried, read_earlier
from bot.core.prompt.rewritten import anew, edited, files_of, with_text
from bot.core.prompt.thinking import directive
from bot.core.read_progress import Watch, unwatched
from bot.errors import FileError
from bot.words import fill, text

# How long the twin of an `app_mention` without files is waited for before Slack is asked (slack.md §0.5).
TWIN_WAIT_S = 0.6
TWIN_POLL_S = 0.06
# When a message that is linked to is looked for, after Slack has had a moment to show it.
UNFURL_WAITS_S = (0.4, 0.8)
UNFURL_PATIENCE_S = 4.0
MAX_FILES_AT_ONCE = 4
BOT_SPEAKER = "You"
NEW = Conversation()
NOBODY = Person("", "")
BROKE_OFF = "the question could not be answered"
READ_WHOLE = text("{name} ({pages} pages)")
READ_PARTLY = text("{name} (pages 1–{read} of {pages} read, the rest searchable)")
READ_NEWEST = text("the newest {read} of {count} earlier messages")
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
    """A turn without its answer, and the receipt of its files. `think`: what the message itself wants (`!think`)."""

    turn: Turn
    receipt: Receipt = Receipt()
    think: bool | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of one message, as they are told to the model and to the person."""

    pictures: tuple[Picture, ...] = ()
    papers: tuple[Paper, ...] = ()
    notes: tuple[str, ...] = ()
    receipt: Receipt = Receipt()

    def with_file(self, file: FileRef, got: Taken | FileError, first_number: int, known: Sequence[Paper]) -> "Brought":
        """`known` are the thread's documents so far: no two of them go by the same name."""
        if isinstance(got, FileError):
            note = NOT_READ.format(name=file.name, reason=got.user_message)
            receipt = self.receipt + Receipt(unread=((file.name, got.user_message),))
            return replace(self, notes=(*self.notes, note), receipt=receipt)
        got = got.named_apart((*known, *self.papers))
        numbers = count(first_number + len(self.pictures))
        numbered = tuple(replace(picture, number=next(numbers)) for picture in got.pictures)
        return Brought(
            (*self.pictures, *numbered),
            (*self.papers, got.paper) if got.paper else self.papers,
            self.notes,
            self.receipt + Receipt(read=(_read(file, got.paper),)),
        )


@dataclass(frozen=True, slots=True)
class _Files:
    """How files are brought in for one turn; those in `refused` are not. `asked` are the ts of its questions,
    `read` is what the audit log is told of each.
    """

    team: str
    asker: Person
    watch: Watch
    refused: Mapping[str, FileError]
    asked: frozenset[str]
    read: Audited


class Composer:
    """`links` brings files in that a message only links to; nobody else goes by `bot_name`."""

    def __init__(
        self,
        threads: Threads,
        workspace: Workspace,
        attachments: Attachments,
        links: Links | None = None,
        bot_name: str = "",
    ) -> None:
        self._bot_name = bot_name
        self._threads = threads
        self._workspace = workspace
        self._attachments = attachments
        self._linked = Linked(links)

    async def complete(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """The waiting messages with their files known, from the twin event, else from Slack; and with the messages they
        link to, where Slack shows them.
        """
        waiting = await self._twins(waiting)
        return tuple([await self._unfurled(await self._looked_up(message)) for message in waiting])

    async def _twins(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        thread, ours = waiting[0].thread, {message.ts for message in waiting}
        for _ in range(round(TWIN_WAIT_S / TWIN_POLL_S)):
            if all(message.files_known for message in waiting):
                break
            await asyncio.sleep(TWIN_POLL_S)
            # What came in meanwhile is for the next turn: nobody has asked yet whether its author may use the bot.
            twins = [message for message in await self._threads.waiting(thread) if message.ts in ours]
            waiting = tuple(twins) or waiting
        return waiting

    async def question(
        self, waiting: tuple[Inbound, ...], conversation: Conversation, asker: Person, watch: Watch = unwatched
    ) -> Question:
        """Everything the model is to know of this turn. A thread never seen is read from Slack, once.

        `watch` is told how far reading the files has come.
        """
        earlier = await read_earlier(self._workspace, waiting, conversation)
        refused: dict[str, FileError] = {}
        asked = [_heard(await self._linked.with_linked(message, refused)) for message in waiting]
        allowed = [await self._linked.allowed(one.files, waiting[-1], refused) for one in earlier.heard]
        with_question = {file.id for message in asked for file in message.files}
        heard = [
            replace(one, files=tuple(file for file in files if file.id not in with_question))
            for one, files in zip(earlier.heard, allowed, strict=True)
        ]
        read = Audited("file_read", waiting[-1].team, waiting[-1].channel, waiting[-1].user, outcome="success")
        files = _Files(waiting[0].team, asker, watch, refused, frozenset(message.ts for message in waiting), read)
        in_order = sorted((*heard, *asked), key=lambda one: float(one.ts))
        question = await self._take(tuple(in_order), waiting[0], conversation, files)
        question = replace(question, turn=replace(question.turn, missed_since=earlier.missed_since))
        return _without(question, earlier.left_out, len(heard)) if earlier.left_out else question

    def again(self, message: Inbound, conversation: Conversation) -> Question | None:
        """The question of a turn whose answer is to be written anew; None when the turn is not remembered."""
        before = conversation.turn_of(message.ts)
        if before is None:
            return None
        turn = anew(before)
        if message.redo == "edited":
            turn = with_text(turn, message.ts, message.text)
        wish = {"think": True, "fast": False}.get(message.redo, before.thinking)
        return Question(turn, _receipt(turn), wish)

    async def edited(
        self, waiting: tuple[Inbound, ...], conversation: Conversation, asker: Person, watch: Watch = unwatched
    ) -> Question | None:
        """The same for a question that was edited since: it and its files are read anew."""
        before = conversation.turn_of(waiting[0].ts)
        if before is None:
            return None
        fresh = await self.question(waiting, conversation.before(before), asker, watch)
        turn = edited(before, fresh.turn, waiting[0].ts, conversation.next_picture_number)
        is_all = len(turn.said) == len(fresh.turn.said)
        return replace(fresh, turn=turn, receipt=fresh.receipt if is_all else _receipt(turn))

    async def asker(self, waiting: tuple[Inbound, ...]) -> Person:
        """Who asked last; nobody where nothing waits."""
        if not waiting:
            return NOBODY
        last = waiting[-1]
        return await self._workspace.person(last.team, last.user, last.channel)

    async def bare(self, waiting: tuple[Inbound, ...], asker: Person, conversation: Conversation = NEW) -> Question:
        """The question without its files, for when something about them, or anything else, goes wrong."""
        said = []
        for message in waiting:
            speaker, outside = await self._speaker(message, _heard(message))
            one = Said(message.ts, speaker, message.text, notes=_names(message.files), quoted=message.quoted)
            said.append(replace(one, is_outsider=outside, user=message.user))
        missed = carried(waiting[0], conversation)
        return Question(Turn(date=_day(asker), said=tuple(said), missed_since=missed))

    async def _take(
        self, heard: tuple[Heard, ...], first: Inbound, conversation: Conversation, files: _Files
    ) -> Question:
        asker = files.asker
        said: list[Said] = []
        receipt, think = Receipt(), None
        number, papers = conversation.next_picture_number, list(conversation.papers)
        everything = [one for message in heard for one in await self._brought_in(message.files, files)]
        taken = iter(await self._attachments.within(files.team, everything))
        for message in heard:
            brought = Brought()
            for file, one in zip(message.files, taken, strict=False):
                brought = brought.with_file(file, one, number, papers)
            number += len(brought.pictures)
            papers += brought.papers
            speaker, outside = await self._speaker(first, message)
            text = await self._workspace.readable(first.team, message.text, asker.id)
            if message.ts in files.asked:  # only a question orders anything
                text, wish = directive(text)
                think = think if wish is None else wish
            one_said = Said(message.ts, speaker, text, brought.pictures, brought.notes, brought.papers)
            quoted = message.quoted
            quoted = await self._workspace.readable(first.team, quoted, asker.id) if quoted else ""
            role: Role = "question" if message.ts in files.asked else _role(message)
            said.append(replace(one_said, quoted=quoted, role=role, is_outsider=outside, user=message.user))
            receipt += brought.receipt
        return Question(Turn(date=_day(asker), said=tuple(said)), receipt, think)

    async def _speaker(self, first: Inbound, message: Heard) -> tuple[str, bool]:
        """What they are called, and whether they are an outsider. What an app says is nobody's anyway."""
        if message.by_bot:
            return BOT_SPEAKER, False
        if message.is_app and message.name:
            return "" if first.place == "dm" else speaker_name(message.name, message.user, self._bot_name), False
        person = await self._workspace.person(first.team, message.user)
        name = "" if first.place == "dm" else speaker_name(message.name or person.name, message.user, self._bot_name)
        return name, not message.is_app and is_outsider(person.standing)

    async def _brought_in(self, wanted: tuple[FileRef, ...], files: _Files) -> list[Taken | FileError]:
        """The files of one message, a few side by side, in their order."""
        gate = asyncio.Semaphore(MAX_FILES_AT_ONCE)

        async def one(file: FileRef) -> Taken | FileError:
            if file.id in files.refused:
                return files.refused[file.id]
            async with gate:
                try:
                    taken = await self._attachments.take(files.team, file, files.watch)
                except FileError as error:
                    note(replace(files.read, outcome="failure", error_type=type(error).__name__))
                    return error
            note(files.read)
            return taken

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(file)) for file in wanted]
        return [task.result() for task in tasks]

    async def _looked_up(self, message: Inbound) -> Inbound:
        if message.files_known:
            return message
        heard = await self._workspace.message(message)
        if heard is None:
            return message.with_files(message.files)
        return replace(message.with_files(heard.files), quoted=heard.quoted or message.quoted)

    async def _unfurled(self, message: Inbound) -> Inbound:
        """A message that is linked to stands under the link a moment later; Slack tells of that by no event of ours."""
        if message.quoted or message.redo or not links_to_message(message.text):
            return message
        with suppress(TimeoutError):
            async with asyncio.timeout(UNFURL_PATIENCE_S):
                for wait_s in UNFURL_WAITS_S:
                    await asyncio.sleep(wait_s)
                    heard = await self._workspace.message(message)
                    if heard is not None and heard.quoted:
                        return replace(message.with_files(heard.files), quoted=heard.quoted)
        return message


def _heard(message: Inbound) -> Heard:
    return Heard(message.ts, message.user, message.text, message.files, by_bot=False, quoted=message.quoted)


def _role(message: Heard) -> Role:
    return "bot" if message.by_bot else "app" if message.is_app else "person"


def _without(question: Question, left_out: int, kept: int) -> Question:
    """Model and person are told that messages of the thread are missing."""
    root, *others = question.turn.said
    root = replace(root, notes=(*root.notes, LEFT_OUT.format(count=left_out)))
    receipt = Receipt((fill(READ_NEWEST, read=kept, count=kept + left_out), *question.receipt.read))
    receipt += Receipt(unread=question.receipt.unread)
    return replace(question, turn=replace(question.turn, said=(root, *others)), receipt=receipt)


def _receipt(turn: Turn) -> Receipt:
    read, unread = files_of(turn)
    return Receipt(tuple(_read(one, one if isinstance(one, Paper) else None) for one in read), unread)


def _read(file: FileRef | Picture | Paper, paper: Paper | None) -> str:
    """How the receipt names a file: `report.pdf, pages 1–40 of 212`."""
    if paper is None:
        return file.name
    if paper.pages_read < paper.pages:
        return fill(READ_PARTLY, name=paper.name, read=paper.pages_read, pages=paper.pages)
    return fill(READ_WHOLE, name=paper.name, pages=paper.pages) if paper.pages > 1 else paper.name


def _names(files: tuple[FileRef, ...]) -> tuple[str, ...]:
    return tuple(NOT_READ.format(name=file.name, reason=BROKE_OFF) for file in files)


def _day(person: Person) -> str:
    """The calendar day where the person is."""
    return (datetime.now(UTC) + timedelta(seconds=person.utc_offset_s)).date().isoformat()

"""Composer makes the question of a turn out of the waiting messages: it adds names, files and earlier messages."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.core.audit import AuditEvent
from bot.core.files.attachments import Attachments
from bot.core.files.budget import LEFT_OUT
from bot.core.files.linked_files import LinkedFiles, Links
from bot.core.people.speakers import speaker_name
from bot.core.people.standing import is_outsider
from bot.core.ports import Person, SlackMessage, Threads, Workspace
from bot.core.prompt.earlier_messages import carried, read_earlier
from bot.core.prompt.previews import late_previews, with_previews
from bot.core.prompt.question_files import (
    NO_FILES,
    NOT_READ,
    FilesOfTurn,
    MessageFiles,
    Receipt,
    read_files,
    receipt_of,
)
from bot.core.prompt.rewritten import edited, regenerated, with_text
from bot.core.prompt.thinking import directive
from bot.core.read_progress import ProgressCallback, ignore_progress
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.turn import Role, Turn, TurnMessage
from bot.errors import FileError
from bot.words import fill, text

# An `app_mention` may come without its files. The `message` event of the same message has them, and is waited for so
# long before Slack is asked (slack.md §0.5).
TWIN_WAIT_S = 0.6
TWIN_POLL_S = 0.06
BOT_SPEAKER = "You"
NEW = Conversation()
NOBODY = Person("", "")
BROKE_OFF = "the question could not be answered"
READ_NEWEST = text("the newest {read} of {count} earlier messages")


@dataclass(frozen=True, slots=True)
class Question:
    """A turn without its answer, and the receipt of its files. `think` is what the message asks for (`!think`)."""

    turn: Turn
    receipt: Receipt = NO_FILES
    think: bool | None = None


class Composer:
    """`links` finds files that a message only links to. Nobody else may have the name `bot_name`."""

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
        self._linked = LinkedFiles(links)

    async def complete(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        """Return the messages with their files, from the second event or else from Slack, and with what Slack
        shows under their links.
        """
        waiting = await self._twins(waiting)
        return await with_previews(self._workspace, [await self._looked_up(message) for message in waiting])

    async def _twins(self, waiting: tuple[Inbound, ...]) -> tuple[Inbound, ...]:
        thread, ours = waiting[0].thread, {message.ts for message in waiting}
        for _ in range(round(TWIN_WAIT_S / TWIN_POLL_S)):
            if all(message.files_known for message in waiting):
                break
            await asyncio.sleep(TWIN_POLL_S)
            # Messages that came in meanwhile are for the next turn: the gate has not checked their authors yet.
            twins = [message for message in await self._threads.waiting(thread) if message.ts in ours]
            waiting = tuple(twins) or waiting
        return waiting

    async def question(
        self,
        waiting: tuple[Inbound, ...],
        conversation: Conversation,
        asker: Person,
        progress: ProgressCallback = ignore_progress,
    ) -> Question:
        """Read the files and the earlier messages of the thread. `progress` is called as reading goes on."""
        earlier = await read_earlier(self._workspace, waiting, conversation)
        refused: dict[str, FileError] = {}
        asked = [_slack_message(await self._linked.with_linked(message, refused)) for message in waiting]
        allowed = [await self._linked.allowed(message.files, waiting[-1], refused) for message in earlier.messages]
        with_question = {file.id for message in asked for file in message.files}
        context = [
            replace(message, files=tuple(file for file in files if file.id not in with_question))
            for message, files in zip(earlier.messages, allowed, strict=True)
        ]
        context += await late_previews(self._workspace, waiting, conversation)
        read = AuditEvent("file_read", waiting[-1].team, waiting[-1].channel, waiting[-1].user, outcome="success")
        questions = frozenset(message.ts for message in waiting)
        files = FilesOfTurn(waiting[0].team, asker, progress, refused, questions, read)
        in_order = sorted((*context, *asked), key=lambda message: float(message.ts))
        question = await self._read(tuple(in_order), waiting[0], conversation, files)
        question = replace(question, turn=replace(question.turn, missed_since=earlier.missed_since))
        return _noting_left_out(question, earlier.left_out, len(earlier.messages)) if earlier.left_out else question

    def again(self, message: Inbound, conversation: Conversation) -> Question | None:
        """Return the question of a turn whose answer is regenerated, or None when the turn is not remembered."""
        old_turn = conversation.turn_of(message.ts)
        if old_turn is None:
            return None
        turn = regenerated(old_turn)
        if message.redo == "edited":
            turn = with_text(turn, message.ts, message.text)
        think = {"think": True, "fast": False}.get(message.redo, old_turn.thinking)
        return Question(turn, receipt_of(turn), think)

    async def edited(
        self,
        waiting: tuple[Inbound, ...],
        conversation: Conversation,
        asker: Person,
        progress: ProgressCallback = ignore_progress,
    ) -> Question | None:
        """Do the same for an edited question, and read it and its files again."""
        old_turn = conversation.turn_of(waiting[0].ts)
        if old_turn is None:
            return None
        fresh = await self.question(waiting, conversation.before(old_turn), asker, progress)
        turn = edited(old_turn, fresh.turn, waiting[0].ts, conversation.next_picture_number)
        is_all = len(turn.said) == len(fresh.turn.said)
        return replace(fresh, turn=turn, receipt=fresh.receipt if is_all else receipt_of(turn))

    async def asker(self, waiting: tuple[Inbound, ...]) -> Person:
        """Return who asked last, or NOBODY when no message waits."""
        if not waiting:
            return NOBODY
        last = waiting[-1]
        return await self._workspace.person(last.team, last.user, last.channel)

    async def bare(self, waiting: tuple[Inbound, ...], asker: Person, conversation: Conversation = NEW) -> Question:
        """Return the question without its files, for a turn that fails before they are read."""
        said = []
        for message in waiting:
            speaker, is_outside = await self._speaker(message, _slack_message(message))
            notes = _unread_notes(message.files)
            turn_message = TurnMessage(message.ts, speaker, message.text, notes=notes, quoted=message.quoted)
            said.append(replace(turn_message, is_outsider=is_outside, user=message.user))
        missed = carried(waiting[0], conversation)
        return Question(Turn(date=_day(asker), said=tuple(said), missed_since=missed))

    async def _read(
        self, messages: tuple[SlackMessage, ...], first: Inbound, conversation: Conversation, files: FilesOfTurn
    ) -> Question:
        asker = files.asker
        said: list[TurnMessage] = []
        receipt, think = Receipt(), None
        number, papers = conversation.next_picture_number, list(conversation.papers)
        results = [
            result for message in messages for result in await read_files(self._attachments, message.files, files)
        ]
        fitting = iter(await self._attachments.within(files.team, results))
        for message in messages:
            read = MessageFiles()
            for file, result in zip(message.files, fitting, strict=False):
                read = read.with_file(file, result, number, papers)
            number += len(read.pictures)
            papers += read.papers
            speaker, is_outside = await self._speaker(first, message)
            text = await self._workspace.readable(first.team, message.text, asker.id)
            if message.ts in files.asked:  # `!think` counts in a question alone
                text, directed = directive(text)
                think = think if directed is None else directed
            turn_message = TurnMessage(message.ts, speaker, text, read.pictures, read.notes, read.papers)
            quoted = message.quoted
            quoted = await self._workspace.readable(first.team, quoted, asker.id) if quoted else ""
            role: Role = "question" if message.ts in files.asked else _role(message)
            said.append(replace(turn_message, quoted=quoted, role=role, is_outsider=is_outside, user=message.user))
            receipt += read.receipt
        return Question(Turn(date=_day(asker), said=tuple(said)), receipt, think)

    async def _speaker(self, first: Inbound, message: SlackMessage) -> tuple[str, bool]:
        """Return the author's name, and whether they are an outsider. An app is no outsider: nothing it says counts as
        an order anyway.
        """
        if message.by_bot:
            return BOT_SPEAKER, False
        if message.is_app and message.name:
            return "" if first.place == "dm" else speaker_name(message.name, message.user, self._bot_name), False
        person = await self._workspace.person(first.team, message.user)
        name = "" if first.place == "dm" else speaker_name(message.name or person.name, message.user, self._bot_name)
        return name, not message.is_app and is_outsider(person.standing)

    async def _looked_up(self, message: Inbound) -> Inbound:
        if message.files_known:
            return message
        found = await self._workspace.message(message)
        if found is None:
            return message.with_files(message.files)
        return replace(message.with_files(found.files), quoted=found.quoted or message.quoted)


def _slack_message(message: Inbound) -> SlackMessage:
    return SlackMessage(message.ts, message.user, message.text, message.files, by_bot=False, quoted=message.quoted)


def _role(message: SlackMessage) -> Role:
    return "bot" if message.by_bot else "app" if message.is_app else "person"


def _noting_left_out(question: Question, left_out: int, kept: int) -> Question:
    """Tell the model (in a note) and the person (in the receipt) that messages of the thread are missing."""
    root, *others = question.turn.said
    root = replace(root, notes=(*root.notes, LEFT_OUT.format(count=left_out)))
    receipt = Receipt((fill(READ_NEWEST, read=kept, count=kept + left_out), *question.receipt.read))
    receipt += Receipt(unread=question.receipt.unread)
    return replace(question, turn=replace(question.turn, said=(root, *others)), receipt=receipt)


def _unread_notes(files: tuple[FileRef, ...]) -> tuple[str, ...]:
    return tuple(NOT_READ.format(name=file.name, reason=BROKE_OFF) for file in files)


def _day(person: Person) -> str:
    """Return the calendar day where the person is, in ISO form."""
    return (datetime.now(UTC) + timedelta(seconds=person.utc_offset_s)).date().isoformat()

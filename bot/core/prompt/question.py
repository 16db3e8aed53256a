"""From the waiting messages to the turn the model is asked: names, pictures, what was in the thread before."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.core.audit import AuditEvent
from bot.core.files.attachments import Attachments
from bot.core.files.budget import LEFT_OUT
from bot.core.files.linked_files import LinkedFiles, Links
from bot.core.intake.links import links_to_message
from bot.core.people.speakers import speaker_name
from bot.core.people.standing import is_outsider
from bot.core.ports import Person, SlackMessage, Threads, Workspace
from bot.core.prompt.earlier_messages import carried, read_earlier
from bot.core.prompt.question_files import (
    NO_FILES,
    NOT_READ,
    FilesOfTurn,
    MessageFiles,
    Receipt,
    brought_in,
    receipt_of,
)
from bot.core.prompt.rewritten import anew, edited, with_text
from bot.core.prompt.thinking import directive
from bot.core.read_progress import ProgressCallback, ignore_progress
from bot.core.thread.conversation import Conversation, Role, Turn, TurnMessage
from bot.core.thread.inbound import FileRef, Inbound
from bot.errors import FileError
from bot.words import fill, text

# How long the twin of an `app_mention` without files is waited for before Slack is asked (slack.md §0.5).
TWIN_WAIT_S = 0.6
TWIN_POLL_S = 0.06
# When a message that is linked to is looked for, after Slack has had a moment to show it.
UNFURL_WAITS_S = (0.4, 0.8)
UNFURL_PATIENCE_S = 4.0
BOT_SPEAKER = "You"
NEW = Conversation()
NOBODY = Person("", "")
BROKE_OFF = "the question could not be answered"
READ_NEWEST = text("the newest {read} of {count} earlier messages")


@dataclass(frozen=True, slots=True)
class Question:
    """A turn without its answer, and the receipt of its files. `think`: what the message itself wants (`!think`)."""

    turn: Turn
    receipt: Receipt = NO_FILES
    think: bool | None = None


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
        self._linked = LinkedFiles(links)

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
        self,
        waiting: tuple[Inbound, ...],
        conversation: Conversation,
        asker: Person,
        watch: ProgressCallback = ignore_progress,
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
        read = AuditEvent("file_read", waiting[-1].team, waiting[-1].channel, waiting[-1].user, outcome="success")
        files = FilesOfTurn(waiting[0].team, asker, watch, refused, frozenset(message.ts for message in waiting), read)
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
        return Question(turn, receipt_of(turn), wish)

    async def edited(
        self,
        waiting: tuple[Inbound, ...],
        conversation: Conversation,
        asker: Person,
        watch: ProgressCallback = ignore_progress,
    ) -> Question | None:
        """The same for a question that was edited since: it and its files are read anew."""
        before = conversation.turn_of(waiting[0].ts)
        if before is None:
            return None
        fresh = await self.question(waiting, conversation.before(before), asker, watch)
        turn = edited(before, fresh.turn, waiting[0].ts, conversation.next_picture_number)
        is_all = len(turn.said) == len(fresh.turn.said)
        return replace(fresh, turn=turn, receipt=fresh.receipt if is_all else receipt_of(turn))

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
            one = TurnMessage(message.ts, speaker, message.text, notes=_names(message.files), quoted=message.quoted)
            said.append(replace(one, is_outsider=outside, user=message.user))
        missed = carried(waiting[0], conversation)
        return Question(Turn(date=_day(asker), said=tuple(said), missed_since=missed))

    async def _take(
        self, heard: tuple[SlackMessage, ...], first: Inbound, conversation: Conversation, files: FilesOfTurn
    ) -> Question:
        asker = files.asker
        said: list[TurnMessage] = []
        receipt, think = Receipt(), None
        number, papers = conversation.next_picture_number, list(conversation.papers)
        everything = [one for message in heard for one in await brought_in(self._attachments, message.files, files)]
        taken = iter(await self._attachments.within(files.team, everything))
        for message in heard:
            brought = MessageFiles()
            for file, one in zip(message.files, taken, strict=False):
                brought = brought.with_file(file, one, number, papers)
            number += len(brought.pictures)
            papers += brought.papers
            speaker, outside = await self._speaker(first, message)
            text = await self._workspace.readable(first.team, message.text, asker.id)
            if message.ts in files.asked:  # only a question orders anything
                text, wish = directive(text)
                think = think if wish is None else wish
            one_said = TurnMessage(message.ts, speaker, text, brought.pictures, brought.notes, brought.papers)
            quoted = message.quoted
            quoted = await self._workspace.readable(first.team, quoted, asker.id) if quoted else ""
            role: Role = "question" if message.ts in files.asked else _role(message)
            said.append(replace(one_said, quoted=quoted, role=role, is_outsider=outside, user=message.user))
            receipt += brought.receipt
        return Question(Turn(date=_day(asker), said=tuple(said)), receipt, think)

    async def _speaker(self, first: Inbound, message: SlackMessage) -> tuple[str, bool]:
        """What they are called, and whether they are an outsider. What an app says is nobody's anyway."""
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


def _heard(message: Inbound) -> SlackMessage:
    return SlackMessage(message.ts, message.user, message.text, message.files, by_bot=False, quoted=message.quoted)


def _role(message: SlackMessage) -> Role:
    return "bot" if message.by_bot else "app" if message.is_app else "person"


def _without(question: Question, left_out: int, kept: int) -> Question:
    """Model and person are told that messages of the thread are missing."""
    root, *others = question.turn.said
    root = replace(root, notes=(*root.notes, LEFT_OUT.format(count=left_out)))
    receipt = Receipt((fill(READ_NEWEST, read=kept, count=kept + left_out), *question.receipt.read))
    receipt += Receipt(unread=question.receipt.unread)
    return replace(question, turn=replace(question.turn, said=(root, *others)), receipt=receipt)


def _names(files: tuple[FileRef, ...]) -> tuple[str, ...]:
    return tuple(NOT_READ.format(name=file.name, reason=BROKE_OFF) for file in files)


def _day(person: Person) -> str:
    """The calendar day where the person is."""
    return (datetime.now(UTC) + timedelta(seconds=person.utc_offset_s)).date().isoformat()

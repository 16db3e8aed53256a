"""AskAgain puts a question back into the inbox: to regenerate its answer, after an edit, or to continue the answer."""

from dataclasses import replace
from typing import Protocol

from bot.core.intake.edits import MessageEdits
from bot.core.ports import Conversations, SlackMessage
from bot.core.thread.inbound import Inbound, Redo

# Slack keeps a deleted message that has replies, and names this user as its author.
SLACKBOT = "USLACKBOT"


class Messages(Protocol):
    async def message(self, inbound: Inbound) -> SlackMessage | None:
        """Return the message as it is in Slack now, or None when Slack does not give it."""
        ...


class AskAgain:
    """Raises StateError and SlackError. A `question` knows only what its button knows: the place, and who pressed."""

    def __init__(self, memory: Conversations, messages: Messages, edits: MessageEdits) -> None:
        self._memory = memory
        self._messages = messages
        self._edits = edits

    async def redo(self, question: Inbound, redo: Redo) -> bool:
        """Ask the question once more. Return False when it was deleted or forgotten."""
        found = await self._question(question)
        if found is None:
            return False
        # A turn that failed may have failed before its files were read, so its question is read from Slack ("edited").
        await self._edits.ask_again(replace(found, redo=found.redo or redo))
        return True

    async def as_it_reads(self, question: Inbound) -> bool:
        """Ask an edited question once more, with its new text. Return False when it was deleted."""
        message = await self._message(question)
        if message is None:
            return False
        edited = question.with_content(message.text, message.files, message.quoted)
        await self._edits.ask_again(replace(edited, redo="edited"))
        return True

    async def go_on(self, press: Inbound, of_ts: str) -> bool:
        """Ask for the rest of an answer. `press` is the message that asks, `of_ts` the question of the answer.

        Return False when that answer is not the last one of its thread.
        """
        turns = (await self._memory.load(press.thread)).turns
        if not turns or all(said.ts != of_ts for said in turns[-1].asked):
            return False
        await self._edits.go_on(press)
        return True

    async def use_version(self, question: Inbound, number: int, mark: str) -> bool:
        """Make an earlier version the answer again. Return False when no version has this number and this mark."""
        turn = (await self._memory.load(question.thread)).turn_of(question.ts)
        if turn is None or not mark or turn.version_mark(number) != mark:
            return False
        await self._edits.ask_again(replace(question, redo="version", order=str(number), files_known=True))
        return True

    async def _question(self, question: Inbound) -> Inbound | None:
        """Take the words of the question from memory, or else from Slack."""
        conversation = await self._memory.load(question.thread)
        turn = conversation.turn_of(question.ts)
        if turn is not None and (turn.answer or turn.brief or not turn.failure):
            text = next(said.text for said in turn.said if said.ts == question.ts)
            return replace(question, text=text, files_known=True)
        if conversation.since_ts and float(question.ts) <= float(conversation.since_ts):
            return None
        message = await self._message(question)
        if message is None:
            return None
        # The question belongs to its author, whoever presses. An app can approve nothing, so its question belongs to
        # the person who wants the answer.
        author = question.user if message.is_app else message.user or question.user
        found = replace(question.with_content(message.text, message.files, message.quoted), user=author)
        return replace(found, redo="edited") if turn is not None else found

    async def _message(self, question: Inbound) -> SlackMessage | None:
        message = await self._messages.message(question)
        return None if message is None or message.user == SLACKBOT else message

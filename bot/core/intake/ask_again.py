"""Having a question answered once more: in another way, as it reads now, or going on where its answer stopped."""

from dataclasses import replace
from typing import Protocol

from bot.core.intake.edits import MessageEdits
from bot.core.ports import Conversations, SlackMessage
from bot.core.thread.inbound import Inbound, Redo

# What was deleted but has replies is still there, as this one's.
SLACKBOT = "USLACKBOT"


class Messages(Protocol):
    async def message(self, inbound: Inbound) -> SlackMessage | None:
        """One message as Slack has it now, or None when it cannot be had."""
        ...


class AskAgain:
    """Raises StateError and SlackError. A question is given as far as a button knows it: who pressed, and where."""

    def __init__(self, memory: Conversations, messages: Messages, amender: MessageEdits) -> None:
        self._memory = memory
        self._messages = messages
        self._amender = amender

    async def redo(self, question: Inbound, redo: Redo) -> bool:
        """False when it was to be forgotten, or is gone."""
        said = await self._said(question)
        if said is None:
            return False
        # What failed may not have got as far as its files: it is read anew.
        await self._amender.ask_again(replace(said, redo=said.redo or redo))
        return True

    async def as_it_reads(self, question: Inbound) -> bool:
        """After an edit. False when it is gone."""
        heard = await self._still_said(question)
        if heard is None:
            return False
        said = question.as_said(heard.text, heard.files, heard.quoted)
        await self._amender.ask_again(replace(said, redo="edited"))
        return True

    async def go_on(self, press: Inbound, of_ts: str) -> bool:
        """False when the answer to `of_ts` is not the thread's last. `press` is the message that asks for the rest."""
        turns = (await self._memory.load(press.thread)).turns
        if not turns or all(said.ts != of_ts for said in turns[-1].said):
            return False
        await self._amender.go_on(press)
        return True

    async def _said(self, question: Inbound) -> Inbound | None:
        """From memory, or else from Slack."""
        conversation = await self._memory.load(question.thread)
        turn = conversation.turn_of(question.ts)
        if turn is not None and (turn.answer or turn.brief or not turn.failure):
            words = next(said.text for said in turn.said if said.ts == question.ts)
            return replace(question, text=words, files_known=True)
        if conversation.since_ts and float(question.ts) <= float(conversation.since_ts):
            return None
        heard = await self._still_said(question)
        if heard is None:
            return None
        # Said by its author, whoever presses; for an app, which can be asked nothing, by whoever wants the answer.
        author = question.user if heard.is_app else heard.user or question.user
        said = replace(question.as_said(heard.text, heard.files, heard.quoted), user=author)
        return replace(said, redo="edited") if turn is not None else said

    async def _still_said(self, question: Inbound) -> SlackMessage | None:
        heard = await self._messages.message(question)
        return None if heard is None or heard.user == SLACKBOT else heard

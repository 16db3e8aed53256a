"""SlackAsking asks a person for approval before a tool does something, and waits for their answer.

The press arrives in handlers.approvals, perhaps in another process. Both meet in the store.
"""

import asyncio
import contextlib
import json
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import structlog

from bot.core.agent.approvals import ApprovalSubject, PendingQuestion
from bot.core.agent.approved_calls import ApprovedCall
from bot.core.agent.ports import Approval, Detail
from bot.core.thread.inbound import ThreadId
from bot.core.waiting import FOR_PERSON
from bot.errors import SlackError, StateError
from bot.slack.blocks import Blocks, escape, fallback
from bot.slack.dialogs.approval_question import ApprovalQuestion, QuestionContent, question_of, value_of
from bot.slack.dialogs.approval_text import blocks, section
from bot.slack.gateway import Gateway, Unconfirmed
from bot.slack.read.history import NOTE, History
from bot.words import say, text

log = structlog.get_logger(__name__)

QUESTION = text("May I {action}?")
# After the name of the person who is asked.
NAMED = text(", may I {action}?")
REMINDER = text("I'm still waiting for your answer.")
APPROVED = text("Approved. I'm going on.")
DENIED = text("Denied. I won't do it.")
UNSURE = text(
    "You approved that I {action}, and I was interrupted in the middle of it. I can't tell whether it was done, so I "
    "didn't do it again: please look for yourself."
)
# In the place of an action that can't be read any more.
SOMETHING = text("do something for you")
NO_ANSWER = text("Nobody answered in time, so I didn't do it.")

WAIT_S = 600.0
REMIND_S = 120.0
SHOWN_WITHIN_S = 5.0
# Whether Slack may show the question, and the ts of its message.
_Shown = tuple[bool, str | None]
_METADATA = {"event_type": NOTE, "event_payload": {}}


class ApprovalRecords(Protocol):
    """The store of questions, where a question and its press meet. Raises StateError if the store does not answer."""

    async def open(self, question: str, subject: ApprovalSubject, about: QuestionContent) -> PendingQuestion | None:
        """Open a question. Returns the one that an earlier attempt at the turn has opened, else None."""
        ...

    async def shown_at(self, question: str, subject: ApprovalSubject, about: QuestionContent, ts: str) -> str:
        """Note the message of a question. Returns the ts that counts: another worker may have noted one before."""
        ...

    async def wait(self, question: str, timeout_s: float) -> bool | None: ...

    async def close(self, question: str) -> bool | None: ...


class SlackAsking:
    """`is_whispered`: only the asker sees the question. Slack does not always deliver such a message: not in a thread
    without replies and not to people who are away, and a reload of the page removes it
    (https://docs.slack.dev/reference/methods/chat.postEphemeral). If not whispered, the question is a message in the
    thread, and only the asker can decide it.

    With `people`, a message without buttons tells the channel whom the turn asks and for what. It makes the thread have
    a reply. Only the asker sees the buttons; they are shown once more if no answer comes for a while.
    """

    def __init__(
        self,
        gateway: Gateway,
        questions: ApprovalRecords,
        *,
        is_whispered: bool,
        timeout_s: float = WAIT_S,
        people: History | None = None,
    ) -> None:
        self._gateway = gateway
        self._questions = questions
        self._is_whispered = is_whispered
        self._timeout_s = timeout_s
        self._people = people
        self.remind_s = REMIND_S

    def for_turn(
        self, thread: ThreadId, user: str, language: str, is_over: Callable[[], bool] = lambda: True
    ) -> Approval:
        """The function that a turn's tools ask with. `user` is the turn's asker. If the turn is cancelled but not over,
        its questions stay, for the worker that takes the turn over.
        """
        numbers: Counter[str] = Counter()

        async def approve(action: str, detail: Detail) -> bool:
            named = question_of(NAMED, action, language) if self._people else ""
            ask = ApprovalQuestion(
                thread, user, question_of(QUESTION, action, language), detail, language, named, is_over=is_over
            )
            numbers[ask.about.digest] += 1
            return await self._ask(replace(ask, number=numbers[ask.about.digest]))

        return approve

    async def tell_unsure(self, thread: ThreadId, call: ApprovedCall, language: str) -> None:
        """Tell that an approved action was begun and that nobody knows whether it was done. Never fails."""
        words = say(UNSURE, language, action=call.action.partition("\n")[0] or say(SOMETHING, language))
        shown = [section(words), *blocks(call.detail, language)]
        try:
            await self._gateway.post(
                thread.channel, thread.root_ts, fallback(escape(words)), blocks=shown, metadata=_METADATA
            )
        except SlackError as refused:
            log.warning("approval.unsure_not_told", reason=refused.detail)

    async def _ask(self, ask: ApprovalQuestion) -> bool:
        question, decided = secrets.token_urlsafe(12), None
        try:
            standing = await self._questions.open(question, ask.subject, ask.about)
        except StateError as error:
            log.warning("approval.not_asked", reason=error.detail)
            return False
        question = standing.question if standing else question
        is_shown, ts = await self._show_once(question, ask, standing)
        try:
            if is_shown:
                decided = await self._wait(question, ask, value_of(question, ask.about.digest))
        except StateError as error:
            log.warning("approval.not_asked", reason=error.detail)
        except asyncio.CancelledError:
            if ask.is_over():
                await self._withdraw(question, ask, ts)  # nobody needs the answer any more
            raise
        if decided is None:
            await self._withdraw(question, ask, ts, say(NO_ANSWER, ask.language))
        elif self._is_announced(ask) and ts is not None:
            await self._show_outcome(ask, ts, say(APPROVED if decided else DENIED, ask.language))
        return decided is True

    async def _show_once(self, question: str, ask: ApprovalQuestion, standing: PendingQuestion | None) -> _Shown:
        """Show the question, unless an earlier attempt has shown it."""
        if standing and (standing.ts or standing.is_decided):
            await self._tell_who(ask)
            return True, standing.ts or None
        value = value_of(question, ask.about.digest)
        found = await self._found(ask, value) if standing else None
        if found:
            return True, await self._noted(question, ask, found)
        return await self._show_or_withdraw(question, ask, value)

    async def _noted(self, question: str, ask: ApprovalQuestion, ts: str) -> str:
        """Note where the question stands. If another worker has shown it too, its message counts and this one goes."""
        try:
            counts = await self._questions.shown_at(question, ask.subject, ask.about, ts)
        except StateError:
            return ts
        if counts != ts:
            try:
                await self._gateway.delete(ask.thread.channel, ts)
            except SlackError as refused:
                log.warning("approval.shown_twice", reason=refused.detail)
        return counts

    async def _found(self, ask: ApprovalQuestion, value: str) -> str | None:
        """Return the ts of the message with these buttons: its worker may have died before it could note it."""
        shown = () if self._people is None else await self._people.with_buttons(ask.thread)
        return next((str(message["ts"]) for message in shown if value in json.dumps(message["blocks"])), None)

    async def _wait(self, question: str, ask: ApprovalQuestion, value: str) -> bool | None:
        """Wait for the answer; None if none comes. The buttons are shown once more, since a reload removes a private
        message.
        """
        if not self._is_announced(ask):
            return await self._questions.wait(question, self._timeout_s)
        decided, store_error = None, None
        async with asyncio.TaskGroup() as group:
            reminder = group.create_task(self._remind(ask, value))
            try:
                decided = await self._questions.wait(question, self._timeout_s)
            except StateError as error:
                store_error = error  # raised below: the group would wrap it
            reminder.cancel()
        if store_error is not None:
            raise store_error
        return decided

    async def _remind(self, ask: ApprovalQuestion, value: str) -> None:
        await asyncio.sleep(self.remind_s)
        with contextlib.suppress(SlackError):
            await self._whisper(ask, [section(say(REMINDER, ask.language)), *ask.with_buttons(value)])

    def _is_announced(self, ask: ApprovalQuestion) -> bool:
        """Whether the thread sees the question and the asker alone its buttons. Direct messages do not need that."""
        return self._people is not None and self._is_whispered and not ask.is_direct

    async def _show_or_withdraw(self, question: str, ask: ApprovalQuestion, value: str) -> _Shown:
        """Show the question. If the turn is stopped meanwhile, remove what Slack may show already."""
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(self._try_to_show(question, ask, value))
            try:
                return await asyncio.shield(showing)
            except asyncio.CancelledError:
                ts = await _ts_of(showing)
                if ask.is_over():
                    await self._withdraw(question, ask, ts)
                raise

    async def _try_to_show(self, question: str, ask: ApprovalQuestion, value: str) -> _Shown:
        try:
            ts = await (self._announce(ask, value) if self._is_announced(ask) else self._show(ask, value))
        except SlackError as refused:
            log.warning("approval.not_asked", reason=refused.detail)
            return False, None
        if ts is not None:
            ts = await self._noted(question, ask, ts)
        await self._tell_who(ask)
        return True, ts

    async def _announce(self, ask: ApprovalQuestion, value: str) -> str | None:
        """Post the question for the thread and show the asker its buttons. Returns the message's ts, None if it is not
        known. If Slack takes no private message, the thread's message gets the buttons; only the asker's press counts.
        """
        try:
            ts = await self._post(ask, ask.blocks)
        except Unconfirmed:
            ts = None
        try:
            await self._whisper(ask, ask.with_buttons(value))
        except SlackError as refused:
            log.info("approval.no_whisper", code=refused.code)
            if ts is None:
                raise
            await self._gateway.update(
                ask.thread.channel, ts, ask.spoken, blocks=ask.with_buttons(value), metadata=_METADATA
            )
        return ts

    async def _show(self, ask: ApprovalQuestion, value: str) -> str | None:
        """Show the question and return its message's ts; None if it is a private message, or not known."""
        blocks = ask.with_buttons(value)
        if self._is_whispered and not (self._people and ask.is_direct):
            try:
                await self._whisper(ask, blocks)
            except SlackError as refused:
                log.info("approval.no_whisper", code=refused.code)
            else:
                return None
        try:
            return await self._post(ask, blocks)
        except Unconfirmed:
            return None  # Slack may show it, so its answer is waited for

    async def _tell_who(self, ask: ApprovalQuestion) -> None:
        """Show in the status whom the turn waits for. The question has removed the status before."""
        if self._people is None:
            return
        name = (await self._people.person(ask.thread.team, ask.user)).name
        with contextlib.suppress(SlackError):
            words = say(FOR_PERSON, ask.language, name=name)
            await self._gateway.set_status(ask.thread.channel, ask.thread.root_ts, words)

    async def _post(self, ask: ApprovalQuestion, blocks: Blocks) -> str:
        place = ask.thread.channel, ask.thread.root_ts
        return await self._gateway.post(*place, ask.spoken, blocks=blocks, metadata=_METADATA)

    async def _whisper(self, ask: ApprovalQuestion, blocks: Blocks) -> None:
        thread = ask.thread
        await self._gateway.whisper(thread.channel, ask.user, thread.root_ts, ask.spoken, blocks=blocks)

    async def _show_outcome(self, ask: ApprovalQuestion, ts: str, words: str) -> None:
        try:
            blocks = [*ask.blocks, section(words)]
            await self._gateway.update(ask.thread.channel, ts, words, blocks=blocks, metadata=_METADATA)
        except SlackError as refused:
            log.warning("approval.not_settled", reason=refused.detail)

    async def _withdraw(self, question: str, ask: ApprovalQuestion, ts: str | None, words: str = "") -> None:
        """Close a question that nobody has decided, so that a later press decides nothing, and remove its buttons.
        Without words, the whole message is deleted. Never fails.
        """
        try:
            await self._questions.close(question)
            if ts is None:
                return
            if not words:
                await self._gateway.delete(ask.thread.channel, ts)
                return
            blocks = [ask.head, section(words)]
            await self._gateway.update(ask.thread.channel, ts, words, blocks=blocks, metadata=_METADATA)
        except (SlackError, StateError) as error:
            log.warning("approval.not_withdrawn", reason=error.detail)


async def _ts_of(showing: "asyncio.Task[_Shown]") -> str | None:
    """The ts of a question whose call is still running; None if it takes too long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SHOWN_WITHIN_S):
            return (await asyncio.shield(showing))[1]
    return None

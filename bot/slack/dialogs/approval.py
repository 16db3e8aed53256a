"""Asking a person before something is done: one question with Approve and Deny, and waiting for the answer.

The press itself arrives in handlers.approvals, perhaps in another process; the two meet in the store.
"""

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import structlog

from bot.core.agent.approvals import ApprovalSubject, Standing
from bot.core.agent.approved_calls import Left
from bot.core.agent.ports import Approval, Detail
from bot.core.ports import Person
from bot.core.thread.inbound import ThreadId
from bot.core.waiting import FOR_PERSON
from bot.errors import SlackError, StateError
from bot.slack.blocks import Blocks, escape, fallback
from bot.slack.dialogs.approval_question import About, ApprovalQuestion, question_of, value_of
from bot.slack.dialogs.approval_text import blocks, section
from bot.slack.gateway import Gateway, Unconfirmed
from bot.slack.read.history import NOTE
from bot.words import say, text

log = structlog.get_logger(__name__)

QUESTION = text("May I {action}?")
# After the name of who is asked.
NAMED = text(", may I {action}?")
REMINDER = text("I'm still waiting for your answer.")
APPROVED = text("Approved. I'm going on.")
DENIED = text("Denied. I won't do it.")
UNSURE = text(
    "You approved that I {action}, and I was interrupted in the middle of it. I can't tell whether it was done, so I "
    "didn't do it again: please look for yourself."
)
# Where it can't be read any more what it was.
SOMETHING = text("do something for you")
NO_ANSWER = text("Nobody answered in time, so I didn't do it.")

WAIT_S = 600.0
REMIND_S = 120.0
SHOWN_WITHIN_S = 5.0
# Whether it may stand there, and the message's ts.
_Shown = tuple[bool, str | None]
_METADATA = {"event_type": NOTE, "event_payload": {}}


class People(Protocol):
    async def person(self, team: str, user: str) -> Person: ...


class Questions(Protocol):
    """Where the question and the press meet. Raises StateError when the store does not answer."""

    async def open(self, question: str, subject: ApprovalSubject, about: About) -> Standing | None:
        """None: it is asked from here on. Else the question that an earlier attempt at the turn has asked."""
        ...

    async def shown_at(self, question: str, subject: ApprovalSubject, about: About, ts: str) -> None: ...

    async def wait(self, question: str, timeout_s: float) -> bool | None: ...

    async def close(self, question: str) -> bool | None: ...


class SlackAsking:
    """`is_whispered`: the question is shown to the asker alone. Slack does not promise to deliver such a message: not
    in a thread without replies, not to somebody who is away, and a reload removes it
    (https://docs.slack.dev/reference/methods/chat.postEphemeral). Otherwise it is a message in the thread, which only
    the asker can decide.

    With `people`, a channel is told whom the turn asks and for what, in a message without buttons, which makes the
    thread have a reply; the asker alone has the buttons, and gets them once more when no answer has come for a while.
    """

    def __init__(
        self,
        gateway: Gateway,
        questions: Questions,
        *,
        is_whispered: bool,
        timeout_s: float = WAIT_S,
        people: People | None = None,
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
        """What an attempt at a turn asks with: `user` is whose turn it is. When it is cancelled and not over, its
        questions stand for whoever takes the turn over.
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

    async def tell_unsure(self, thread: ThreadId, left: Left, language: str) -> None:
        """Of what was approved and begun, nobody knows whether it was done."""
        words = say(UNSURE, language, action=left.action.partition("\n")[0] or say(SOMETHING, language))
        shown = [section(words), *blocks(left.detail, language)]
        try:
            await self._gateway.post(
                thread.channel, thread.root_ts, fallback(escape(words)), blocks=shown, metadata=_METADATA
            )
        except SlackError as trouble:
            log.warning("approval.unsure_not_told", reason=trouble.detail)

    async def _ask(self, ask: ApprovalQuestion) -> bool:
        question, decided = secrets.token_urlsafe(12), None
        try:
            standing = await self._questions.open(question, ask.subject, ask.about)
        except StateError as away:
            log.warning("approval.not_asked", reason=away.detail)
            return False
        question = standing.question if standing else question
        is_shown, ts = await self._stands(question, ask, standing)
        try:
            if is_shown:
                decided = await self._waited(question, ask, value_of(question, ask.about.digest))
        except StateError as away:
            log.warning("approval.not_asked", reason=away.detail)
        except asyncio.CancelledError:
            if ask.is_over():
                await self._withdraw(question, ask, ts)  # whatever it was for is over
            raise
        if decided is None:
            await self._withdraw(question, ask, ts, say(NO_ANSWER, ask.language))
        elif self._is_aloud(ask) and ts is not None:
            await self._settle(ask, ts, say(APPROVED if decided else DENIED, ask.language))
        return decided is True

    async def _stands(self, question: str, ask: ApprovalQuestion, standing: Standing | None) -> _Shown:
        """Shown now, unless an earlier attempt has shown it."""
        if standing and (standing.ts or standing.is_decided):
            await self._tell_who(ask)
            return True, standing.ts or None
        is_shown, ts = await self._shown(question, ask, value_of(question, ask.about.digest))
        if ts is not None:
            with contextlib.suppress(StateError):
                await self._questions.shown_at(question, ask.subject, ask.about, ts)
        return is_shown, ts

    async def _waited(self, question: str, ask: ApprovalQuestion, value: str) -> bool | None:
        """A whisper is gone after a reload, so there is a second one."""
        if not self._is_aloud(ask):
            return await self._questions.wait(question, self._timeout_s)
        decided, away = None, None
        async with asyncio.TaskGroup() as group:
            reminder = group.create_task(self._remind(ask, value))
            try:
                decided = await self._questions.wait(question, self._timeout_s)
            except StateError as trouble:
                away = trouble
            reminder.cancel()
        if away is not None:
            raise away
        return decided

    async def _remind(self, ask: ApprovalQuestion, value: str) -> None:
        await asyncio.sleep(self.remind_s)
        with contextlib.suppress(SlackError):
            await self._whisper(ask, [section(say(REMINDER, ask.language)), *ask.with_buttons(value)])

    def _is_aloud(self, ask: ApprovalQuestion) -> bool:
        """The thread sees the question, and the asker alone its buttons; in direct messages nobody else is there."""
        return self._people is not None and self._is_whispered and not ask.is_direct

    async def _shown(self, question: str, ask: ApprovalQuestion, value: str) -> _Shown:
        """A turn that is stopped meanwhile takes away what Slack may show already."""
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(self._try_to_show(ask, value))
            try:
                return await asyncio.shield(showing)
            except asyncio.CancelledError:
                ts = await _ts_at_last(showing)
                if ask.is_over():
                    await self._withdraw(question, ask, ts)
                raise

    async def _try_to_show(self, ask: ApprovalQuestion, value: str) -> _Shown:
        try:
            shown = await (self._say_aloud(ask, value) if self._is_aloud(ask) else self._show(ask, value))
        except SlackError as trouble:
            log.warning("approval.not_asked", reason=trouble.detail)
            return False, None
        await self._tell_who(ask)
        return True, shown

    async def _say_aloud(self, ask: ApprovalQuestion, value: str) -> str | None:
        """Where no whisper is taken the buttons stand there too, and only the asker's press counts."""
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
        """The message's ts; None where it is a whisper, or not known."""
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
            return None  # it may stand there, so its answer is waited for

    async def _tell_who(self, ask: ApprovalQuestion) -> None:
        """Again: the question has taken the status away."""
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

    async def _settle(self, ask: ApprovalQuestion, ts: str, told: str) -> None:
        try:
            blocks = [*ask.blocks, section(told)]
            await self._gateway.update(ask.thread.channel, ts, told, blocks=blocks, metadata=_METADATA)
        except SlackError as trouble:
            log.warning("approval.not_settled", reason=trouble.detail)

    async def _withdraw(self, question: str, ask: ApprovalQuestion, ts: str | None, told: str = "") -> None:
        """Nobody has decided: a later press decides nothing any more, and the buttons go where they can; with nothing
        to be told all of the question goes.
        """
        try:
            await self._questions.close(question)
            if ts is None:
                return
            if not told:
                await self._gateway.delete(ask.thread.channel, ts)
                return
            blocks = [ask.head, section(told)]
            await self._gateway.update(ask.thread.channel, ts, told, blocks=blocks, metadata=_METADATA)
        except (SlackError, StateError) as trouble:
            log.warning("approval.not_withdrawn", reason=trouble.detail)


async def _ts_at_last(showing: "asyncio.Task[_Shown]") -> str | None:
    """Of a question whose call is still under way."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SHOWN_WITHIN_S):
            return (await asyncio.shield(showing))[1]
    return None

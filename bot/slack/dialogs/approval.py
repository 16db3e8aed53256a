"""Asking a person before something is done: one question with Approve and Deny, and waiting for the answer.

The press itself arrives in handlers.approvals, perhaps in another process; the two meet in the store.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from bot.core.agent.ports import Approval, Detail
from bot.core.inbound import ThreadId
from bot.core.ports import Person
from bot.core.waiting import FOR_PERSON
from bot.errors import SlackError, StateError
from bot.slack.blocks import Blocks, escape, fallback
from bot.slack.dialogs.approval_text import blocks, digest, is_whole, plain, section
from bot.slack.gateway import Gateway, Unconfirmed
from bot.slack.outbound import Mentioning
from bot.slack.read.history import NOTE
from bot.words import say, text

log = structlog.get_logger(__name__)

APPROVE, DENY, SHOW = "approve_call", "deny_call", "show_call"
QUESTION = text("May I {action}?")
APPROVE_LABEL = text("Approve")
DENY_LABEL = text("Deny")
SHOW_LABEL = text("Show all")
# After the name of who is asked.
NAMED = text(", may I {action}?")
REMINDER = text("I'm still waiting for your answer.")
APPROVED = text("Approved. I'm going on.")
DENIED = text("Denied. I won't do it.")
NO_ANSWER = text("Nobody answered in time, so I didn't do it.")

WAIT_S = 600.0
REMIND_S = 120.0
SHOWN_WITHIN_S = 5.0
# Whether it may stand there, and the message's ts.
_Shown = tuple[bool, str | None]
_METADATA = {"event_type": NOTE, "event_payload": {}}


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about. `digest` stands in its buttons too: a press counts for this and nothing else."""

    digest: str
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Ask:
    """A question to `user`; `named` is what follows their name, empty where they are not called by it."""

    thread: ThreadId
    user: str
    words: str
    detail: Detail
    language: str
    named: str = ""

    @property
    def is_direct(self) -> bool:
        return self.thread.channel.startswith("D")

    @property
    def spoken(self) -> str:
        if not self.named:
            return fallback(escape(self.words))
        return Mentioning(fallback(f"<@{self.user}>{escape(self.named)}"), self.user)

    @property
    def head(self) -> dict[str, Any]:
        """Rich text, since nothing in its texts is markup (https://docs.slack.dev/reference/block-kit/blocks)."""
        if not self.named:
            return section(self.words)
        who = {"type": "user", "user_id": Mentioning(self.user, self.user)}
        words = {"type": "text", "text": self.named}
        return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [who, words]}]}

    @property
    def blocks(self) -> Blocks:
        """All but the buttons."""
        return [self.head, *blocks(self.detail, self.language)]

    def with_buttons(self, value: str) -> Blocks:
        if not self.named:
            return _blocks(value, self.words, self.detail, self.language)
        return [*self.blocks, _row(value, self.detail, self.language)]


class People(Protocol):
    async def person(self, team: str, user: str) -> Person: ...


class Questions(Protocol):
    """Where the question and the press meet. Raises StateError when the store does not answer."""

    async def open(self, question: str, asker: str, thread: ThreadId, about: About) -> None: ...

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

    def for_turn(self, thread: ThreadId, user: str, language: str) -> Approval:
        """What a turn asks with: `user` is whose turn it is."""

        async def approve(action: str, detail: Detail) -> bool:
            named = _question(NAMED, action, language) if self._people else ""
            return await self._ask(_Ask(thread, user, _question(QUESTION, action, language), detail, language, named))

        return approve

    async def _ask(self, ask: "_Ask") -> bool:
        question = secrets.token_urlsafe(12)
        about = About(digest(ask.words, ask.detail), plain(ask.words, ask.detail))
        try:
            await self._questions.open(question, ask.user, ask.thread, about)
        except StateError as away:
            log.warning("approval.not_asked", reason=away.detail)
            return False
        decided: bool | None = None
        value = value_of(question, about.digest)
        is_shown, ts = await self._shown(question, ask, value)
        try:
            if is_shown:
                decided = await self._waited(question, ask, value)
        except StateError as away:
            log.warning("approval.not_asked", reason=away.detail)
        except asyncio.CancelledError:
            await self._withdraw(question, ask, ts)  # whatever it was for is over
            raise
        if decided is None:
            await self._withdraw(question, ask, ts, say(NO_ANSWER, ask.language))
        elif self._is_aloud(ask) and ts is not None:
            await self._settle(ask, ts, say(APPROVED if decided else DENIED, ask.language))
        return decided is True

    async def _waited(self, question: str, ask: "_Ask", value: str) -> bool | None:
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

    async def _remind(self, ask: "_Ask", value: str) -> None:
        await asyncio.sleep(self.remind_s)
        with contextlib.suppress(SlackError):
            await self._whisper(ask, [section(say(REMINDER, ask.language)), *ask.with_buttons(value)])

    def _is_aloud(self, ask: "_Ask") -> bool:
        """The thread sees the question, and the asker alone its buttons; in direct messages nobody else is there."""
        return self._people is not None and self._is_whispered and not ask.is_direct

    async def _shown(self, question: str, ask: "_Ask", value: str) -> _Shown:
        """A turn that is stopped meanwhile takes away what Slack may show already."""
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(self._try_to_show(ask, value))
            try:
                return await asyncio.shield(showing)
            except asyncio.CancelledError:
                await self._withdraw(question, ask, await _ts_at_last(showing))
                raise

    async def _try_to_show(self, ask: "_Ask", value: str) -> _Shown:
        try:
            shown = await (self._say_aloud(ask, value) if self._is_aloud(ask) else self._show(ask, value))
        except SlackError as trouble:
            log.warning("approval.not_asked", reason=trouble.detail)
            return False, None
        await self._tell_who(ask)
        return True, shown

    async def _say_aloud(self, ask: "_Ask", value: str) -> str | None:
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

    async def _show(self, ask: "_Ask", value: str) -> str | None:
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

    async def _tell_who(self, ask: "_Ask") -> None:
        """Again: the question has taken the status away."""
        if self._people is None:
            return
        name = (await self._people.person(ask.thread.team, ask.user)).name
        with contextlib.suppress(SlackError):
            words = say(FOR_PERSON, ask.language, name=name)
            await self._gateway.set_status(ask.thread.channel, ask.thread.root_ts, words)

    async def _post(self, ask: "_Ask", blocks: Blocks) -> str:
        place = ask.thread.channel, ask.thread.root_ts
        return await self._gateway.post(*place, ask.spoken, blocks=blocks, metadata=_METADATA)

    async def _whisper(self, ask: "_Ask", blocks: Blocks) -> None:
        thread = ask.thread
        await self._gateway.whisper(thread.channel, ask.user, thread.root_ts, ask.spoken, blocks=blocks)

    async def _settle(self, ask: "_Ask", ts: str, told: str) -> None:
        try:
            blocks = [*ask.blocks, section(told)]
            await self._gateway.update(ask.thread.channel, ts, told, blocks=blocks, metadata=_METADATA)
        except SlackError as trouble:
            log.warning("approval.not_settled", reason=trouble.detail)

    async def _withdraw(self, question: str, ask: "_Ask", ts: str | None, told: str = "") -> None:
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


def _question(template: str, action: str, language: str) -> str:
    """What is to be done, as a question; a second line of it is a sentence of its own, and follows."""
    what, _, note = action.partition("\n")
    question = say(template, language, action=what)
    return f"{question}{' ' if note.isascii() else ''}{note}" if note else question


async def _ts_at_last(showing: "asyncio.Task[_Shown]") -> str | None:
    """Of a question whose call is still under way."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SHOWN_WITHIN_S):
            return (await asyncio.shield(showing))[1]
    return None


def value_of(question: str, digest: str) -> str:
    """What a button says."""
    return f"{question}.{digest}"


def read_value(value: str) -> tuple[str, str]:
    """The question and the digest of what its button was shown under."""
    question, _, digest = value.partition(".")
    return question, digest


def _blocks(value: str, words: str, detail: Detail, language: str) -> Blocks:
    return [section(words), *blocks(detail, language), _row(value, detail, language)]


def _row(value: str, detail: Detail, language: str) -> dict[str, Any]:
    buttons = [
        _button(APPROVE, say(APPROVE_LABEL, language), value, style="primary"),
        _button(DENY, say(DENY_LABEL, language), value, style="danger"),
    ]
    if not is_whole(detail):
        buttons.append(_button(SHOW, say(SHOW_LABEL, language), value))
    return {"type": "actions", "elements": buttons}


def _button(action: str, label: str, value: str, **more: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label},
        "value": value,
        **more,
    }

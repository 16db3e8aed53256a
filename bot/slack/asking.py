"""Asking a person before something is done: one question with Approve and Deny, and waiting for the answer.

The press itself arrives in handlers.approvals, perhaps in another process; the two meet in the store.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from bot.core.inbound import ThreadId
from bot.core.tools import Approval, Detail
from bot.errors import SlackError, StateError
from bot.slack.blocks import Blocks, escape, fallback
from bot.slack.gateway import Gateway, Unconfirmed
from bot.slack.history import NOTE
from bot.slack.shown_call import blocks, digest, is_whole, plain, section
from bot.words import say, text

log = structlog.get_logger(__name__)

APPROVE, DENY, SHOW = "approve_call", "deny_call", "show_call"
QUESTION = text("May I {action}?")
APPROVE_LABEL = text("Approve")
DENY_LABEL = text("Deny")
SHOW_LABEL = text("Show all")
NO_ANSWER = text("Nobody answered in time, so I did not do it.")

WAIT_S = 600.0
SHOWN_WITHIN_S = 5.0
# Whether it may stand there, and the message's ts.
_Shown = tuple[bool, str | None]
_METADATA = {"event_type": NOTE, "event_payload": {}}


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about. `digest` stands in its buttons too: a press counts for this and nothing else."""

    digest: str
    shown: Mapping[str, Any]


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
    """

    def __init__(
        self, gateway: Gateway, questions: Questions, *, is_whispered: bool, timeout_s: float = WAIT_S
    ) -> None:
        self._gateway = gateway
        self._questions = questions
        self._is_whispered = is_whispered
        self._timeout_s = timeout_s

    def for_turn(self, thread: ThreadId, user: str, language: str) -> Approval:
        """What a turn asks with: `user` is whose turn it is."""

        async def approve(action: str, detail: Detail) -> bool:
            return await self._ask(thread, user, say(QUESTION, language, action=action), detail, language)

        return approve

    async def _ask(self, thread: ThreadId, user: str, words: str, detail: Detail, language: str) -> bool:
        question = secrets.token_urlsafe(12)
        about = About(digest(words, detail), plain(words, detail))
        try:
            await self._questions.open(question, user, thread, about)
        except StateError as away:
            log.warning("approval.not_asked", reason=away.detail)
            return False
        decided: bool | None = None
        value = value_of(question, about.digest)
        is_shown, ts = await self._shown(question, thread, user, words, _blocks(value, words, detail, language))
        try:
            if is_shown:
                decided = await self._questions.wait(question, self._timeout_s)
        except StateError as away:
            log.warning("approval.not_asked", reason=away.detail)
        except asyncio.CancelledError:
            await self._withdraw(question, thread, ts)  # whatever it was for is over
            raise
        if decided is None:
            await self._withdraw(question, thread, ts, [words, say(NO_ANSWER, language)])
        return decided is True

    async def _shown(self, question: str, thread: ThreadId, user: str, words: str, blocks: Blocks) -> _Shown:
        """A turn that is stopped meanwhile takes away what Slack may show already."""
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(self._try_to_show(thread, user, words, blocks))
            try:
                return await asyncio.shield(showing)
            except asyncio.CancelledError:
                await self._withdraw(question, thread, await _ts_at_last(showing))
                raise

    async def _try_to_show(self, thread: ThreadId, user: str, words: str, blocks: Blocks) -> _Shown:
        try:
            return True, await self._show(thread, user, words, blocks)
        except SlackError as trouble:
            log.warning("approval.not_asked", reason=trouble.detail)
            return False, None

    async def _show(self, thread: ThreadId, user: str, words: str, blocks: Blocks) -> str | None:
        """The message's ts; None where it is a whisper, or not known."""
        spoken = fallback(escape(words))
        if self._is_whispered:
            try:
                await self._gateway.whisper(thread.channel, user, thread.root_ts, spoken, blocks=blocks)
            except SlackError as refused:
                log.info("approval.no_whisper", code=refused.code)
            else:
                return None
        try:
            return await self._gateway.post(thread.channel, thread.root_ts, spoken, blocks=blocks, metadata=_METADATA)
        except Unconfirmed:
            return None  # it may stand there, so its answer is waited for

    async def _withdraw(self, question: str, thread: ThreadId, ts: str | None, told: Sequence[str] = ()) -> None:
        """Nobody has decided: a later press decides nothing any more, and the buttons go where they can; with nothing
        to be told all of the question goes.
        """
        try:
            await self._questions.close(question)
            if ts is None:
                return
            if not told:
                await self._gateway.delete(thread.channel, ts)
                return
            blocks = [section(words) for words in told]
            await self._gateway.update(thread.channel, ts, told[-1], blocks=blocks, metadata=_METADATA)
        except (SlackError, StateError) as trouble:
            log.warning("approval.not_withdrawn", reason=trouble.detail)


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
    buttons = [
        _button(APPROVE, say(APPROVE_LABEL, language), value, style="primary"),
        _button(DENY, say(DENY_LABEL, language), value, style="danger"),
    ]
    if not is_whole(detail):
        buttons.append(_button(SHOW, say(SHOW_LABEL, language), value))
    return [section(words), *blocks(detail, language), {"type": "actions", "elements": buttons}]


def _button(action: str, label: str, value: str, **more: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label},
        "value": value,
        **more,
    }

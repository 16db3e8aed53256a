"""SlackReplies opens the reply of a turn, and runs the tasks that send its text and its status while the turn lasts."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.lease import Lease, TurnTaken
from bot.errors import SlackError, StateError
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply.reply import SlackReply
from bot.slack.reply.suggested_prompts import SuggestedPrompts
from bot.slack.reply.titles import Titles

log = structlog.get_logger(__name__)

# The reaction on a message that waits for its turn.
WAITS = "eyes"
SIGNS_S = 20.0


class WaitingSigns(Protocol):
    """Which messages carry the reaction WAITS. Raises StateError."""

    async def take(self, thread: ThreadId, until: str = "") -> tuple[str, ...]: ...


class SlackReplies:
    """`titles` and `prompts` come after the answer, in Slack's agent view."""

    def __init__(
        self,
        gateway: Gateway,
        history: History,
        titles: Titles | None = None,
        prompts: SuggestedPrompts | None = None,
        signs: WaitingSigns | None = None,
    ) -> None:
        self._gateway = gateway
        self._history = history
        self._titles = titles
        self._prompts = prompts
        self._signs = signs

    @asynccontextmanager
    async def open(self, question: Inbound, lease: Lease, known: frozenset[str]) -> AsyncGenerator[SlackReply]:
        """The reply for the time of a turn. What the turn raises comes out as it is."""
        reply = SlackReply(self._gateway, self._history, question, lease, known)
        error: Exception | None = None
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(reply.keep_sending()), group.create_task(reply.status.keep_showing())]
            try:
                yield reply
            except Exception as raised:  # noqa: BLE001  # raised again below: the group would wrap it
                error = raised
            finally:
                await reply.stop_sending()
                for task in tasks:
                    task.cancel()
                await reply.settle()
        if error:
            raise error
        await self._remove_signs(question)
        if not question.user:
            return  # the turn only removed an answer, and nobody asked for one
        if self._titles and _is_first(question, known):
            await self._titles.set_title(question, question.text.strip() or question.quoted)
        if self._prompts:
            await self._prompts.after_files(question)
            await self._prompts.about_view(question)

    async def _remove_signs(self, question: Inbound) -> None:
        """Remove the reactions of the messages that were answered. Never fails."""
        if self._signs is None or question.redo:
            return
        try:
            async with asyncio.timeout(SIGNS_S):
                for ts in await self._signs.take(question.thread, question.ts):
                    await self._gateway.unreact(question.channel, ts, WAITS)
        except (SlackError, StateError, TurnTaken, TimeoutError) as error:
            log.info("reply.sign_left", reason=type(error).__name__)


def _is_first(question: Inbound, known: frozenset[str]) -> bool:
    """Whether it is the thread's first question, also after an edit: the thread's title is made of it."""
    if question.redo:
        return question.redo == "edited" and all(float(question.ts) < float(ts) for ts in known)
    return not known

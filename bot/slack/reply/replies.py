"""Opening a reply: its text and its status go to Slack in tasks beside the turn, for as long as the turn lasts."""

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
from bot.slack.reply.suggested_prompts import Prompts
from bot.slack.reply.titles import Titles

log = structlog.get_logger(__name__)

# What a message that waits for its turn carries.
WAITS = "eyes"
SIGNS_S = 20.0


class WaitingSigns(Protocol):
    async def take(self, thread: ThreadId, until: str = "") -> tuple[str, ...]: ...


class SlackReplies:
    """`titles` and `prompts` are niceties of an agent's view, for when the answer stands."""

    def __init__(
        self,
        gateway: Gateway,
        history: History,
        titles: Titles | None = None,
        prompts: Prompts | None = None,
        signs: WaitingSigns | None = None,
    ) -> None:
        self._gateway = gateway
        self._history = history
        self._titles = titles
        self._prompts = prompts
        self._signs = signs

    @asynccontextmanager
    async def open(self, question: Inbound, lease: Lease, known: frozenset[str]) -> AsyncGenerator[SlackReply]:
        reply = SlackReply(self._gateway, self._history, question, lease, known)
        trouble: Exception | None = None
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(reply.keep_sending()), group.create_task(reply.status.keep_showing())]
            try:
                yield reply
            except Exception as error:  # noqa: BLE001  # raised again below: the group would wrap it
                trouble = error
            finally:
                for task in beside:
                    task.cancel()
                await reply.settle()
        if trouble:
            raise trouble
        await self._take_back_signs(question)
        if not question.user:
            return  # nobody asked: an answer was taken off the screen
        if self._titles and _is_first(question, known):
            await self._titles.entitle(question, question.text.strip() or question.quoted)
        if self._prompts:
            await self._prompts.after_files(question)
            await self._prompts.about_view(question)

    async def _take_back_signs(self, question: Inbound) -> None:
        """A message that was seen to wait does so no more. A courtesy: the answer stands without it."""
        if self._signs is None or question.redo:
            return
        try:
            async with asyncio.timeout(SIGNS_S):
                for ts in await self._signs.take(question.thread, question.ts):
                    await self._gateway.unreact(question.channel, ts, WAITS)
        except (SlackError, StateError, TurnTaken, TimeoutError) as trouble:
            log.info("reply.sign_left", reason=type(trouble).__name__)


def _is_first(question: Inbound, known: frozenset[str]) -> bool:
    """The title is made of a thread's first question, and follows it when it is edited."""
    if question.redo:
        return question.redo == "edited" and all(float(question.ts) < float(ts) for ts in known)
    return not known

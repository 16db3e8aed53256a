"""Opening a reply: its text and its status go to Slack in tasks beside the turn, for as long as the turn lasts."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.core.inbound import Inbound
from bot.core.lease import Lease
from bot.slack.gateway import Gateway
from bot.slack.history import History
from bot.slack.prompts import Prompts
from bot.slack.reply import SlackReply
from bot.slack.titles import Titles


class SlackReplies:
    """`titles` and `prompts` are niceties of an agent's view, for when the answer stands."""

    def __init__(
        self, gateway: Gateway, history: History, titles: Titles | None = None, prompts: Prompts | None = None
    ) -> None:
        self._gateway = gateway
        self._history = history
        self._titles = titles
        self._prompts = prompts

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
        if not question.user:
            return  # nobody asked: an answer was taken off the screen
        if self._titles and _is_first(question, known):
            await self._titles.entitle(question, question.text.strip() or question.quoted)
        if self._prompts:
            await self._prompts.after_files(question)
            await self._prompts.about_view(question)


def _is_first(question: Inbound, known: frozenset[str]) -> bool:
    """The title is made of a thread's first question, and follows it when it is edited."""
    if question.redo:
        return question.redo == "edited" and all(float(question.ts) < float(ts) for ts in known)
    return not known

"""Opening a reply: its text and its status go to Slack in tasks beside the turn, for as long as the turn lasts."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.core.inbound import Inbound
from bot.core.lease import Lease
from bot.slack.gateway import Gateway
from bot.slack.history import History
from bot.slack.reply import SlackReply


class SlackReplies:
    def __init__(self, gateway: Gateway, history: History) -> None:
        self._gateway = gateway
        self._history = history

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

"""The bot's hands on a local Slack, for tests of one part: its clients, its gateway, a question, a reply."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.inbound import ThreadId
from bot.core.thread.lease import Lease
from bot.errors import StateError
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply.replies import SlackReplies
from bot.slack.reply.reply import SlackReply
from tests.checks import bot_messages, visible_text, wait_for
from tests.slack.serving import asked, running_slack


@dataclass
class Fences:
    """`lost_after`: the step (holds or record) after which another worker has the thread."""

    lost_after: int = 10**6
    steps: int = 0
    is_away: bool = False
    recorded: list[Checkpoint] = field(default_factory=list)

    @property
    def is_lost(self) -> bool:
        return self.steps > self.lost_after

    def _step(self) -> bool:
        if self.is_away:
            raise StateError
        self.steps += 1
        return not self.is_lost

    async def holds(self, thread: ThreadId, fence: int) -> bool:
        return self._step()

    async def record(self, thread: ThreadId, fence: int, progress: Checkpoint) -> bool:
        held = self._step()
        if held:
            self.recorded.append(progress)
        return held


@dataclass
class SlackDesk:
    slack: LocalSlack
    reader: AsyncWebClient
    writer: AsyncWebClient
    fences: Fences = field(default_factory=Fences)

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway(self.writer)

    @cached_property
    def history(self) -> History:
        return History(self.reader, self.slack.workspace.bot.id)

    @cached_property
    def replies(self) -> SlackReplies:
        return SlackReplies(self.gateway, self.history)

    # -- one question in #general, and what stands in its thread

    @cached_property
    def question(self) -> Message:
        return self.slack.people.post("Ana", "#general", "@glm hello")

    @property
    def thread(self) -> ThreadId:
        return ThreadId(self.slack.workspace.team.id, self.question.channel, self.question.ts)

    @property
    def lease(self) -> Lease:
        return Lease(self.fences, self.thread, 1)

    @property
    def messages(self) -> list[Message]:
        """The bot's, in the question's thread."""
        return bot_messages(self.slack, "#general", self.question.ts)

    @property
    def texts(self) -> list[str]:
        return [visible_text(message) for message in self.messages]

    @property
    def text(self) -> str:
        return in_one_line("\n".join(self.texts))

    @asynccontextmanager
    async def reply(
        self, lease: Lease | None = None, known: frozenset[str] = frozenset(), question: Message | None = None
    ) -> AsyncIterator[SlackReply]:
        """To the question, or to another one."""
        message = question or self.question
        lease = lease or Lease(self.fences, ThreadId(self.thread.team, message.channel, message.ts), 1)
        async with self.replies.open(asked(self.slack, message), lease, known) as reply:
            yield reply

    def post(self, text: str, root: Message | None = None, user: str = "Ana") -> Message:
        return self.slack.people.post(user, "#general", text, thread_ts=root.ts if root else None)

    async def next_call(self) -> None:
        """Until the bot has made one more call to Slack."""
        before = len(self.slack.calls)
        await wait_for(lambda: len(self.slack.calls) > before)


Desk = TypeVar("Desk", bound=SlackDesk)


@asynccontextmanager
async def at_desk(kind: type[Desk], slack: LocalSlack | None = None) -> AsyncIterator[Desk]:
    """`kind` adds what the tests of one part need besides."""
    async with running_slack(slack or LocalSlack(enforce_rates=False)) as (local, reader, writer):
        yield kind(local, reader, writer)


def in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

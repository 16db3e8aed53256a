"""A reply lives as long as its turn: what runs beside it ends with it, and troubles come out as they are."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.core.checkpoint import Progress
from bot.core.inbound import ThreadId
from bot.core.lease import Lease
from bot.core.ports import Foot
from bot.playground.checks import PATIENCE_S, bot_messages, visible_text, wait_for
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply.replies import SlackReplies
from tests.slack.serving import asked, running_slack
from tests.waiting import FOR_EVER_S


class Free:
    async def holds(self, thread: ThreadId, fence: int) -> bool:
        return True

    async def record(self, thread: ThreadId, fence: int, progress: Progress) -> bool:
        return True


@dataclass
class Desk:
    slack: LocalSlack
    replies: SlackReplies
    question: Message

    async def speak(self, *words: str, trouble: Exception | None = None, foot: Foot | None = None) -> None:
        lease = Lease(Free(), ThreadId("T1", self.question.channel, self.question.ts), 1)
        async with self.replies.open(asked(self.slack, self.question), lease, frozenset()) as reply:
            reply.show_status("is thinking…")
            for word in words:
                reply.write(word)
            await wait_for(lambda: self.slack.calls)
            if trouble:
                raise trouble
            if foot:
                await reply.finish(foot)

    @property
    def texts(self) -> list[str]:
        return [visible_text(message) for message in bot_messages(self.slack, "#general", self.question.ts)]

    @property
    def status(self) -> str:
        return self.slack.workspace.sessions[(self.question.channel, self.question.ts)].status_text


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, writer):
        question = slack.people.post("Ana", "#general", "@glm hello")
        yield Desk(slack, SlackReplies(Gateway(writer), History(reader, slack.workspace.bot.id)), question)


async def test_a_reply_shows_its_words_with_what_can_be_done_with_them(desk: Desk) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await desk.speak("Hello. ", "There.", foot=Foot(("Read: a.png",), desk.question.ts, has_reasoning=True))
    (text,) = desk.texts
    assert text.startswith("Hello. There.")
    assert "Read: a.png" in text
    (message,) = bot_messages(desk.slack, "#general", desk.question.ts)
    assert [block["type"] for block in message.blocks][-3:] == ["context", "actions", "context_actions"]


@pytest.mark.parametrize("trouble", [ZeroDivisionError("x"), TimeoutError("x"), ExceptionGroup("g", [OSError()])])
async def test_a_trouble_of_the_turn_comes_out_unwrapped(desk: Desk, trouble: Exception) -> None:
    with pytest.raises(type(trouble)) as told:
        async with asyncio.timeout(PATIENCE_S):
            await desk.speak("Hello. ", trouble=trouble)
    assert told.value is trouble
    assert not desk.status


async def test_a_cancelled_turn_leaves_no_status(desk: Desk) -> None:
    async def speak_for_ever() -> None:
        lease = Lease(Free(), ThreadId("T1", desk.question.channel, desk.question.ts), 1)
        async with desk.replies.open(asked(desk.slack, desk.question), lease, frozenset()) as one:
            one.show_status("is thinking…")
            await asyncio.sleep(FOR_EVER_S)

    async with asyncio.TaskGroup() as group:
        speaking = group.create_task(speak_for_ever())
        await wait_for(lambda: desk.slack.workspace.sessions and desk.status)
        speaking.cancel()
    assert [call.method for call in desk.slack.calls] == ["assistant.threads.setStatus"] * 2
    assert not desk.status


async def test_two_replies_do_not_know_of_each_other(desk: Desk) -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        for words in ("First one.", "Second one."):
            group.create_task(desk.speak(words, foot=Foot()))
    assert sorted(text.strip() for text in desk.texts) == ["First one.", "Second one."]

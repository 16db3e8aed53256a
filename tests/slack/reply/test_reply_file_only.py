"""An answer that is a file and no words: Slack takes no message of nothing."""

from collections.abc import AsyncIterator

import pytest

from bot.core.inbound import ThreadId
from bot.core.lease import Lease
from bot.core.ports import Exhibit, Foot
from bot.playground.checks import bot_messages, visible_text, wait_for
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.reply.footer import MORE
from bot.slack.reply.replies import SlackReplies
from tests.slack.reply.test_replies import Free
from tests.slack.serving import asked, running_slack

WORDS = "All versions of the page."


class OneFile:
    def knows(self, label: str) -> bool:
        return label == "archive_1"

    async def exhibit(self, label: str) -> Exhibit | None:
        return Exhibit("file", label, "page.zip", WORDS, "application/zip", b"PK")


@pytest.fixture
async def slack_and_replies() -> AsyncIterator[tuple[LocalSlack, SlackReplies]]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, writer):
        yield slack, SlackReplies(Gateway(writer), History(reader, slack.workspace.bot.id))


async def shown(slack: LocalSlack, replies: SlackReplies, foot: Foot) -> list[Message]:
    question = slack.people.post("Ana", "#general", "@glm all of it, please")
    lease = Lease(Free(), ThreadId("T1", question.channel, question.ts), 1)
    async with replies.open(asked(slack, question), lease, frozenset()) as reply:
        reply.show_exhibits(OneFile(), "en")
        reply.write("![](archive_1)")
        await reply.finish(foot)
    await wait_for(lambda: any(one.files for one in bot_messages(slack, "#general", question.ts)), what="the file")
    assert [call.error for call in slack.calls if call.error] == []
    return bot_messages(slack, "#general", question.ts)


async def test_without_buttons_the_file_is_the_answer(slack_and_replies: tuple[LocalSlack, SlackReplies]) -> None:
    (message,) = await shown(*slack_and_replies, Foot())
    assert message.text == WORDS


async def test_with_buttons_its_words_stand_above_them_and_once(
    slack_and_replies: tuple[LocalSlack, SlackReplies],
) -> None:
    answer, file = await shown(*slack_and_replies, Foot(question_ts="1.000001"))
    assert visible_text(answer).startswith(WORDS)
    assert MORE in str(answer.blocks)
    assert not file.text

"""An answer that is a file and no words: Slack takes no message of nothing."""

from collections.abc import AsyncIterator

import pytest

from bot.core.reply import Artifact, Footer
from bot.playground.workspace.records import Message
from bot.slack.reply.footer import MORE
from tests.checks import visible_text, wait_for
from tests.hurry import hurry
from tests.slack.desk import SlackDesk, at_desk

WORDS = "All versions of the page."


class OneFile:
    def knows(self, label: str) -> bool:
        return label == "archive_1"

    async def artifact(self, label: str) -> Artifact | None:
        return Artifact("file", label, "page.zip", WORDS, "application/zip", b"PK")


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackDesk]:
    hurry(monkeypatch)
    async with at_desk(SlackDesk) as desk:
        yield desk


async def shown(desk: SlackDesk, footer: Footer) -> list[Message]:
    async with desk.reply() as reply:
        reply.show_artifacts(OneFile(), "en")
        reply.write("![](archive_1)")
        await reply.finish(footer)
    await wait_for(lambda: any(one.files for one in desk.messages), what="the file")
    assert [call.error for call in desk.slack.calls if call.error] == []
    return desk.messages


async def test_without_buttons_the_file_is_the_answer(desk: SlackDesk) -> None:
    (message,) = await shown(desk, Footer())
    assert message.text == WORDS


async def test_with_buttons_its_words_stand_above_them_and_once(desk: SlackDesk) -> None:
    answer, file = await shown(desk, Footer(question_ts="1.000001"))
    assert visible_text(answer).startswith(WORDS)
    assert MORE in str(answer.blocks)
    assert not file.text

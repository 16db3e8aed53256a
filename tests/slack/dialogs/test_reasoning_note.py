"""The summary of the reasoning on the local Slack: in a container, without one, and what is too long for either."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.core.inbound import ThreadId
from bot.core.ports import Told
from bot.errors import SlackError
from bot.playground.checks import bot_messages, wait_for
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.dialogs.reasoning_note import FULL_FILE, SlackNotes
from bot.slack.gateway import Gateway
from bot.slack.read.history import NOTE
from tests.slack.serving import running_slack

TOLD = Told("• looked\n• found", 4.4)


@dataclass
class Desk:
    slack: LocalSlack
    notes: SlackNotes
    question: Message

    @property
    def messages(self) -> list[Message]:
        return bot_messages(self.slack, "#general", self.question.ts)

    async def tell(self, told: Told) -> None:
        thread = ThreadId(self.slack.workspace.team.id, self.question.channel, self.question.ts)
        await self.notes.reasoning(thread, told)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, _, writer):
        question = slack.people.post("Ana", "#general", "@glm hello")
        yield Desk(slack, SlackNotes(Gateway(writer)), question)


def texts(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in blocks]


async def test_it_is_a_closed_container_in_the_thread(desk: Desk) -> None:
    await desk.tell(TOLD)
    (message,) = desk.messages
    (container,) = message.blocks
    assert (container["type"], container["is_collapsible"], container["default_collapsed"]) == ("container", True, True)
    assert container["title"]["text"] == message.text == "How I came to this (thought for 4 s)"
    assert texts(container["child_blocks"]) == ["• looked\n• found"]
    assert message.metadata is not None
    assert message.metadata["event_type"] == NOTE, "so that it is never taken for a stray of an answer"


async def test_an_extract_is_called_one_in_the_reader_s_language(desk: Desk) -> None:
    await desk.tell(Told("So.", 0.1, is_extract=True, language="zh-CN"))
    (container,) = desk.messages[0].blocks
    assert container["title"]["text"] == "我是怎么得出答案的（思考了 1 秒）"
    assert texts(container["child_blocks"]) == ["_刚才没能总结我的思考过程，所以只列出开头和结尾。_\nSo."]


async def test_nothing_in_it_pings_or_is_markup(desk: Desk) -> None:
    await desk.tell(Told("- <!channel> & <@U1>", 1.0, full="<!here>"))
    whole = str(desk.messages[0].blocks)
    assert "<" not in whole
    assert "&amp;" in whole


async def test_all_of_it_stands_under_the_summary(desk: Desk) -> None:
    await desk.tell(Told("- so", 1.0, full="word " * 1_000))
    (container,) = desk.messages[0].blocks
    summary, heading, *whole = texts(container["child_blocks"])
    assert (summary, heading) == ("• so", "*The reasoning in full*")
    assert "".join(whole) == "word " * 1_000


async def test_no_sign_is_torn_apart_between_two_sections(desk: Desk) -> None:
    await desk.tell(Told("- so", 1.0, full="a&" * 2_000))
    (container,) = desk.messages[0].blocks
    _, _, *whole = texts(container["child_blocks"])
    assert len(whole) > 3
    assert "".join(whole) == "a&amp;" * 2_000
    assert all(part.startswith(("a", "&")) and part.endswith(("a", ";")) for part in whole)


async def test_more_than_a_container_holds_is_a_file(desk: Desk) -> None:
    full = "".join(f"thought {n}\n" for n in range(5_000))
    await desk.tell(Told("- so", 1.0, full=full))
    await wait_for(lambda: any(message.files for message in desk.messages))
    (holder,) = [message for message in desk.messages if message.files]
    file = desk.slack.workspace.files[holder.files[0]]
    assert (file.name, file.data.decode()) == (FULL_FILE, full)
    (note,) = [message for message in desk.messages if not message.files]
    assert texts(note.blocks[0]["child_blocks"]) == ["• so"]


async def test_an_endless_summary_is_cut_rather_than_refused(desk: Desk) -> None:
    await desk.tell(Told("x" * 40_000, 1.0))
    (note,) = [message for message in desk.messages if not message.files]
    assert len(note.blocks[0]["child_blocks"]) == 9


async def test_where_there_are_no_containers_it_is_plain_sections(desk: Desk) -> None:
    refused = desk.slack.faults.add
    refused("chat.postMessage", error="invalid_blocks", when=lambda args: "container" in str(args.get("blocks")))
    await desk.tell(TOLD)
    (message,) = desk.messages
    assert texts(message.blocks) == ["*How I came to this (thought for 4 s)*", "• looked\n• found"]
    assert message.metadata is not None


async def test_it_is_never_posted_twice_for_an_answer_that_was_lost(desk: Desk) -> None:
    desk.slack.faults.add("chat.postMessage", drop_connection=True, is_after=True)
    with contextlib.suppress(SlackError):
        await desk.tell(TOLD)
    assert len(desk.messages) == 1

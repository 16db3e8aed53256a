"""The reasoning under an answer on the local Slack: in a container, without one, and what is too long for either."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.core.reply import Footer, ReasoningNote
from bot.slack.message_size import LONGEST_MESSAGE
from bot.slack.reply.footer import AGAIN
from bot.slack.reply.reasoning_block import FULL_FILE
from tests.checks import PATIENCE_S, visible_text, wait_for
from tests.hurry import hurry
from tests.slack.desk import SlackDesk, at_desk

TOLD = ReasoningNote("• looked\n• found", 4.4)
TITLE = "How I came to this (thought for 4 s)"


class Desk(SlackDesk):
    async def tell(self, told: ReasoningNote, words: str = "Blue.", *, streams: bool = True) -> None:
        async with self.reply() as reply:
            reply.write(words)
            if streams:
                await wait_for(lambda: self.messages)
            async with asyncio.timeout(PATIENCE_S):
                await reply.finish(Footer(question_ts="1.000001", reasoning_note=told, language=told.language))

    @property
    def container(self) -> dict[str, Any]:
        (found,) = [block for one in self.messages for block in one.blocks if block["type"] == "container"]
        return found


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    hurry(monkeypatch)
    async with at_desk(Desk) as desk:
        yield desk


def texts(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["text"]["text"] for block in blocks]


@pytest.mark.parametrize("streams", [True, False])
async def test_it_is_closed_and_stands_above_the_buttons_of_the_answer(desk: Desk, *, streams: bool) -> None:
    await desk.tell(TOLD, streams=streams)
    (message,) = desk.messages
    assert visible_text(message).startswith("Blue.")
    *_, container, actions, _ratings = message.blocks
    assert (container["type"], container["is_collapsible"], container["default_collapsed"]) == ("container", True, True)
    assert container["title"]["text"] == TITLE
    assert texts(container["child_blocks"]) == ["• looked\n• found"]
    assert AGAIN in str(actions)


async def test_an_extract_is_called_one_in_the_reader_s_language(desk: Desk) -> None:
    await desk.tell(ReasoningNote("So.", 0.1, is_extract=True, language="zh-CN"))
    assert desk.container["title"]["text"] == "我是怎么得出答案的（思考了 1 秒）"
    assert texts(desk.container["child_blocks"]) == ["_刚才没能总结我的思考过程，所以只列出开头和结尾。_\nSo."]


async def test_nothing_in_it_pings_or_is_markup(desk: Desk) -> None:
    await desk.tell(ReasoningNote("- <!channel> & <@U1>", 1.0, full="<!here>"))
    whole = str(desk.container)
    assert "<" not in whole
    assert "&amp;" in whole


async def test_all_of_it_stands_under_the_summary(desk: Desk) -> None:
    await desk.tell(ReasoningNote("- so", 1.0, full="word " * 1_000))
    summary, heading, *whole = texts(desk.container["child_blocks"])
    assert (summary, heading) == ("• so", "*The reasoning in full*")
    assert "".join(whole) == "word " * 1_000


async def test_no_sign_is_torn_apart_between_two_sections(desk: Desk) -> None:
    await desk.tell(ReasoningNote("- so", 1.0, full="a&" * 1_500))
    _, _, *whole = texts(desk.container["child_blocks"])
    assert len(whole) > 2
    assert "".join(whole) == "a&amp;" * 1_500
    assert all(part.startswith(("a", "&")) and part.endswith(("a", ";")) for part in whole)


@pytest.mark.parametrize(
    ("words", "thoughts"), [("Blue.", 5_000), ("blue " * (LONGEST_MESSAGE // 5 - 100), 100)], ids=["long", "no room"]
)
async def test_more_than_the_message_holds_is_a_file(desk: Desk, words: str, thoughts: int) -> None:
    full = "".join(f"thought {n}\n" for n in range(thoughts))
    await desk.tell(ReasoningNote("- so", 1.0, full=full), words)
    await wait_for(lambda: any(message.files for message in desk.messages))
    (holder,) = [message for message in desk.messages if message.files]
    file = desk.slack.workspace.files[holder.files[0]]
    assert (file.name, file.data.decode()) == (FULL_FILE, full)
    assert texts(desk.container["child_blocks"]) == ["• so"]


async def test_an_endless_summary_is_cut_rather_than_refused(desk: Desk) -> None:
    await desk.tell(ReasoningNote("x" * 40_000, 1.0))
    assert len(desk.container["child_blocks"]) == 1


@pytest.mark.parametrize("streams", [True, False])
async def test_where_there_are_no_containers_it_is_plain_sections(desk: Desk, *, streams: bool) -> None:
    for method in ("chat.stopStream", "chat.postMessage"):
        desk.slack.faults.add(
            method, error="invalid_blocks", times=None, when=lambda args: "container" in str(args.get("blocks"))
        )
    await desk.tell(TOLD, streams=streams)
    (message,) = desk.messages
    assert texts([block for block in message.blocks if block["type"] == "section"]) == [
        f"*{TITLE}*",
        "• looked\n• found",
    ]
    assert AGAIN in str(message.blocks)
    assert message.blocks[-1]["type"] == "context_actions", "Slack's own buttons for feedback are taken all the same"


async def test_where_slack_takes_none_of_it_the_buttons_stay(desk: Desk) -> None:
    for method in ("chat.stopStream", "chat.postMessage", "chat.update"):
        desk.slack.faults.add(
            method, error="msg_blocks_too_long", times=None, when=lambda args: "looked" in str(args.get("blocks"))
        )
    await desk.tell(TOLD)
    (message,) = desk.messages
    assert visible_text(message).startswith("Blue.")
    assert AGAIN in str(message.blocks)

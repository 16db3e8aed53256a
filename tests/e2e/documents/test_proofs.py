"""What an answer cites is looked up: in a summary, in a direct message and in a thread, in English and in Chinese."""

from pathlib import Path

import pytest

from bot.glm.offline.reply import Reply
from bot.playground.workspace.records import Json, Message
from tests.checks import bot_messages
from tests.documents import pdfs
from tests.e2e.acting import post
from tests.e2e.documents.test_documents import scan
from tests.e2e.documents.test_pictures import upload
from tests.e2e.documents.test_summarize import link, ordered, under
from tests.stage import Stage, stage

DOUBT = "(not in the page's text: check the picture)"


def energy() -> bytes:
    """A PDF with so little text that its pictures are sent too."""
    first = ["Energy report 2025", "The plant used 380 MWh of electricity."]
    return pdfs.pages([pdfs.lines(first), pdfs.lines(["Outlook", "Nothing is planned."])])


def buttons(message: Message) -> list[Json]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row if element["type"] == "button"]


def answer_of(on: Stage, root: Message) -> Message:
    return bot_messages(on.slack, root.channel, root.ts)[-1]


async def test_an_invented_figure_of_a_summary_is_no_figure_of_the_picture(tmp_path: Path) -> None:
    told = "It used 380 MWh [p. 1], then 412 MWh [p. 1]."
    async with stage(tmp_path, [Reply(text=told)]) as on:
        shared = on.slack.people.post("Ana", "#general", files=[upload(on, "energy.pdf", energy())])
        root = await ordered(on, link(shared))
        (answer,) = await under(on, root)
        assert "Picture of energy.pdf p. 1" in on.question(), "its picture was sent"
        assert "seen in the picture" not in answer
        held, doubted = answer.split(", then ")
        assert "380 MWh [[p. 1]](http" in held
        assert DOUBT not in held
        assert f"energy.pdf) {DOUBT}" in doubted


async def test_the_page_in_doubt_is_one_press_away(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="It used 412 MWh [p. 1].")]) as on:
        asked = post(on, "please summarise this", ("energy.pdf", energy()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert DOUBT in answer
        message = answer_of(on, asked)
        (see,) = [one for one in buttons(message) if one["text"]["text"] == "See p. 1"]
        await on.slack.people.click("Ana", message, see["action_id"])
        await on.carried_out()
        await on.answers(asked.channel, asked.ts, 2)
        shown = answer_of(on, asked)
        blocks = [*shown.blocks, *(shown.stream.blocks if shown.stream else [])]
        assert [block["type"] for block in blocks if "slack_file" in block] == ["image"]


@pytest.mark.parametrize("channel", ["@glm", "#general"])
async def test_an_answer_in_a_thread_is_checked_as_a_summary_is(tmp_path: Path, channel: str) -> None:
    told = ["All said [p. 1].", "It used 412 MWh [p. 1], or 380,000 kWh [p. 1]."]
    async with stage(tmp_path, [Reply(text=one) for one in told]) as on:
        asked = post(
            on,
            "<@UGLM> what is it?".replace("UGLM", on.slack.workspace.bot.id),
            ("energy.pdf", energy()),
            channel=channel,
        )
        await on.answers(asked.channel, asked.ts)
        post(on, "and how much?", channel=channel, thread_ts=asked.ts)
        *_, answer = await on.answers(asked.channel, asked.ts, 2)
        wrong, right = answer.split(", or ")
        assert DOUBT in wrong
        assert DOUBT not in right.splitlines()[0]


async def test_a_scan_is_seen_and_what_nobody_saw_is_unchecked(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="It is invoice 4711 [p. 1].")]) as on:
        asked = post(on, "what is it?", ("scan.pdf", scan()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "scan.pdf) (seen in the picture)." in answer


async def test_in_chinese_all_of_it_is_chinese(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="用电三百八十兆瓦时 [第1页]，另有412兆瓦时 [第1页]。")]) as on:
        on.slack.workspace.user("Ana").locale = "zh-CN"
        asked = post(on, "请总结", ("energy.pdf", energy()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        held, doubted = answer.split("，另有")
        assert "[[第1页]](http" in held
        assert "（" not in held
        assert "（页面文字中没有：请核对图片）" in doubted
        assert "看第 1 页" in [one["text"]["text"] for one in buttons(answer_of(on, asked))]

"""Pictures within the answer: in order, once, and a caption where there is none."""

from pathlib import Path
from typing import Any

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Json, Message
from tests.checks import bot_messages
from tests.e2e.acting import (
    blocks,
    every_text,
    is_near,
    post,
    quarters,
    report,
    shape,
    shared_files,
    shown_picture,
    things,
    thread_things,
)
from tests.stage import Stage, stage

ANSWER = "First the plan: ![the plan](img_1) then page two ![](report.pdf#2) and an end."
FILES = ("plan.png", quarters()), ("report.pdf", report())


def has_picture(args: Json) -> bool:
    return '"image"' in str(args).replace("'", '"')


def whole(parts: list[Any]) -> str:
    return " ".join(part if isinstance(part, str) else "▣" for part in parts)


async def test_text_and_pictures_come_in_their_order_within_a_line_too(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=ANSWER)], pace=OfflinePace(0.0, 100.0)) as on:
        asked = post(on, "show me", *FILES)
        await on.answers(asked.channel, asked.ts)
        shown = thread_things(on, asked)
        assert shape(shown) == ["First the plan:", "image", "then page two", "image", "and an end."]
        assert shown[1]["alt_text"] == "the plan"
        assert shown[3]["alt_text"].strip()
        assert is_near(shown_picture(on, shown[1]).getpixel((5, 5)), (255, 0, 0))
        assert shown_picture(on, shown[3]).height > shown_picture(on, shown[3]).width
        assert not any("](" in text or "![" in text for text in every_text(on))
        assert not shared_files(on, asked)
        assert len(bot_messages(on.slack, asked.channel, asked.ts)) == 1


async def test_an_unknown_label_leaves_its_caption_and_a_picture_comes_once(tmp_path: Path) -> None:
    text = (
        "A ![the moon](img_9) B ![plan](img_1) C ![plan](img_1) D ![](report.pdf#99) E ![x](https://example.com/a.png)"
    )
    async with stage(tmp_path, [Reply(text=text)]) as on:
        asked = post(on, "show me", *FILES)
        await on.answers(asked.channel, asked.ts)
        assert len(blocks(on, asked, "image")) == 1
        words = whole(thread_things(on, asked))
        assert "A the moon B ▣ C" in words
        assert "![" not in words


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_picture_that_fails_to_upload_leaves_its_caption_and_a_reason(tmp_path: Path, method: str) -> None:
    async with stage(tmp_path, [Reply(text="See ![the plan](img_1) there.")]) as on:
        on.slack.faults.add(method, error="file_upload_failed", times=None)
        asked = post(on, "show me", *FILES[:1])
        await on.answers(asked.channel, asked.ts)
        (words,) = [one for one in thread_things(on, asked) if isinstance(one, str)]
        assert "See" in words
        assert "the plan" in words
        assert "didn't take" in words
        assert words.rstrip().endswith("there.")


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_chunks"])
async def test_where_a_stream_takes_no_pictures_the_order_stays(tmp_path: Path, error: str) -> None:
    async with stage(tmp_path, [Reply(text=ANSWER)], pace=OfflinePace(0.0, 60.0)) as on:
        for method in ("chat.appendStream", "chat.startStream", "chat.stopStream"):
            on.slack.faults.add(method, error=error, times=None, when=has_picture)
        asked = post(on, "show me", *FILES)
        await on.answers(asked.channel, asked.ts)
        assert_in_order(on, asked)


async def test_where_no_message_takes_pictures_they_are_shared_in_messages_of_their_own(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=ANSWER)], pace=OfflinePace(0.0, 60.0)) as on:
        for method in ("chat.appendStream", "chat.startStream", "chat.stopStream", "chat.postMessage", "chat.update"):
            on.slack.faults.add(method, error="invalid_blocks", times=None, when=has_picture)
        asked = post(on, "show me", *FILES)
        await on.answers(asked.channel, asked.ts)
        await on.settled()
        order = order_of_messages(on, asked)
        assert order == ["First the plan:", "▣", "then page two", "▣", "and an end."], order


async def test_where_there_are_no_streams_it_is_one_message_all_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=ANSWER)]) as on:
        on.slack.faults.add("chat.startStream", error="unknown_method", times=None)
        asked = post(on, "show me", *FILES)
        await on.answers(asked.channel, asked.ts)
        assert_in_order(on, asked)
        assert len(bot_messages(on.slack, asked.channel, asked.ts)) == 1


async def test_an_answer_of_many_pictures_shows_all_of_them_in_order(tmp_path: Path) -> None:
    count = 12
    text = " ".join(f"Page {at}: ![page {at}](long.pdf#{at})" for at in range(1, count + 1))
    async with stage(tmp_path, [Reply(text=text)]) as on:
        on.slack.enforce_rates = False
        asked = post(on, "show all", ("long.pdf", report(count)))
        await on.answers(asked.channel, asked.ts)
        assert [block["alt_text"] for block in blocks(on, asked, "image")] == [
            f"page {at}" for at in range(1, count + 1)
        ]


def assert_in_order(on: Stage, asked: Message) -> None:
    assert shape(thread_things(on, asked)) == ["First the plan:", "image", "then page two", "image", "and an end."]


def order_of_messages(on: Stage, asked: Message) -> list[str]:
    """A file's message is a picture here."""
    messages = bot_messages(on.slack, asked.channel, asked.ts)
    return [one for message in messages for one in (["▣"] * len(message.files) or shape(things(message)))]

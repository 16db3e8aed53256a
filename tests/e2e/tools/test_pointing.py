"""“Where is it?”: marks in the model's spellings become one picture, and are never seen."""

import json
import re
from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from tests.checks import bot_messages, visible_text
from tests.e2e.acting import blocks, every_text, post, quarters, shown_picture
from tests.stage import Stage, stage

FAST = OfflinePace(0.0, 400.0)
SPELLINGS = [
    "The leak is at [120, 340, 480, 777].",
    "The leak is at (120, 340, 480, 777).",
    "The leak is at <|begin_of_box|>[[120, 340, 480, 777]]<|end_of_box|>.",
    "The leak: <120, 340, 480, 777>.",
    '```json\n[{"label": "leak", "bbox_2d": [120, 340, 480, 777]}]\n```\nThat is it.',
    'It is here: {"bbox_2d": [120, 340, 480, 777], "label": "leak"} and nowhere else.',
    "Two: [[120,340,480,777],[20,30,110,320]].",
    "The place: <|begin_of_box|>(120,340),(480,777)<|end_of_box|> there.",
    '[{"label": "tap", "point_2d": [480, 777]}]',
]
MARKS = re.compile(r"480|777|bbox|point_2d|begin_of|end_of|<\|")


def everything_shown(on: Stage) -> str:
    """All texts that any call put on the screen, apart from the files' own."""
    return "\n".join(every_text(on))


@pytest.mark.parametrize("spelt", SPELLINGS)
async def test_places_are_drawn_and_never_spelt_out(tmp_path: Path, spelt: str) -> None:
    words = "I looked at every part of it. " * 8 + "\n"
    async with stage(tmp_path, [Reply(text=words + spelt)], pace=FAST) as on:
        asked = post(on, "where is the leak?", ("plan.png", quarters()))
        await on.answers(asked.channel, asked.ts)
        assert "I looked at every part" in everything_shown(on)
        assert not MARKS.search(everything_shown(on)), MARKS.search(everything_shown(on))
        (block,) = blocks(on, asked, "image")
        assert shown_picture(on, block).size == (800, 600)
        assert block["alt_text"].strip()
        assert len(bot_messages(on.slack, asked.channel, asked.ts)) == 1


async def test_numbers_in_the_text_stand_for_the_marks_and_the_legend_is_read(tmp_path: Path) -> None:
    reply = Reply(
        text='[{"label": "tap", "bbox_2d": [1, 2, 300, 400]}, {"label": "sink", "bbox_2d": [500, 5, 900, 900]}]'
    )
    async with stage(tmp_path, [reply]) as on:
        asked = post(on, "find all", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "tap" in answer
        assert "sink" in answer
        (block,) = blocks(on, asked, "image")
        assert "tap" in block["alt_text"]
        pixels = shown_picture(on, block)
        assert pixels.convert("RGB").tobytes() != quarters()


async def test_boxes_go_onto_the_newest_picture_of_the_turn(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="There: [100, 100, 300, 300].")]) as on:
        asked = post(on, "where?", ("one.png", quarters(800, 600)), ("two.png", quarters(500, 700)))
        await on.answers(asked.channel, asked.ts)
        (block,) = blocks(on, asked, "image")
        assert shown_picture(on, block).size == (500, 700)


async def test_pixels_are_asked_for_again_and_the_text_is_shown_once(tmp_path: Path) -> None:
    script = [
        Reply(text="The leak is at [1200, 340, 1480, 777], under the sink."),
        Reply(text='[{"label": "leak", "bbox_2d": [1300, 1200, 1800, 1900]}]'),
        Reply(text='[{"label": "leak", "bbox_2d": [600, 340, 740, 800]}]'),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "where?", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert answer.count("under the sink") == 1
        assert len(on.model.requests) == 3
        assert "0-1000" in on.question()
        assert not re.search(r"1200|1480|1300|1800|740", everything_shown(on))
        assert len(blocks(on, asked, "image")) == 1


async def test_a_model_that_insists_on_pixels_is_asked_three_times_and_no_more(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="It is at [1200, 340, 1480, 1777], by the door.")) as on:
        asked = post(on, "where?", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "by the door" in answer
        assert len(on.model.requests) == 4
        assert not blocks(on, asked, "image")


async def test_marks_without_numbers_and_numbers_without_pictures_stay_text(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="The list is [120, 340, 480, 777]."), Reply(text="ok")]) as on:
        asked = post(on, "which numbers?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "[120, 340, 480, 777]" in answer
    folder = tmp_path / "second"
    folder.mkdir()
    said = "The word is <|begin_of_box|>leak<|end_of_box|> as of 2024 [1], see [1, 2, 3]."
    async with stage(folder, [Reply(text=said)]) as on:
        asked = post(on, "what?", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "The word is leak as of 2024 [1], see [1, 2, 3]." in answer
        assert not blocks(on, asked, "image")
        assert "begin_of" not in json.dumps(every_text(on))
        assert "leak" in visible_text(bot_messages(on.slack, asked.channel, asked.ts)[0])

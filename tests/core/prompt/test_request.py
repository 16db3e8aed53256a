"""Requests builds the request from a conversation, with pictures and a summary of old turns."""

import pytest

from bot.core.model.events import Finished, TextDelta
from bot.core.model.messages import Image, Text
from bot.core.model.usage import Usage
from bot.core.prompt.request import SUMMARY_TOKENS, PromptRoom, Requests
from bot.core.prompt.window import Window
from bot.core.thread.conversation import Conversation, FoldedTurns
from bot.errors import AnswerCut, FileGone, ModelBusy
from tests.core.fakes import FakeModel, Step
from tests.core.scene import Scene
from tests.core.values import inbound, picture, talk, turn

LONG = talk(*[turn(f"question {n} " + "word " * 60, "answer " * 60, ts=f"{n}.0") for n in range(20)])
SMALL = Window(4_000)


def requests(scene: Scene, window: Window | None = None) -> Requests:
    return Requests(scene.model, scene.attachments, window or Window(100_000), "glm")


def summing_up(*script: Step) -> Scene:
    return Scene(FakeModel([list(script)]))


async def test_a_request_is_the_system_text_the_turns_and_the_question() -> None:
    scene = Scene.of()
    request = await requests(scene).build(inbound(), talk(turn("one?", "one.")), turn("two?"))
    assert [message.role for message in request.ask.messages] == ["system", "user", "assistant", "user"]
    assert "Monday, 23 November 2026" in request.ask.messages[0].text
    assert [message.text for message in request.ask.messages[1:]] == ["Ana: one?\n", "one.", "Ana: two?\n"]
    assert scene.model.asks == [], "nothing to summarise"


async def test_neighbouring_texts_are_one_part_and_pictures_stand_after_their_line() -> None:
    scene = Scene.of()
    request = await requests(scene).build(inbound(), Conversation(), turn("what?", "", picture(1), picture(2)))
    parts = request.ask.messages[-1].parts
    assert [type(part) for part in parts] == [Text, Image, Text, Image, Text]
    assert isinstance(parts[0], Text)
    assert parts[0].text.startswith("Image 1 (img_1): plan.png")
    assert isinstance(parts[1], Image)
    assert parts[1].label == "img_1"


async def test_a_picture_that_can_no_longer_be_had_is_named_instead() -> None:
    scene = Scene.of()
    scene.files.troubles["F1"] = FileGone()
    request = await requests(scene).build(inbound(), Conversation(), turn("what?", "", picture(1), picture(2)))
    parts = request.ask.messages[-1].parts
    assert [type(part) for part in parts] == [Text, Image, Text]
    assert isinstance(parts[0], Text)
    assert "(img_1 — no longer available)" in parts[0].text
    assert "Image 2 (img_2)" in parts[0].text


async def test_turns_that_no_longer_fit_are_summed_up_once() -> None:
    scene = summing_up(TextDelta(" We talked "), TextDelta("of words. "), Finished("stop", Usage(), "glm"))
    request = await requests(scene, SMALL).build(inbound(), LONG, turn("and now?"))
    (ask,) = scene.model.asks
    assert (ask.thinking, ask.max_tokens) == (False, SUMMARY_TOKENS)
    assert "question 0 word" in ask.messages[0].text
    folded = request.fitted.folded
    assert folded.summary == "We talked of words."
    assert 0 < folded.turns < 20
    first = request.ask.messages[1].text
    assert "We talked of words." in first
    assert f"question {folded.turns} word" in first
    again = await requests(scene, SMALL).build(inbound(), Conversation(LONG.turns, folded), turn("and now?"))
    assert again.ask == request.ask, "byte for byte, or the provider's cache is lost"
    assert len(scene.model.asks) == 1


@pytest.mark.parametrize(
    "script",
    [[ModelBusy()], [TextDelta("We ta"), AnswerCut()], [TextDelta(" \n"), Finished("stop", Usage(), "glm")]],
    ids=["busy", "cut", "blank"],
)
async def test_without_a_summary_by_the_model_the_turns_are_told_shortened(script: list[Step]) -> None:
    scene = summing_up(*script)
    earlier = Conversation(LONG.turns, FoldedTurns(2, "Before that, hello."))
    request = await requests(scene, SMALL).build(inbound(), earlier, turn("and now?"))
    lines = request.fitted.folded.summary.splitlines()
    assert lines[0] == "Before that, hello."
    assert lines[1].startswith("Asked: question 2 word")
    assert "answered: answer answer" in lines[1]
    assert len(lines) == 1 + request.fitted.folded.turns - 2
    assert request.ask.messages[-1].text == "Ana: and now?\n"


async def test_half_the_room_is_half_the_room() -> None:
    whole = await requests(summing_up(), Window(8_000)).build(inbound(), LONG, turn("and now?"))
    scene = summing_up(TextDelta("Short."), Finished("stop", Usage(), "glm"))
    half = await requests(scene, Window(8_000)).build(inbound(), LONG, turn("and now?"), PromptRoom(0.5))
    assert len(half.ask.messages) < len(whole.ask.messages)


@pytest.mark.parametrize("thinking", [True, False, None])
async def test_the_turn_says_whether_to_think(*, thinking: bool | None) -> None:
    asked = turn("why?")
    asked = type(asked)(asked.date, asked.said, thinking=thinking)
    request = await requests(Scene.of()).build(inbound(), Conversation(), asked)
    assert request.ask.thinking is thinking

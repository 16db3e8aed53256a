"""Grounding draws the boxes of an answer on the newest picture."""

import pytest

from bot.core.grounding.draw import MOST_REPEATS, NOT_DRAWN
from bot.errors import FileBroken
from tests.core.fakes import says
from tests.core.scene import Scene
from tests.core.values import file_ref, inbound

BOX = '[{"label": "valve", "bbox_2d": [100, 200, 300, 400]}]'
PIXELS = '[{"label": "valve", "bbox_2d": [1100, 200, 1300, 400]}]'


async def ask(scene: Scene) -> None:
    await scene.ask(inbound(text="where is the valve?", files=(file_ref("a.png"), file_ref("b.png"))))


async def test_a_box_is_drawn_on_the_newest_picture_with_a_legend() -> None:
    scene = Scene.of(says("Here:\n", BOX))
    await ask(scene)
    [(data, marks)] = scene.painter.annotated
    assert data == b"F-b.png"
    assert [(mark.box, mark.label, mark.number) for mark in marks] == [((100, 200, 300, 400), "valve", 1)]
    assert "![1: valve](annotated_1)" in scene.turn.answer
    assert "100" not in scene.turn.answer
    assert scene.model.asks[0].keeps_boxes


async def test_pixels_are_asked_for_again_and_the_answer_is_shown_once() -> None:
    scene = Scene.of(says("Here: ", PIXELS), says(BOX))
    await ask(scene)
    assert len(scene.model.asks) == 2
    assert [mark.box for mark in scene.painter.annotated[0][1]] == [(100, 200, 300, 400)]
    assert scene.turn.answer.count("Here:") == 1
    assert "1100" not in scene.turn.answer


@pytest.mark.parametrize("again", ["[[100, 200, 300, 400]]", '[{"bbox_2d": [100, 200, 300, 400]}]'])
async def test_boxes_given_again_without_names_keep_those_they_had(again: str) -> None:
    scene = Scene.of(says("Here: ", PIXELS), says(again))
    await ask(scene)
    assert [mark.label for mark in scene.painter.annotated[0][1]] == ["valve"]
    assert "![1: valve](annotated_1)" in scene.turn.answer


async def test_it_is_asked_again_three_times_at_most() -> None:
    scene = Scene.of(says("Here: ", PIXELS))
    await ask(scene)
    assert len(scene.model.asks) == 1 + MOST_REPEATS
    assert scene.painter.annotated == []
    assert NOT_DRAWN in scene.turn.answer


async def test_a_picture_that_cannot_be_drawn_on_is_said_to_be() -> None:
    scene = Scene.of(says("Here: ", BOX))
    scene.painter.trouble = FileBroken()
    await ask(scene)
    assert NOT_DRAWN in scene.turn.answer


@pytest.mark.parametrize("files", [(), (file_ref("a.png"),)])
async def test_an_answer_without_boxes_stays_as_it_is(files: tuple[object, ...]) -> None:
    scene = Scene.of(says("It is [1, 2] of 3."))
    await scene.ask(inbound(text="how many?", files=files))
    assert scene.turn.answer == "It is [1, 2] of 3."


async def test_numbers_without_a_picture_are_text() -> None:
    scene = Scene.of(says("The box is [100, 200, 300, 400]."))
    await scene.ask(inbound(text="numbers?"))
    assert scene.turn.answer == "The box is [100, 200, 300, 400]."

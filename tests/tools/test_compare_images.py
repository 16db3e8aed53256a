from bot.core.drawing import Comparison
from bot.tools.compare_images import CompareImages
from tests.tools.tool_context import PNG, Painter, refusal, tool_context

BOTH = {"first": "img_1", "second": "img_2"}


async def test_similarity_and_boxes_are_told_and_the_person_sees_both() -> None:
    painter = Painter(Comparison(0.8765, ((1, 2, 3, 4.5), (10, 20, 30, 40)), PNG))
    result = await CompareImages(painter).call(BOTH, tool_context())
    assert "87.6 %" in result.text
    assert "[1, 2, 3, 4.5], [10, 20, 30, 40]" in result.text
    (new,) = result.made
    assert (new.prefix, new.name, new.about) == ("comparison", "plan-photo.png", "plan.png and photo.jpg side by side")
    assert new.is_for_person


async def test_no_difference_is_said() -> None:
    result = await CompareImages(Painter()).call(BOTH, tool_context())
    assert "100.0 %" in result.text
    assert "nothing was found that differs" in result.text


async def test_many_boxes_are_counted_not_left_out_in_silence() -> None:
    boxes = tuple((float(at), 0.0, float(at + 1), 1.0) for at in range(35))
    result = await CompareImages(Painter(Comparison(0.5, boxes, PNG))).call(BOTH, tool_context())
    assert "and 5 smaller ones" in result.text


async def test_wrong_labels_are_answered() -> None:
    assert "same picture" in await refusal(CompareImages(Painter()), {"first": "img_1", "second": "img_1"})
    assert "no picture img_9" in await refusal(CompareImages(Painter()), {"first": "img_1", "second": "img_9"})
    assert "`second` is missing" in await refusal(CompareImages(Painter()), {"first": "img_1"})

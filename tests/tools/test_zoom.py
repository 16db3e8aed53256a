from bot.core.agent.ports import Crop
from bot.tools.zoom import Zoom
from tests.tools.tool_context import FakeArtifacts, refusal, tool_context


async def test_the_part_is_cut_by_the_album_and_named_in_the_result() -> None:
    bench = tool_context()
    result = await Zoom().call({"image": "img_1", "box": [100, 200, 300, 400.5]}, bench)
    assert isinstance(bench.artifacts, FakeArtifacts)
    assert bench.artifacts.crops == [Crop("img_1", (100, 200, 300, 400.5))]
    assert result.text == "{0} is the part [100, 200, 300, 400.5] of img_1, cut from the original."
    assert [new.prefix for new in result.made] == ["zoom"]
    assert result.is_untrusted


async def test_a_crop_of_a_crop_says_where_that_is_in_the_original() -> None:
    result = await Zoom().call({"image": "zoom_1", "box": [0, 0, 500, 500]}, tool_context())
    assert "[0, 0, 500, 500] of zoom_1, which is [10, 10, 20, 20] of img_1" in result.text


async def test_a_box_outside_is_answered_and_nothing_is_cut() -> None:
    bench = tool_context()
    sentence = await refusal(Zoom(), {"image": "img_1", "box": [0, 0, 1200, 900]}, bench)
    assert "outside the picture" in sentence
    assert isinstance(bench.artifacts, FakeArtifacts)
    assert bench.artifacts.crops == []


async def test_an_unknown_label_is_answered_with_the_ones_there_are() -> None:
    assert "img_1, img_2" in await refusal(Zoom(), {"image": "img_9", "box": [0, 0, 10, 10]})

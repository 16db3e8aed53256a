from typing import Any

import pytest

from bot.core.agent.ports import OriginalPicture
from bot.core.drawing import Mark
from bot.tools.annotate import Annotate
from tests.tools.tool_context import FakeArtifacts, Painter, refusal, tool_context


async def test_marks_are_drawn_and_the_person_sees_them() -> None:
    painter = Painter()
    marks = [
        {"kind": "box", "box": [10, 20, 30, 40], "label": "Leak"},
        {"kind": "arrow", "box": [900, 900, 100, 100]},
        {"kind": "point", "box": [5, 6]},
        {"kind": "point", "box": [10, 20, 20, 40], "label": "Valve"},
        {"kind": "label", "box": [1, 2], "label": "North"},
    ]
    result = await Annotate(painter).call({"image": "img_1", "marks": marks}, tool_context())
    assert painter.marks == (
        Mark("box", (10, 20, 30, 40), "Leak"),
        Mark("arrow", (900, 900, 100, 100), "", 2),
        Mark("point", (5, 6, 5, 6), "", 3),
        Mark("point", (15, 30, 15, 30), "Valve"),
        Mark("label", (1, 2, 1, 2), "North"),
    )
    (new,) = result.made
    assert (new.kind, new.prefix, new.name, new.mime) == ("picture", "annotated", "annotated-plan.png", "image/png")
    assert new.about == "plan.png with marks: Leak, Valve, North"
    assert new.is_for_person
    assert new.is_for_model
    assert "box “Leak” at [10, 20, 30, 40]; arrow 2 at [900, 900, 100, 100]; point 3 at [5, 6]" in result.text


async def test_a_single_mark_without_words_gets_no_number() -> None:
    painter = Painter()
    marks = [{"kind": "box", "box": [10, 20, 30, 40]}]
    result = await Annotate(painter).call({"image": "img_1", "marks": marks}, tool_context())
    assert [mark.number for mark in painter.marks] == [0]
    assert result.made[0].about == "plan.png with marks"


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ({"kind": "circle", "box": [1, 2, 3, 4]}, "`marks[0]`.kind must be one of box, arrow, point, label"),
        ({"box": [1, 2, 3, 4]}, "kind must be one of"),
        ({"kind": "box", "box": [1, 2]}, "`marks[0]`.box must be a list of 4 numbers"),
        ({"kind": "box"}, "`marks[0]`.box must be a list of 4 numbers"),
        ({"kind": "point", "box": [1, 2, 3]}, "2 or 4 numbers"),
        ({"kind": "box", "box": [1, 2, 3, 2000]}, "pixels"),
        ({"kind": "box", "box": [30, 20, 10, 40]}, "reversed"),
        ({"kind": "arrow", "box": [5, 5, 5, 5]}, "begins where it ends"),
        ({"kind": "label", "box": [5, 5]}, "a label without words"),
        ({"kind": "box", "box": [1, 2, 3, 4], "label": "x" * 81}, "at most 80"),
        ("leak", "`marks[0]` must be an object"),
    ],
)
async def test_a_wrong_mark_is_answered_and_nothing_is_drawn(mark: Any, said: str) -> None:
    painter = Painter()
    assert said in await refusal(Annotate(painter), {"image": "img_1", "marks": [mark]})
    assert painter.marks == ()


async def test_no_marks_and_too_many_marks_are_answered() -> None:
    mark = {"kind": "point", "box": [5, 6]}
    for marks in ([], [mark] * 51):
        assert "1 to 50 entries" in await refusal(Annotate(Painter()), {"image": "img_1", "marks": marks})


async def test_a_picture_that_cannot_be_read_is_answered() -> None:
    bench = tool_context()
    assert isinstance(bench.artifacts, FakeArtifacts)
    bench.artifacts.sources["img_3"] = OriginalPicture("img_3", "bad.png", b"broken")
    marks = [{"kind": "point", "box": [5, 6]}]
    sentence = await refusal(Annotate(Painter()), {"image": "img_3", "marks": marks}, bench)
    assert sentence == "img_3: damaged or cut off; please export it again."

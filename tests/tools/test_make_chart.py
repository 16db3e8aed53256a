import json
from typing import Any

import pytest

from bot.core.agent.ports import NewArtifact
from bot.core.drawing import Chart, Series
from bot.errors import FileTooSlow
from bot.playground.rules.tables import check_chart
from bot.tools.make_chart import MakeChart
from tests.tools.tool_context import PNG, Painter, refusal, tool_context

BAR: dict[str, Any] = {
    "type": "bar",
    "title": "Sales",
    "labels": ["Q1", 2026],
    "series": [{"name": "Web", "values": [3, "4.5"]}],
    "x_label": "Quarter",
}
PIE: dict[str, Any] = {
    "type": "pie",
    "title": "Share",
    "labels": ["A", "B"],
    "series": [{"name": "all", "values": [45, 55]}],
}


async def made(arguments: dict[str, Any], painter: Painter | None = None) -> NewArtifact:
    result = await MakeChart(painter or Painter()).call(arguments, tool_context())
    assert "{0}" in result.text
    (new,) = result.made
    assert (new.kind, new.prefix, new.is_for_person, new.is_for_model) == ("chart", "chart", True, False)
    return new


async def test_a_bar_chart_is_slacks_own_block_and_a_picture() -> None:
    painter = Painter()
    new = await made(BAR, painter)
    block = json.loads(new.data)
    check_chart(block)
    assert block == {
        "type": "data_visualization",
        "title": "Sales",
        "chart": {
            "type": "bar",
            "series": [{"name": "Web", "data": [{"label": "Q1", "value": 3}, {"label": "2026", "value": 4.5}]}],
            "axis_config": {"categories": ["Q1", "2026"], "x_label": "Quarter"},
        },
    }
    assert new.fallback == PNG.data
    assert painter.charts == [Chart("bar", "Sales", ("Q1", "2026"), (Series("Web", (3, 4.5)),), "Quarter")]


async def test_a_pie_has_segments() -> None:
    block = json.loads((await made(PIE)).data)
    check_chart(block)
    assert block["chart"] == {"type": "pie", "segments": [{"label": "A", "value": 45}, {"label": "B", "value": 55}]}


def many(count: int, kind: str = "line") -> dict[str, Any]:
    labels = [f"L{at}" for at in range(count)]
    return {
        "type": kind,
        "title": "T",
        "labels": labels,
        "series": [{"name": "s", "values": list(range(1, count + 1))}],
    }


def with_series(count: int) -> dict[str, Any]:
    return {**BAR, "series": [{"name": f"s{at}", "values": [1, 2]} for at in range(count)]}


@pytest.mark.parametrize("fits", [many(20), many(12, "pie"), with_series(6), {**BAR, "title": "t" * 50}])
async def test_what_fits_slacks_limits_is_native(fits: dict[str, Any]) -> None:
    check_chart(json.loads((await made(fits)).data))


@pytest.mark.parametrize(
    "beyond",
    [
        many(21),
        many(13, "pie"),
        with_series(7),
        {**BAR, "title": "t" * 51},
        {**BAR, "labels": ["Q1", "l" * 21]},
        {**BAR, "series": [{"name": "n" * 21, "values": [1, 2]}]},
        {**BAR, "y_label": "y" * 51},
        {**PIE, "series": [{"name": "all", "values": [0, 5]}]},
    ],
)
async def test_what_goes_beyond_is_a_picture_only(beyond: dict[str, Any]) -> None:
    new = await made(beyond)
    assert new.data == b""
    assert new.fallback == PNG.data


async def test_values_below_zero_are_native_but_not_in_a_pie() -> None:
    check_chart(json.loads((await made({**BAR, "series": [{"name": "s", "values": [-1, 2]}]})).data))
    assert "0 and more" in await refusal(MakeChart(Painter()), {**PIE, "series": [{"name": "all", "values": [-1, 2]}]})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "donut"}, "`type` must be one of bar, line, area, pie"),
        ({"labels": ["a", "a"]}, "`labels` must differ"),
        ({"labels": ["a", " "]}, "`labels[1]` is empty"),
        ({"series": [{"name": "Web", "values": [1]}]}, "`series[0]` (Web) has 1 values for 2 labels"),
        ({"series": [{"name": "Web", "values": [1, "many"]}]}, "`series[0]`.values[1] must be a number"),
        ({"series": [{"name": "Web", "values": [1, float("nan")]}]}, "must be a number"),
        ({"series": [{"name": "Web", "values": [1, 10**400]}]}, "must be a number"),
        ({"series": [{"name": "Web", "values": [1, True]}]}, "must be a number"),
        ({"series": [{"values": [1, 2]}]}, "`series[0]`.name must be a text"),
        ({"series": [{"name": "a", "values": [1, 2]}] * 2}, "must differ"),
        ({"series": "Web"}, "`series` must be a list"),
        ({"title": ""}, "`title` is empty"),
    ],
)
async def test_wrong_arguments_are_answered(change: dict[str, Any], said: str) -> None:
    assert said in await refusal(MakeChart(Painter()), {**BAR, **change})


async def test_a_pie_has_one_series_and_something_to_share() -> None:
    two = [{"name": "a", "values": [1, 2]}, {"name": "b", "values": [1, 2]}]
    assert "one series" in await refusal(MakeChart(Painter()), {**PIE, "series": two})
    nothing = [{"name": "a", "values": [0, 0]}]
    assert "above 0" in await refusal(MakeChart(Painter()), {**PIE, "series": nothing})


async def test_without_a_picture_the_block_still_comes_and_else_the_reason() -> None:
    slow = Painter(broken=FileTooSlow("the chart took too long"))
    new = await made(BAR, slow)
    assert new.data
    assert new.fallback == b""
    assert "took too long" in await refusal(MakeChart(slow), many(21))

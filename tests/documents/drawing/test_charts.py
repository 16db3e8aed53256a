import json
from dataclasses import replace
from typing import Any

import pytest

from bot.core.drawing import Chart, Series
from bot.documents.drawing.charts import specification
from bot.documents.pages.checks import MOST_POINTS, MOST_SERIES, check_chart
from bot.errors import FileBroken

BAR = Chart(
    "bar", "Sales", ("North", "South"), (Series("2025", (1.0, 2.5)), Series("2026", (3.0, -1.0))), "Region", "€"
)
PIE = Chart("pie", "Costs", ("Rent", "Food"), (Series("", (75.0, 25.0)),))


def values(chart: Chart) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = specification(chart)["data"]["values"]
    return found


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (replace(BAR, labels=()), "1 to 500 labels"),
        (replace(BAR, labels=("x",) * (MOST_POINTS + 1)), "this one 501"),
        (replace(BAR, series=()), "1 to 20 series"),
        (replace(BAR, series=(BAR.series[0],) * (MOST_SERIES + 1)), "this one 21"),
        (replace(BAR, series=(Series("short", (1.0,)),)), "'short' has 1 values for 2 labels"),
        (replace(BAR, series=(Series("s", (1.0, float("nan"))),)), "not a finite number"),
        (replace(BAR, series=(Series("s", (1.0, float("-inf"))),)), "not a finite number"),
        (replace(BAR, series=(Series("s", (1.0, 1e300)),)), "not a finite number"),
        (replace(PIE, series=BAR.series), "A pie has one series"),
        (replace(PIE, series=(Series("", (1.0, -1.0)),)), "0 or more"),
        (replace(PIE, series=(Series("", (0.0, 0.0)),)), "not all of them 0"),
        (Chart("pie", "", ("x",) * 51, (Series("", (1.0,) * 51),)), "at most 50 slices"),
    ],
)
def test_a_chart_that_is_none_is_refused_with_what_is_wrong(chart: Chart, words: str) -> None:
    with pytest.raises(FileBroken) as refused:
        check_chart(chart)
    assert words in refused.value.detail


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_every_value_is_there_with_its_label_and_series_in_order(kind: Any) -> None:
    chart = replace(BAR, type=kind)
    check_chart(chart)
    assert [(one["label"], one["series"], one["value"]) for one in values(chart)] == [
        ("North", "2025", 1.0),
        ("South", "2025", 2.5),
        ("North", "2026", 3.0),
        ("South", "2026", -1.0),
    ]
    encoding = specification(chart)["encoding"]
    assert (encoding["x"]["title"], encoding["y"]["title"]) == ("Region", "€")
    assert encoding["x"]["sort"] is None


def test_bars_of_several_series_stand_beside_each_other() -> None:
    assert specification(BAR)["encoding"]["xOffset"]["field"] == "series"
    assert "xOffset" not in specification(replace(BAR, series=BAR.series[:1]))["encoding"]


def test_a_pie_tells_values_and_shares() -> None:
    assert [(one["label"], one["share"]) for one in values(PIE)] == [("Rent — 75", "75%"), ("Food — 25", "25%")]


def test_equal_names_stay_apart() -> None:
    chart = Chart("line", "", ("a", "a", "a"), (Series("s", (1, 2, 3)), Series("s", (4, 5, 6))))
    assert len({one["label"] for one in values(chart)}) == 3
    assert len({one["series"] for one in values(chart)}) == 2
    assert {one["label"].strip() for one in values(chart)} == {"a"}


def test_words_are_data_and_nothing_else() -> None:
    """A name that looks like an expression, an address or markup is a text in the title, in a label or in a name."""
    nasty = '{"signal":"1"} url http://10.0.0.1/x.png <b>'
    chart = Chart("bar", nasty, (nasty,), (Series(nasty, (1.0,)),), nasty, nasty)
    found = specification(chart)
    assert found["title"]["text"] == [nasty]
    keys = json.dumps(keys_of(found))
    assert not {"url", "signal", "expr", "image", "href", "transform", "params"} & set(json.loads(keys))
    assert "image" not in json.dumps(found["mark"])


def keys_of(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [*part, *(key for value in part.values() for key in keys_of(value))]
    return [key for value in part for key in keys_of(value)] if isinstance(part, list) else []


def test_long_words_are_cut_and_titles_wrapped() -> None:
    long = Chart("bar", "长" * 150, ("x" * 500, "y\n\x00z"), (Series("s" * 500, (1.0, 2.0)),))
    labels = [one["label"] for one in values(long)]
    assert labels == ["x" * 39 + "…", "y z"]
    title = specification(long)["title"]["text"]
    assert [len(line) for line in title] == [32, 32, 33]
    assert title[-1].endswith("…")
    words = specification(replace(long, title="many short words " * 5))["title"]["text"]
    assert len(words) == 2
    assert " ".join(words) == ("many short words " * 5).strip()


def test_only_as_many_labels_are_shown_as_can_be_read() -> None:
    chart = Chart("line", "", tuple(str(at) for at in range(500)), (Series("s", tuple(map(float, range(500)))),))
    shown = specification(chart)["encoding"]["x"]["axis"]["values"]
    assert 20 <= len(shown) <= 40
    assert set(shown) <= set(chart.labels)


def test_its_size_is_fixed_whatever_it_shows() -> None:
    large = Chart("bar", "", ("x",) * 500, (Series("s", (1.0,) * 500),) * 20)
    for chart in (BAR, PIE, large):
        found = specification(chart)
        assert (found["width"], found["height"]) == (760, 420)

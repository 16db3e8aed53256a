import math

import pytest

from bench.figures import Row, Section, median, percentile, printed, ratio, shown


def test_median_and_percentiles() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 3, 2]) == 2.5
    assert percentile(range(1, 101), 99) == 99
    assert percentile(range(1, 101), 50) == 50
    assert percentile([7, 9], 100) == 9
    assert math.isnan(median([]))
    assert math.isnan(percentile([], 50))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "0.12 ms"), (12.34, "12.3 ms"), (1234.5, "1,234 ms"), (3.0, "3 ms"), (math.nan, "–"), ("2 (1)", "2 (1)")],
)
def test_a_figure_is_shown_with_what_it_is_good_for(value: float | str, text: str) -> None:
    assert shown(value, "ms") == text


def test_a_ratio_stands_only_where_there_is_one() -> None:
    assert ratio(1.0, 2.0) == "0.50"
    assert ratio(1.0, 0.0) == ratio("3 (0)", 1.0) == ratio(math.nan, 1.0) == ""


def test_a_section_lines_up() -> None:
    lines = printed(
        Section("Title", "how", (Row("one", 1.0, 2.0, "s", "< 3 s"), Row("another", "x", "y")))
    ).splitlines()
    assert lines[:2] == ["Title", "  (how)"]
    assert lines[3].split() == ["one", "1", "s", "2", "s", "0.50", "<", "3", "s"]
    assert lines[3].index("1 s") + 3 == lines[4].index("x") + 1

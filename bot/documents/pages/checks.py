"""Checks boxes, marks and charts, in the bot and again in the worker. Of a worker's errors only FileError keeps its
words.
"""

import math

from bot.core.drawing import Box, Chart, Mark
from bot.errors import FileBroken

MOST_SERIES = 20
MOST_POINTS = 500
MOST_SLICES = 50
_GREATEST = 1e100  # sums of larger numbers may overflow to infinity


def check_box(box: Box) -> None:
    """Raise ValueError with a sentence for the model when a box is outside 0 to 1000, reversed or empty."""
    left, top, right, bottom = box
    if not all(0 <= side <= 1000 for side in box):
        raise ValueError(
            f"The box [{_spelt(box)}] is not inside the picture: each number must be from 0 to 1000, relative to the "
            "picture's width and height."
        )
    if right <= left or bottom <= top:
        raise ValueError(
            f"The box [{_spelt(box)}] is empty or reversed: it must be [left, top, right, bottom] with left < right "
            "and top < bottom."
        )


def check_mark(mark: Mark) -> None:
    """Raise ValueError with a sentence for the model when a mark is outside 0 to 1000, or the corners of its box are
    swapped.

    A box without width or height is drawn as a line.
    """
    if not all(0 <= side <= 1000 for side in mark.box):
        raise ValueError(
            f"The {mark.kind} [{_spelt(mark.box)}] is not inside the picture: each number must be from 0 to 1000, "
            "relative to the picture's width and height."
        )
    if mark.kind == "box" and (mark.box[2] < mark.box[0] or mark.box[3] < mark.box[1]):
        raise ValueError(f"The box [{_spelt(mark.box)}] is reversed: it must be [left, top, right, bottom].")


def _spelt(box: Box) -> str:
    return ", ".join(f"{side:g}" for side in box)


def check_chart(chart: Chart) -> None:
    """Raise FileBroken when the chart can't be drawn. Its detail is a sentence for the model."""
    if wrong := _wrong(chart):
        raise FileBroken(wrong)


def _wrong(chart: Chart) -> str:
    count = len(chart.labels)
    if not 1 <= count <= MOST_POINTS:
        return f"A chart has 1 to {MOST_POINTS} labels, this one {count}."
    if not 1 <= len(chart.series) <= MOST_SERIES:
        return f"A chart has 1 to {MOST_SERIES} series, this one {len(chart.series)}."
    for series in chart.series:
        if len(series.values) != count:
            return f"Series {series.name!r} has {len(series.values)} values for {count} labels; it needs one for each."
        if not all(math.isfinite(value) and abs(value) <= _GREATEST for value in series.values):
            return f"Series {series.name!r} has a value that is not a finite number of usual size."
    return _wrong_pie(chart) if chart.type == "pie" else ""


def _wrong_pie(chart: Chart) -> str:
    if len(chart.series) != 1:
        return f"A pie has one series, this one {len(chart.series)}."
    if len(chart.labels) > MOST_SLICES:
        return f"A pie has at most {MOST_SLICES} slices, this one {len(chart.labels)}; a bar chart has room for them."
    values = chart.series[0].values
    if min(values) < 0 or sum(values) <= 0:
        return "A pie needs values of 0 or more, and not all of them 0."
    return ""

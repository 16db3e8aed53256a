"""What differs between two pictures: how like they are, and where not. Runs in a worker process.

The second is brought to the first's scale and moved onto it; both are made small and compared place by place. What only
one of them shows counts as different.
"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from bot.core.drawing import Box, Comparison
from bot.documents.drawing.regions import area, regions
from bot.documents.drawing.side_by_side import pair, reduced
from bot.documents.drawing.ssim import WINDOW, Floats, Size, planes, shift, unlike

MOST_BOXES = 20
_COMPARED_SIDE = 1024
_LEAST_SIDE = 128
_ALIGNED_SIDE = 2048
_MOST_SHIFT = 0.06  # of a side
_DIFFERENT = 0.42
_LIKE = 0.002  # unlike by no more than this: there is nothing to gain by moving
_MOST_EXTRA = 3.0  # times the first's area, for what only one of them shows
_SAME_SHAPE = 0.02
_STRIP = 4.0


@dataclass(frozen=True, slots=True)
class Placing:
    """The second picture on the first's: how much larger it is made, and then how far moved, in the first's pixels."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    """`regions` are pixels of the first picture, and may lie beyond its edge."""

    similarity: float
    regions: tuple[Box, ...]
    placing: Placing


def compare(one: bytes, other: bytes) -> Comparison:
    """Raises FileErrors for people."""
    first, second = (reduced(data) for data in (one, other))
    if _is_same(first, second):
        found = _Found(1.0, (), Placing())
    else:
        placings = dict.fromkeys(_placings(first.size, second.size))
        found = max((_differences(first, second, placing) for placing in placings), key=lambda one: one.similarity)
    firsts = tuple(_thousandths(region, Placing(), first.size) for region in found.regions)
    seconds = tuple(_thousandths(region, found.placing, second.size) for region in found.regions)
    return Comparison(found.similarity, seconds, pair((first, second), ("", ""), (firsts, seconds)))


def _resized(picture: Image.Image, size: Size) -> Image.Image:
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _scaled(size: Size, across: float, down: float = 0.0) -> Size:
    return max(1, round(size[0] * across)), max(1, round(size[1] * (down or across)))


def _is_same(first: Image.Image, second: Image.Image) -> bool:
    return first.size == second.size and bool(np.array_equal(np.asarray(first), np.asarray(second)))


def _placings(first: Size, second: Size) -> Iterator[Placing]:
    """As wide as the first, as high, or as it is: a longer page, a wider window, and whatever lies inside the first."""
    across, down = first[0] / second[0], first[1] / second[1]
    if abs(across / down - 1) < _SAME_SHAPE:
        yield Placing(across, down)
        return
    for scale in (across, down, 1.0):
        width, height = second[0] * scale, second[1] * scale
        if max(width, first[0]) * max(height, first[1]) <= _MOST_EXTRA * first[0] * first[1]:
            yield Placing(scale, scale)
    yield Placing(min(across, down), min(across, down))


def _differences(first: Image.Image, second: Image.Image, placing: Placing) -> _Found:
    placed = _resized(second, _scaled(second.size, placing.scale_x, placing.scale_y))
    canvas = max(first.width, placed.width), max(first.height, placed.height)
    one, other = _on_canvas(first, canvas), _on_canvas(placed, canvas)
    size = _compared_size(canvas, placing)
    across, down = size[0] / canvas[0], size[1] / canvas[1]
    extents = _extent(first.size, canvas, size), _extent(placed.size, canvas, size)
    here = planes(one, size)
    different = _map(here, planes(other, size), extents)
    if np.nanmean(different) > _LIKE:
        moved, by = _moved(one, other, (min(first.width, placed.width), min(first.height, placed.height)))
        shifted = _map(here, planes(moved, size), extents, (by[0] * across, by[1] * down))
        if np.nanmean(shifted) < np.nanmean(different) - _LIKE:
            different = shifted
            placing = dataclasses.replace(placing, x=by[0], y=by[1])
    found = sorted(regions(np.nan_to_num(different) > _DIFFERENT), key=area, reverse=True)[:MOST_BOXES]
    whole = tuple((left / across, top / down, right / across, bottom / down) for left, top, right, bottom in found)
    return _Found(min(1.0, max(0.0, 1.0 - float(np.nanmean(different)))), whole, placing)


def _on_canvas(picture: Image.Image, canvas: Size) -> Image.Image:
    """At the top left. Both are made small as a whole: sizes rounded apart would shift one against the other."""
    if picture.size == canvas:
        return picture
    ground = Image.new("RGB", canvas)
    ground.paste(picture, (0, 0))
    return ground


def _compared_size(canvas: Size, placing: Placing) -> Size:
    """Small enough that neither is enlarged, or the sharper one would differ everywhere."""
    longest = max(canvas)
    small = min(1.0, _COMPARED_SIDE / longest, 1 / placing.scale_x, 1 / placing.scale_y)
    return _scaled(canvas, min(1.0, max(small, _LEAST_SIDE / longest)))


def _extent(part: Size, canvas: Size, size: Size) -> Size:
    """How much of the small canvas a picture fills, without the last row and column when they are mixed with ground."""
    width, height = (
        small if own == whole else max(1, own * small // whole)
        for own, whole, small in zip(part, canvas, size, strict=True)
    )
    return width, height


def _moved(one: Image.Image, other: Image.Image, common: Size) -> tuple[Image.Image, tuple[int, int]]:
    """The other moved onto the first by whole pixels, which blur nothing; and by how many across and down."""
    fine = min(1.0, _ALIGNED_SIDE / max(one.size))
    size = _scaled(one.size, fine)
    columns, rows = _extent(common, one.size, size)
    here, there = (planes(each, size)[0, :rows, :columns] for each in (one, other))
    down, across = shift(here, there, _MOST_SHIFT)
    by = round(across / fine), round(down / fine)
    return other.transform(other.size, Image.Transform.AFFINE, (1, 0, -by[0], 0, 1, -by[1])), by


def _map(here: Floats, there: Floats, extents: tuple[Size, Size], moved: tuple[float, float] = (0.0, 0.0)) -> Floats:
    """How different each place is, 0 to 1: 1 where only one of them is, not a number where neither is, or where `there`
    was moved away by so much across and down.
    """
    different = np.full(here.shape[1:], np.nan, np.float32)
    for width, height in extents:
        different[:height, :width] = 1
    columns, rows = (min(sides) for sides in zip(*extents, strict=True))
    common = unlike(here[:, :rows, :columns], there[:, :rows, :columns])
    for by, along in zip(moved, (common.T, common), strict=True):
        rim = math.ceil(abs(by)) + WINDOW // 2
        if by > 0:
            along[:rim] = np.nan
        elif by < 0:
            along[-rim:] = np.nan
    different[:rows, :columns] = common
    return different


def _thousandths(region: Box, placing: Placing, size: Size) -> Box:
    """Of the picture of that size placed so; what lies beyond its edge becomes a strip along it."""
    left, right = (((side - placing.x) / placing.scale_x) * 1000 / size[0] for side in (region[0], region[2]))
    top, bottom = (((side - placing.y) / placing.scale_y) * 1000 / size[1] for side in (region[1], region[3]))
    (left, right), (top, bottom) = _span(left, right), _span(top, bottom)
    return left, top, right, bottom


def _span(begin: float, end: float) -> tuple[float, float]:
    begin = min(max(0.0, begin), 1000.0 - _STRIP)
    end = max(min(end, 1000.0), begin + _STRIP)
    return round(begin, 1), round(end, 1)

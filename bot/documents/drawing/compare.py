"""Compares two pictures: how similar they are, and in which regions they differ. It runs in a worker process.

The second picture is scaled and moved onto the first. Then both are made small and compared pixel by pixel. An area
that only one of them has counts as different.
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
_LIKE = 0.002  # a mean difference of at most this: moving the picture would gain nothing
_MOST_EXTRA = 3.0  # times the area of the first picture: the largest canvas for both
_SAME_SHAPE = 0.02
_STRIP = 4.0


@dataclass(frozen=True, slots=True)
class Placing:
    """How the second picture is placed on the first: its scale, then how far it is moved, in pixels of the first."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class _Result:
    """The result for one placing. `regions` are in pixels of the first picture and may lie outside of it."""

    similarity: float
    regions: tuple[Box, ...]
    placing: Placing


def compare(one: bytes, other: bytes) -> Comparison:
    """Compare two pictures. Raises FileErrors that say in words for people what is wrong."""
    first, second = (reduced(data) for data in (one, other))
    if _is_same(first, second):
        best = _Result(1.0, (), Placing())
    else:
        placings = dict.fromkeys(_placings(first.size, second.size))
        best = max((_differences(first, second, placing) for placing in placings), key=lambda result: result.similarity)
    firsts = tuple(_thousandths(region, Placing(), first.size) for region in best.regions)
    seconds = tuple(_thousandths(region, best.placing, second.size) for region in best.regions)
    return Comparison(best.similarity, seconds, pair((first, second), ("", ""), (firsts, seconds)))


def _resized(picture: Image.Image, size: Size) -> Image.Image:
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _scaled(size: Size, across: float, down: float = 0.0) -> Size:
    return max(1, round(size[0] * across)), max(1, round(size[1] * (down or across)))


def _is_same(first: Image.Image, second: Image.Image) -> bool:
    return first.size == second.size and bool(np.array_equal(np.asarray(first), np.asarray(second)))


def _placings(first: Size, second: Size) -> Iterator[Placing]:
    """Yield placings: as wide as the first (a longer page), as high (a wider window), and at its own size (a part)."""
    across, down = first[0] / second[0], first[1] / second[1]
    if abs(across / down - 1) < _SAME_SHAPE:
        yield Placing(across, down)
        return
    for scale in (across, down, 1.0):
        width, height = second[0] * scale, second[1] * scale
        if max(width, first[0]) * max(height, first[1]) <= _MOST_EXTRA * first[0] * first[1]:
            yield Placing(scale, scale)
    yield Placing(min(across, down), min(across, down))


def _differences(first: Image.Image, second: Image.Image, placing: Placing) -> _Result:
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
    changed = sorted(regions(np.nan_to_num(different) > _DIFFERENT), key=area, reverse=True)[:MOST_BOXES]
    boxes = tuple((left / across, top / down, right / across, bottom / down) for left, top, right, bottom in changed)
    return _Result(min(1.0, max(0.0, 1.0 - float(np.nanmean(different)))), boxes, placing)


def _on_canvas(picture: Image.Image, canvas: Size) -> Image.Image:
    """Put a picture at the top left of a canvas.

    The canvases of both are made small together: separate rounding would shift one picture against the other.
    """
    if picture.size == canvas:
        return picture
    ground = Image.new("RGB", canvas)
    ground.paste(picture, (0, 0))
    return ground


def _compared_size(canvas: Size, placing: Placing) -> Size:
    """Return a size at which neither picture is enlarged: the sharper one would differ everywhere."""
    longest = max(canvas)
    small = min(1.0, _COMPARED_SIDE / longest, 1 / placing.scale_x, 1 / placing.scale_y)
    return _scaled(canvas, min(1.0, max(small, _LEAST_SIDE / longest)))


def _extent(part: Size, canvas: Size, size: Size) -> Size:
    """Return how much of the small canvas a picture fills, without a last row or column that is mixed with ground."""
    width, height = (
        small if own == whole else max(1, own * small // whole)
        for own, whole, small in zip(part, canvas, size, strict=True)
    )
    return width, height


def _moved(one: Image.Image, other: Image.Image, common: Size) -> tuple[Image.Image, tuple[int, int]]:
    """Move the second picture onto the first by whole pixels, which blur nothing.

    Return it, and by how many pixels it was moved right and down.
    """
    fine = min(1.0, _ALIGNED_SIDE / max(one.size))
    size = _scaled(one.size, fine)
    columns, rows = _extent(common, one.size, size)
    here, there = (planes(each, size)[0, :rows, :columns] for each in (one, other))
    down, across = shift(here, there, _MOST_SHIFT)
    by = round(across / fine), round(down / fine)
    return other.transform(other.size, Image.Transform.AFFINE, (1, 0, -by[0], 0, 1, -by[1])), by


def _map(here: Floats, there: Floats, extents: tuple[Size, Size], moved: tuple[float, float] = (0.0, 0.0)) -> Floats:
    """Return the difference of each pixel, 0 to 1. It is 1 where only one picture is. It is NaN where neither is, and
    where `there` has no pixels because it was moved. `moved` is how far, right and down.
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
    """Return a region in thousandths of a picture with this size and placing.

    A region outside of the picture becomes a strip along its edge.
    """
    left, right = (((side - placing.x) / placing.scale_x) * 1000 / size[0] for side in (region[0], region[2]))
    top, bottom = (((side - placing.y) / placing.scale_y) * 1000 / size[1] for side in (region[1], region[3]))
    (left, right), (top, bottom) = _span(left, right), _span(top, bottom)
    return left, top, right, bottom


def _span(begin: float, end: float) -> tuple[float, float]:
    begin = min(max(0.0, begin), 1000.0 - _STRIP)
    end = max(min(end, 1000.0), begin + _STRIP)
    return round(begin, 1), round(end, 1)

"""Finds the boxes around the marked pixels of a mask. Pixels that are close together share a box.

It runs in a worker process.
"""

import numpy as np
from numpy.typing import NDArray

from bot.core.drawing import Box
from bot.documents.images.components import components

Mask = NDArray[np.bool_]

_CELL = 4
_REACH = 2  # cells by which marked cells grow on all sides
_LEAST_PX = 16  # one changed pixel marks a window of 49 pixels, so a smaller region is noise


def regions(mask: Mask) -> list[Box]:
    """Return boxes in pixels, right and bottom exclusive. They do not overlap."""
    rows, columns = (-(-side // _CELL) for side in mask.shape)
    padded = np.pad(mask, ((0, rows * _CELL - mask.shape[0]), (0, columns * _CELL - mask.shape[1])))
    cells: Mask = padded.reshape(rows, _CELL, columns, _CELL).max(axis=(1, 3))
    found = components(_grown(cells))
    boxes = []
    for left, top, right, bottom in zip(found.left, found.top, found.right, found.bottom, strict=True):
        inside = padded[top * _CELL : bottom * _CELL, left * _CELL : right * _CELL]
        if np.count_nonzero(inside) >= min(_LEAST_PX, mask.size // 2):
            boxes.append(_tight(inside, int(left) * _CELL, int(top) * _CELL))
    return _merged(boxes)


def area(box: Box) -> float:
    """Return the area of a box; 0 when it is reversed."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _grown(cells: Mask) -> Mask:
    """Grow marked cells on all sides. An empty column is added, because `components` needs one."""
    rows, columns = cells.shape
    room = np.pad(cells, _REACH)
    grown = np.zeros((rows, columns + 1), np.bool_)
    for down in range(2 * _REACH + 1):
        for across in range(2 * _REACH + 1):
            grown[:, :-1] |= room[down : down + rows, across : across + columns]
    return grown


def _tight(inside: Mask, left: int, top: int) -> Box:
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return left + float(columns[0]), top + float(rows[0]), left + float(columns[-1]) + 1, top + float(rows[-1]) + 1


def _merged(boxes: list[Box]) -> list[Box]:
    apart: list[Box] = []
    for box in boxes:
        merged = box
        while touching := [other for other in apart if _overlap(other, merged)]:
            apart = [other for other in apart if other not in touching]
            merged = _around([*touching, merged])
        apart.append(merged)
    return apart


def _around(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

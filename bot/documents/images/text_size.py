"""Estimates how small the type on a picture is. This decides the size at which the picture is sent.

See facts: vision-budget.md. It is not OCR: marks of ink that stand in rows on a common baseline and have about the same
height count as letters. Only the busiest parts of a picture are measured, so 12 million pixels take about as long as 4.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.documents.images.components import Boxes, Ints, components
from bot.documents.images.tilted_text import levelled

Grey = NDArray[np.uint8]

_TILE_HEIGHT, _TILE_WIDTH = 192, 384
_TILES = 18
_BLOCK = 32
_FLAT = 14
_LEAST_CONTRAST = 40  # of 255; the noise of a camera is below this
_INK_SHARE = 0.45  # of the contrast: at this value the blurred edge of a letter ends
_LEAST_HEIGHT, _MOST_HEIGHT = 4, 120
_LEAST_LETTERS_PER_TILE = 5
_LEAST_SHARE_IN_ROWS = 0.3
_FEW_LETTERS = 200
_RELEVANT_LETTERS = 10
_RELEVANT_SHARE = 0.06


def smallest_type_px(picture: Image.Image) -> float | None:
    """Return the height in pixels of a capital letter of the smallest type that matters; None when there is no type."""
    grey: Grey = np.asarray(picture.convert("L"))
    heights = _letter_heights(grey)
    if not len(heights):  # for a page that lies on its side
        heights = _letter_heights(np.ascontiguousarray(grey.T))
    if len(heights) < _FEW_LETTERS:  # for other type on a photo, which may be tilted
        heights = np.concatenate([heights, _tilted_heights(grey)])
    if not len(heights):  # for letters that are too large for the tiles
        heights = _letter_heights(np.asarray(picture.convert("L").reduce(3))) * 3
    if not len(heights):
        return None
    heights = np.sort(heights)
    return float(heights[min(len(heights) - 1, max(_RELEVANT_LETTERS, int(len(heights) * _RELEVANT_SHARE)))])


def letters_in_rows(grey: Grey) -> int:
    """Return how many letters stand in rows on a common baseline, in the busiest parts of the picture."""
    return len(_letter_heights(grey))


def _letter_heights(grey: Grey) -> Ints:
    tiles = _busiest_tiles(grey)
    if not len(tiles):
        return np.zeros(0, np.int64)
    return _heights_of(tiles)


def _heights_of(tiles: Grey) -> Ints:
    return _heights_in_rows(components(_ink(tiles)), len(tiles))


def _tilted_heights(grey: Grey) -> Ints:
    """Return the heights of letters that run in any direction, as on photos. It takes longer than level type."""
    tiles = _busiest_tiles(grey)
    if not len(tiles):
        return np.zeros(0, np.int64)
    letters = _letter_like(components(_ink(tiles)))
    level = levelled(tiles, letters, letters.top // (_TILE_HEIGHT + 1))
    return _heights_of(level) if len(level) else np.zeros(0, np.int64)


def _busiest_tiles(grey: Grey) -> Grey:
    """Return up to `_TILES` tiles that look most like type, as an array of (tile, row, column)."""
    height, width = grey.shape
    grey = np.pad(grey, ((0, -height % _TILE_HEIGHT), (0, -width % _TILE_WIDTH)), mode="edge")
    rows, columns = grey.shape[0] // _TILE_HEIGHT, grey.shape[1] // _TILE_WIDTH
    steps = np.abs(np.diff(grey[::4].astype(np.int16)[:, ::2], axis=1, append=0))
    strong, flat = (
        which.reshape(rows, _TILE_HEIGHT // 4, columns, _TILE_WIDTH // 2).mean(axis=(1, 3)).reshape(-1)
        for which in (steps > _LEAST_CONTRAST, steps < _FLAT)
    )
    busy = strong * flat**2  # type has strong edges on flat ground; foliage has strong edges everywhere
    chosen = np.argsort(busy, kind="stable")[::-1][:_TILES]
    chosen = chosen[strong[chosen] > 0.002]
    tiles = grey.reshape(rows, _TILE_HEIGHT, columns, _TILE_WIDTH).transpose(0, 2, 1, 3)
    busiest: Grey = tiles[chosen // columns, chosen % columns]
    return busiest


def _ink(tiles: Grey) -> NDArray[np.bool_]:
    """Return a mask of pixels that are lighter or darker than the ground around them.

    The tiles stand below each other, with empty rows and columns between them.
    """
    count = len(tiles)
    blocks = tiles.reshape(count, _TILE_HEIGHT // _BLOCK, _BLOCK, _TILE_WIDTH // _BLOCK, _BLOCK).transpose(
        0, 1, 3, 2, 4
    )
    flat = blocks[..., ::2, :].reshape(*blocks.shape[:3], -1)
    ground = np.partition(flat, flat.shape[-1] // 2, axis=-1)[..., flat.shape[-1] // 2].astype(np.int16)
    difference = np.abs(blocks.astype(np.int16) - ground[..., None, None])
    contrast = difference.max(axis=(3, 4))
    ink = difference > np.maximum(_LEAST_CONTRAST, contrast * _INK_SHARE)[..., None, None]
    mask = np.zeros((count, _TILE_HEIGHT + 1, _TILE_WIDTH + 1), np.bool_)
    mask[:, :-1, :-1] = ink.transpose(0, 1, 3, 2, 4).reshape(tiles.shape)
    return mask.reshape(count * (_TILE_HEIGHT + 1), _TILE_WIDTH + 1)


def _heights_in_rows(boxes: Boxes, tiles: int) -> Ints:
    """Return for each letter the height of its row of type. Only tiles that are mostly type count."""
    tile = boxes.top // (_TILE_HEIGHT + 1)
    marks = np.bincount(tile, minlength=tiles)
    letters = _letter_like(boxes)
    if not len(letters.left):
        return letters.left
    following = _next_in_row(letters)
    is_chained, heights = _rows(letters, following)
    tile = letters.top // (_TILE_HEIGHT + 1)
    chained = np.bincount(tile[is_chained], minlength=tiles)
    is_type = (chained >= _LEAST_LETTERS_PER_TILE) & (chained >= marks * _LEAST_SHARE_IN_ROWS)
    return heights[is_chained & is_type[tile]]


def _letter_like(boxes: Boxes) -> Boxes:
    """Return the boxes that are about as large as letters and do not touch the edge of their tile."""
    inside = (boxes.top % (_TILE_HEIGHT + 1) > 0) & (boxes.bottom % (_TILE_HEIGHT + 1) < _TILE_HEIGHT)
    shape = (boxes.height >= _LEAST_HEIGHT) & (boxes.height <= _MOST_HEIGHT) & (boxes.width <= boxes.height * 12)
    return boxes.only(inside & shape)


def _next_in_row(boxes: Boxes) -> Ints:
    """Return for each box the index of its right neighbour on the same baseline, about as high; -1 without one."""
    stride = _TILE_WIDTH * 4
    key = boxes.bottom * stride + boxes.left
    order = np.argsort(key)
    sorted_key = key[order]
    best = np.full(len(key), -1)
    best_gap = np.full(len(key), stride)
    for shift in (0, -1, 1, -2, 2, -3, 3):
        at = np.searchsorted(sorted_key, (boxes.bottom + shift) * stride + boxes.right - 1)
        found = order[np.minimum(at, len(order) - 1)]
        gap = boxes.left[found] - boxes.right
        fits = (boxes.bottom[found] == boxes.bottom + shift) & (at < len(order)) & (gap >= -1)
        fits &= gap <= np.minimum(boxes.height, boxes.height[found]) * 1.1 + 1
        fits &= (boxes.height[found] * 10 >= boxes.height * 6) & (boxes.height[found] * 6 <= boxes.height * 10)
        fits &= abs(shift) * 8 <= np.maximum(boxes.height, 8)  # for a page that was photographed at an angle
        closer = fits & (gap < best_gap)
        best[closer], best_gap[closer] = found[closer], gap[closer]
    return best


def _rows(boxes: Boxes, following: Ints) -> tuple[NDArray[np.bool_], Ints]:
    """Return whether each box stands in a row of three or more, and the greatest height near it.

    The greatest height is that of a capital letter rather than of an x.
    """
    count = len(following)
    has_next = following >= 0
    to = np.where(has_next, following, np.arange(count))
    has_previous = np.zeros(count, np.bool_)
    has_previous[to[has_next]] = True
    middle = has_next & has_previous
    chained = middle.copy()
    chained[to[middle]] = True
    chained |= has_next & middle[to]
    heights = boxes.height.copy()
    for _ in range(8):
        tallest = heights.copy()
        np.maximum.at(tallest, to[has_next], heights[has_next])
        heights = np.where(has_next, np.maximum(tallest, heights[to]), tallest)
    return chained, heights

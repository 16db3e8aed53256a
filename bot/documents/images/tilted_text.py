"""Turns pieces of a picture with tilted rows of letters level, so that their type can be measured.

The nearest neighbour of a letter with about its size stands next to it in its row. In type most of the directions to
these neighbours agree; in foliage they do not.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.documents.images.components import Boxes

_MOST_LETTERS = 350  # in one piece; more are texture, and the time grows with the square
_LEAST_LETTERS = 8
_BINS = 36
_BIN_DEGREES = 180 / _BINS
_NEAR = 2.2  # times the size of the larger letter
_ALIKE = 2.2
_LEAST_SHARE = 0.34  # of the directions must be within 10° of the commonest; by chance it is 1 in 7
_LEVEL_DEGREES = 2.0


def levelled(pieces: NDArray[np.uint8], letters: Boxes, piece_of: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the pieces whose rows of letters are tilted, turned level. `piece_of` tells the piece of each letter."""
    turned = []
    for at in range(len(pieces)):
        which = piece_of == at
        if _LEAST_LETTERS <= which.sum() <= _MOST_LETTERS:
            degrees = _row_degrees(letters.only(which))
            if degrees is not None and abs(degrees) > _LEVEL_DEGREES:
                turned.append(_turned(pieces[at], degrees))
    return np.array(turned, np.uint8).reshape(-1, *pieces.shape[1:])


def _turned(piece: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    ground = int(np.median(piece))
    return np.asarray(Image.fromarray(piece).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=ground))


def _row_degrees(letters: Boxes) -> float | None:
    """Return by how many degrees the rows fall to the right, -90 to 90; None when the letters stand in no rows."""
    across = (letters.left + letters.right) / 2
    down = (letters.top + letters.bottom) / 2
    size = np.maximum(letters.width, letters.height)
    right, below = across[None, :] - across[:, None], down[None, :] - down[:, None]
    larger = np.maximum(size[None, :], size[:, None])
    distance = np.hypot(right, below)
    fits = (larger <= _ALIKE * np.minimum(size[None, :], size[:, None])) & (distance <= _NEAR * larger) & (distance > 0)
    distance = np.where(fits, distance, np.inf)
    nearest = np.argmin(distance, axis=1)
    rows = np.flatnonzero(np.isfinite(distance[np.arange(len(size)), nearest]))
    if len(rows) < _LEAST_LETTERS:
        return None
    degrees = np.degrees(np.arctan2(below[rows, nearest[rows]], right[rows, nearest[rows]])) % 180
    return _commonest(degrees)


def _commonest(degrees: NDArray[np.float64]) -> float | None:
    counts = np.bincount((degrees / _BIN_DEGREES).astype(int) % _BINS, minlength=_BINS)
    around = np.sum([np.roll(counts, shift) for shift in (-2, -1, 0, 1, 2)], axis=0)
    peak = int(np.argmax(around))
    if around[peak] < _LEAST_SHARE * len(degrees):
        return None
    middle = (peak + 0.5) * _BIN_DEGREES
    apart = (degrees - middle + 90) % 180 - 90
    near = np.abs(apart) <= 2.5 * _BIN_DEGREES
    found = middle + float(np.median(apart[near]))
    return (found + 90) % 180 - 90

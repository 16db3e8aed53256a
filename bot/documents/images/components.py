"""Finds the connected components of a black-and-white picture, with numpy only.

It finds the runs of ink in each row, and joins runs of neighbouring rows that touch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of components in pixels, one entry per component. `right` and `bottom` are exclusive."""

    left: Ints
    top: Ints
    right: Ints
    bottom: Ints

    @property
    def height(self) -> Ints:
        return self.bottom - self.top

    @property
    def width(self) -> Ints:
        return self.right - self.left

    def only(self, which: NDArray[np.bool_]) -> "Boxes":
        """Return the boxes that the mask `which` selects."""
        return Boxes(self.left[which], self.top[which], self.right[which], self.bottom[which])


def components(ink: NDArray[np.bool_]) -> Boxes:
    """Return the boxes of all 8-connected components of `ink`, a 2-D mask whose last column is empty."""
    width = ink.shape[1]
    edges = np.flatnonzero(np.diff(ink.reshape(-1).view(np.int8), prepend=np.int8(0), append=np.int8(0)))
    starts, ends = edges[0::2], edges[1::2]
    if not len(starts):
        none = np.zeros(0, np.int64)
        return Boxes(none, none, none, none)
    labels = _labels(starts, ends, width)
    rows, left = np.divmod(starts, width)
    order = np.argsort(labels, kind="stable")
    first = np.flatnonzero(np.diff(labels[order], prepend=-1))
    return Boxes(
        np.minimum.reduceat(left[order], first),
        np.minimum.reduceat(rows[order], first),
        np.maximum.reduceat((left + ends - starts)[order], first),
        np.maximum.reduceat(rows[order], first) + 1,
    )


def _labels(starts: Ints, ends: Ints, width: int) -> Ints:
    """Return for every run the smallest index of the runs that it is connected with."""
    # The runs of the next row that touch a run follow each other: they end after it begins, and begin before it ends.
    low = np.searchsorted(ends, starts + width, side="left")
    high = np.searchsorted(starts, ends + width, side="right")
    counts = np.maximum(high - low, 0)
    upper = np.repeat(np.arange(len(starts)), counts)
    lower = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)
    labels = np.arange(len(starts))
    while True:
        one, other = labels[upper], labels[lower]
        apart = one != other
        if not apart.any():
            return labels
        upper, lower, one, other = upper[apart], lower[apart], one[apart], other[apart]
        smaller = np.minimum(one, other)
        np.minimum.at(labels, np.maximum(one, other), smaller)
        while not np.array_equal(shorter := labels[labels], labels):
            labels = shorter

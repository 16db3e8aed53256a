"""Measures the difference of two pictures of the same size, pixel by pixel. It runs in a worker process.

It takes the structural similarity of the lightness (Wang, Bovik, Sheikh, Simoncelli 2004) and the distance of the
colours, because a change from green to red of the same lightness is a change, too.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Size = tuple[int, int]

WINDOW = 7
_DARKEST, _FLATTEST = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # C1 and C2 of the paper
_COLOUR_RANGE = 64.0  # a distance in chroma that counts as a full difference


def planes(picture: Image.Image, size: Size) -> Floats:
    """Return the plane of lightness and the two planes of colour, as (plane, row, column)."""
    small = picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.ascontiguousarray(np.asarray(small.convert("YCbCr"), np.float32).transpose(2, 0, 1))


def unlike(one: Floats, other: Floats) -> Floats:
    """Return the difference of two arrays of planes for each pixel, 0 to 1."""
    structure = _structure(one[0], other[0])
    colour = _mean(np.hypot(one[1] - other[1], one[2] - other[2])) / _COLOUR_RANGE
    found: Floats = np.clip(np.maximum(1 - structure, colour), 0, 1).astype(np.float32)
    return found


def _structure(one: Floats, other: Floats) -> NDArray[np.float64]:
    mean_one, mean_other = _mean(one), _mean(other)
    both = mean_one * mean_other
    spread_one = _mean(one * one) - mean_one * mean_one
    spread_other = _mean(other * other) - mean_other * mean_other
    together = _mean(one * other) - both
    light = (2 * both + _DARKEST) / (mean_one * mean_one + mean_other * mean_other + _DARKEST)
    shape: NDArray[np.float64] = (2 * together + _FLATTEST) / (spread_one + spread_other + _FLATTEST)
    return light * shape


def _mean(plane: Floats) -> NDArray[np.float64]:
    """Return the mean over the window around each pixel, by running sums. Pixels at the edge are repeated outwards."""
    padded = np.pad(plane.astype(np.float64), WINDOW // 2, mode="edge")
    sums = np.pad(padded.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    n = WINDOW
    windows: NDArray[np.float64] = (sums[n:, n:] - sums[:-n, n:] - sums[n:, :-n] + sums[:-n, :-n]) / n**2
    return windows


def shift(one: Floats, other: Floats, most: float) -> tuple[int, int]:
    """Return how far `other`, a plane of the same size, must be moved onto `one`, in rows and columns.

    This is the peak of the phase correlation, or (0, 0) when that is farther than `most`, a share of a side.
    """
    rows, columns = one.shape
    window = np.outer(np.hanning(rows + 2)[1:-1], np.hanning(columns + 2)[1:-1]).astype(np.float32)
    spectrum, its = (np.fft.rfft2((plane - plane.mean()) * window) for plane in (one, other))
    product = spectrum * np.conj(its)
    peaks = np.fft.irfft2(product / np.maximum(np.abs(product), 1e-6), s=one.shape)
    row, column = np.unravel_index(int(np.argmax(peaks)), peaks.shape)
    down = int(row) - rows * (int(row) > rows // 2)
    across = int(column) - columns * (int(column) > columns // 2)
    return (down, across) if abs(down) <= rows * most and abs(across) <= columns * most else (0, 0)

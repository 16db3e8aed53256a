"""Finds out which way up a picture of type is, from its letters, or with Tesseract when they do not tell.

Letters of Latin, Greek and Cyrillic type stand on a common baseline, and more of them rise above the others than hang
below it. When the picture is upside down, fewer letters stand in line. Chinese letters look the same both ways.
"""

import re

import numpy as np
from PIL import Image

from bot.documents.images.tesseract import asked
from bot.documents.images.text_size import letters_in_rows

TIMEOUT_S = 2.0
_MOST_SIDE = 1700
_LEAST_LETTERS = 60
_SURE_LETTERS = 200
_SIDEWAYS = 5.0  # times as many letters stand in line in the one direction as in the other
_HEAD_DOWN = 1.2
_LEAST_SURE = 3.0  # Tesseract's confidence; right answers have 5 to 20
_ROTATE = re.compile(rb"Rotate: (\d+)\s+Orientation confidence: ([\d.]+)")


def quarter_turns(picture: Image.Image, program: str = "") -> int:
    """Return how many quarters the picture must be turned clockwise to be read; 0 also when it is not known.

    `program` is the path of Tesseract; empty means that it is not used.
    """
    grey = np.asarray(_middle(picture).convert("L"))
    # Letters in line after turning the picture clockwise by 0, 1, 2, 3 quarters.
    letters = [letters_in_rows(np.ascontiguousarray(np.rot90(grey, -turn))) for turn in range(4)]
    across = letters[1] + letters[3] > (letters[0] + letters[2]) * _SIDEWAYS
    along = letters[0] + letters[2] > (letters[1] + letters[3]) * _SIDEWAYS
    ways = (1, 3) if across else (0, 2)
    best, other = sorted(ways, key=lambda turn: letters[turn], reverse=True)
    if not (across or along) or letters[best] < _LEAST_LETTERS:
        return 0
    leans = letters[best] > letters[other] * _HEAD_DOWN
    if letters[best] >= _SURE_LETTERS and leans:
        return best
    turns = _turns_by_tesseract(picture, program) if program else 0
    if turns in ways and turns:
        return turns
    return best if across and leans else 0  # a page on its side cannot become worse


def _middle(picture: Image.Image) -> Image.Image:
    """Return the middle of a large picture. It is not scaled, because the type must keep its size."""
    left, top = (max(0, (side - _MOST_SIDE) // 2) for side in picture.size)
    if not left and not top:
        return picture
    return picture.crop((left, top, picture.width - left, picture.height - top))


def _turns_by_tesseract(picture: Image.Image, program: str) -> int:
    found = _ROTATE.search(asked(program, picture.convert("L"), ["--psm", "0", "-l", "osd"], TIMEOUT_S))
    return int(found[1]) // 90 % 4 if found and float(found[2]) >= _LEAST_SURE else 0

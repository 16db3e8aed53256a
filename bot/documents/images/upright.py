"""Which way up a picture of type is. An estimate from the letters, and Tesseract's where that cannot tell.

Letters of Latin, Greek and Cyrillic type stand on a common foot line, and more of them rise above the others than hang
below: seen head down, fewer have their feet in line. Chinese letters look alike both ways.
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
_SIDEWAYS = 5.0  # times as many letters in line as across
_HEAD_DOWN = 1.2
_LEAST_SURE = 3.0  # of Tesseract; right answers have 5 to 20
_ROTATE = re.compile(rb"Rotate: (\d+)\s+Orientation confidence: ([\d.]+)")


def quarter_turns(picture: Image.Image, program: str = "") -> int:
    """How many quarters the picture must be turned clockwise to be read; 0 also where nothing tells.

    `program` is Tesseract's path, empty where it must not be asked.
    """
    grey = np.asarray(_middle(picture).convert("L"))
    # Of the picture turned clockwise by 0, 1, 2, 3 quarters.
    found = [letters_in_rows(np.ascontiguousarray(np.rot90(grey, -turn))) for turn in range(4)]
    across = found[1] + found[3] > (found[0] + found[2]) * _SIDEWAYS
    along = found[0] + found[2] > (found[1] + found[3]) * _SIDEWAYS
    ways = (1, 3) if across else (0, 2)
    best, other = sorted(ways, key=lambda turn: found[turn], reverse=True)
    if not (across or along) or found[best] < _LEAST_LETTERS:
        return 0
    leans = found[best] > found[other] * _HEAD_DOWN
    if found[best] >= _SURE_LETTERS and leans:
        return best
    told = _told(picture, program) if program else 0
    if told in ways and told:
        return told
    return best if across and leans else 0  # a page that lies cannot become worse


def _middle(picture: Image.Image) -> Image.Image:
    """Large pictures are judged by their middle: the type must keep its size."""
    left, top = (max(0, (side - _MOST_SIDE) // 2) for side in picture.size)
    if not left and not top:
        return picture
    return picture.crop((left, top, picture.width - left, picture.height - top))


def _told(picture: Image.Image, program: str) -> int:
    said = _ROTATE.search(asked(program, picture.convert("L"), ["--psm", "0", "-l", "osd"], TIMEOUT_S))
    return int(said[1]) // 90 % 4 if said and float(said[2]) >= _LEAST_SURE else 0

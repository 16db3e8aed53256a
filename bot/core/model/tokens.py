"""`estimate_tokens` and `image_tokens` count the tokens of text and pictures without the model's tokeniser.

No package that the bot could ship has the vocabulary of GLM, so the tokens of text are estimated. Those of pictures are
exact: the arithmetic is that of the model's own image processor (`smart_resize` of Glm46VImageProcessor on Hugging
Face).
"""

import math
import re
from collections.abc import Mapping
from typing import Literal

CONTEXT_WINDOW = 131_072
MAX_IMAGE_TOKENS = 6144
MIN_IMAGE_TOKENS = 8
TOKENS_PER_MESSAGE = 8  # role and turn markers of the chat template
Level = Literal["full", "medium", "small", "named"]
# The most tokens of a picture at each level. A small picture takes fewer.
LEVEL_TOKENS: Mapping[Level, int] = {"full": 6144, "medium": 1536, "small": 400, "named": 0}
_PATCH_PX = 28  # one token is a square of 28 × 28 pixels
_LONGEST_ASPECT = 200
_TOKENS_PER_WIDE = 0.6  # Chinese, Japanese, Korean and other scripts beyond Latin
_LETTERS_PER_TOKEN = 3.6
_JSON_LETTERS_PER_TOKEN = 3.2
_NARROW = re.compile("[\x00-\u036f]+")


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text: 0.6 for each character beyond the Latin blocks, one for 3.6 others, rounded up."""
    return math.ceil(token_share(text))


def token_share(text: str) -> float:
    """Estimate the tokens of a part of a text. The result is not rounded, so that the parts add up."""
    wide = 0 if text.isascii() else len(_NARROW.sub("", text))
    return wide * _TOKENS_PER_WIDE + (len(text) - wide) / _LETTERS_PER_TOKEN


def estimate_json_tokens(text: str) -> int:
    """Estimate the tokens of JSON, such as tool definitions. Its punctuation makes tokens shorter than in prose."""
    return math.ceil(len(text) / _JSON_LETTERS_PER_TOKEN)


def image_tokens(width: int, height: int) -> int:
    """Return the tokens of a picture of this size in pixels, 8 to 6,144. The model shrinks a larger picture.

    Raises ValueError for a side below 1 px and for an aspect ratio above 200, which the model refuses.
    """
    grid_width, grid_height = fit_to_grid(width, height)
    return grid_width * grid_height // _PATCH_PX**2


def fit_to_grid(width: int, height: int, max_tokens: int = MAX_IMAGE_TOKENS) -> tuple[int, int]:
    """Return the (width, height) in pixels, multiples of 28, at which the model looks at a picture of this size.

    A picture that is sent at exactly this size loses nothing. With a smaller `max_tokens` the picture is made smaller
    in the same shape, until it takes no more tokens than that. Raises ValueError as `image_tokens` does.
    """
    if min(width, height) < 1:
        raise ValueError(f"a picture of {width} x {height} px")
    if min(width, height) < _PATCH_PX:  # the model's processor first enlarges the short side to one patch
        scale = max(_PATCH_PX / height, _PATCH_PX / width)
        width, height = int(width * scale), int(height * scale)
    if max(width, height) / min(width, height) > _LONGEST_ASPECT:
        raise ValueError(f"aspect ratio above {_LONGEST_ASPECT}: {width} x {height} px")
    columns, rows = round(width / _PATCH_PX), round(height / _PATCH_PX)
    most = max(min(max_tokens, MAX_IMAGE_TOKENS), MIN_IMAGE_TOKENS)
    if columns * rows > most:
        columns, rows = _shrunk(width, height, most)
    elif columns * rows < MIN_IMAGE_TOKENS:
        scale = math.sqrt(MIN_IMAGE_TOKENS * _PATCH_PX**2 / (width * height))
        columns, rows = math.ceil(width * scale / _PATCH_PX), math.ceil(height * scale / _PATCH_PX)
    return columns * _PATCH_PX, rows * _PATCH_PX


def _shrunk(width: int, height: int, most: int) -> tuple[int, int]:
    scale = math.sqrt(width * height / (most * _PATCH_PX**2))
    columns = max(1, math.floor(width / scale / _PATCH_PX))
    rows = max(1, math.floor(height / scale / _PATCH_PX))
    if columns == 1 or rows == 1:  # a picture one patch wide can't get narrower, so it gets shorter
        return min(columns, most), min(rows, most)
    return columns, rows

"""How much of the context window text and pictures take, without the model's tokeniser.

The vocabulary of GLM is published with no package we could ship, so text is estimated; pictures are counted exactly,
by the arithmetic of the model's own image processor (`smart_resize` of Glm46VImageProcessor on Hugging Face).
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
# The most tokens a picture takes at each level; its prepared size may take fewer.
LEVEL_TOKENS: Mapping[Level, int] = {"full": 6144, "medium": 1536, "small": 400, "named": 0}
_PATCH_PX = 28  # one token is a square of 28 × 28 pixels
_LONGEST_ASPECT = 200
_TOKENS_PER_WIDE = 0.6  # Chinese, Japanese, Korean and other scripts beyond Latin
_LETTERS_PER_TOKEN = 3.6
_JSON_LETTERS_PER_TOKEN = 3.2
_NARROW = re.compile("[\x00-\u036f]+")


def estimate_tokens(text: str) -> int:
    """Tokens of a text: 0.6 for each character beyond the Latin blocks, one for every 3.6 others, rounded up."""
    return math.ceil(token_share(text))


def token_share(text: str) -> float:
    """The same of a part of a text, not rounded, so that parts add up."""
    wide = 0 if text.isascii() else len(_NARROW.sub("", text))
    return wide * _TOKENS_PER_WIDE + (len(text) - wide) / _LETTERS_PER_TOKEN


def estimate_json_tokens(text: str) -> int:
    """Tokens of JSON such as tool definitions, whose punctuation makes tokens shorter than prose."""
    return math.ceil(len(text) / _JSON_LETTERS_PER_TOKEN)


def image_tokens(width: int, height: int) -> int:
    """Tokens of a picture of this size in pixels, 8 to 6,144. The model shrinks what would take more.

    Raises ValueError for a side below 1 px and for an aspect ratio above 200, which the model refuses.
    """
    grid_width, grid_height = fit_to_grid(width, height)
    return grid_width * grid_height // _PATCH_PX**2


def fit_to_grid(width: int, height: int, max_tokens: int = MAX_IMAGE_TOKENS) -> tuple[int, int]:
    """The (width, height) in pixels, multiples of 28, at which the model looks at a picture of this size.

    Sending a picture at exactly this size loses nothing. With a smaller `max_tokens` the picture is shrunk, its shape
    kept, until it takes no more than that. Raises ValueError as `image_tokens` does.
    """
    if min(width, height) < 1:
        raise ValueError(f"a picture of {width} x {height} px")
    if min(width, height) < _PATCH_PX:  # the processor first brings the short side up to one patch
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
    if columns == 1 or rows == 1:  # a sliver one patch wide cannot get narrower, so it is cut to the budget
        return min(columns, most), min(rows, most)
    return columns, rows

"""Prepares an uploaded picture for the model. Its functions are pure and run in a worker process.

The content decides about the size (facts: vision-budget.md): a picture with small type keeps every pixel that the model
takes, a photo or large type gets far fewer. A picture is not enlarged beyond the model's minimum.
"""

import dataclasses
import math
from collections.abc import Sequence

from PIL import Image

from bot.core.drawing import Box
from bot.core.images import PreparedImage
from bot.core.model.tokens import MAX_IMAGE_TOKENS, fit_to_grid, image_tokens
from bot.documents.images.decode import Decoded, decode
from bot.documents.images.encode import encode
from bot.documents.images.text_size import smallest_type_px
from bot.documents.pages.checks import check_box
from bot.documents.pages.notices import SMALL_TYPE_LOST

Size = tuple[int, int]

READABLE_PX = 10.0  # height of a capital letter of the smallest type, after scaling
_LARGE_TYPE_PX, _LARGE_READABLE_PX = 16.0, 7.0  # large type stays sharp when it becomes this small
LEAST_LONG_SIDE = 1000
MOST_LONG_SIDE = 6000  # the API's limit
_LEAST_PIXELS = 600_000  # a panorama is long, but needs pixels for its height, too
_LOST_PX = 5.5
# A picture that is too large for the model gets this share of what the model takes. With more an OCR engine reads no
# further word.
_LARGEST = 0.96
_NEARLY_WHOLE = 0.9  # shrinking less than this blurs more than it saves
_MOST_ASPECT = 100  # the model refuses 200, and the grid rounds a thin side by up to a half
_PATCH_PX = 28
_MOST_MARGIN = 0.015
_CROP_SIDE = 1000
_MOST_TIMES = 4

WIDENED = "the box is smaller than the model can see, so a little around it is shown"
ENLARGED = "enlarged {times} times"


def prepare(data: bytes, name: str = "", max_tokens: int = MAX_IMAGE_TOKENS) -> PreparedImage:
    """Return the picture at the size that its content needs, with at most `max_tokens`.

    Raises FileErrors that say in words for people what is wrong.
    """
    return prepare_levels(data, name, (max_tokens,))[0]


def prepare_levels(data: bytes, name: str, caps: Sequence[int]) -> tuple[PreparedImage, ...]:
    """Return one picture for each cap (most tokens). The source is decoded once.

    Each picture has the same bytes as `prepare` gives for that cap.
    """
    decoded = decode(data, name)
    type_px = smallest_type_px(decoded.pixels)
    wanted = _wanted_size(decoded.pixels.size, type_px)
    return tuple(_prepared(decoded, wanted, type_px, cap) for cap in caps)


def crop(data: bytes, box: Box, max_tokens: int = MAX_IMAGE_TOKENS, name: str = "") -> PreparedImage:
    """Cut out the part inside `box` (left, top, right, bottom; 0 to 1000), at the resolution of the source.

    A small part is enlarged two to four times, so that its small print can be read. A part that is smaller than a patch
    of the model is widened to a patch. `note` says so. Raises ValueError as `check_box` does.
    """
    check_box(box)
    decoded = decode(data, name)
    pixel_box, is_widened = _pixel_box(box, decoded.pixels.size)
    part = decoded.pixels.crop(pixel_box)
    times = _times(part.size, max_tokens)
    notes = (*decoded.notes, WIDENED if is_widened else "", ENLARGED.format(times=times) if times > 1 else "")
    if times > 1:
        part = part.resize((part.width * times, part.height * times), Image.Resampling.LANCZOS)
    cut = dataclasses.replace(decoded, pixels=part, notes=tuple(note for note in notes if note))
    return _prepared(cut, _bounded(part.size, 1.0), None, max_tokens)


def _times(size: Size, cap: int) -> int:
    """Return how many times a crop is enlarged: a whole number, which keeps all pixels, within the cap of tokens."""
    times = max(1, min(_MOST_TIMES, _CROP_SIDE // max(size)))
    while times > 1 and size[0] * size[1] * times**2 > cap * _PATCH_PX**2:
        times -= 1
    return times


def _wanted_size(size: Size, type_px: float | None) -> Size:
    width, height = size
    scale = LEAST_LONG_SIDE / max(size)
    if type_px is None:
        scale = max(scale, math.sqrt(_LEAST_PIXELS / (width * height)))
    else:
        readable = _LARGE_READABLE_PX if type_px >= _LARGE_TYPE_PX else READABLE_PX
        scale = max(scale, readable / type_px)
    return _fitting(_bounded(size, scale))


def _fitting(size: Size) -> Size:
    tokens = size[0] * size[1] / _PATCH_PX**2
    scale = math.sqrt(_LARGEST * MAX_IMAGE_TOKENS / tokens) if tokens > MAX_IMAGE_TOKENS else 1.0
    return round(size[0] * scale), round(size[1] * scale)


def _bounded(size: Size, scale: float) -> Size:
    scale = 1.0 if scale > _NEARLY_WHOLE else scale
    scale = min(scale, MOST_LONG_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _prepared(decoded: Decoded, wanted: Size, type_px: float | None, cap: int) -> PreparedImage:
    sent = _padded(decoded.pixels, cap) if wanted == decoded.pixels.size else None
    if sent is None:
        sent = _resized(decoded.pixels, wanted, _grid(wanted, cap))
    width, height = sent.size
    mime, data = encode(sent)
    notes = list(decoded.notes)
    scale = min(1.0, max(width, height) / max(decoded.pixels.size))
    if type_px is not None and type_px * scale < _LOST_PX and scale < 0.95:
        notes.append(SMALL_TYPE_LOST.format(percent=round(scale * 100)))
    return PreparedImage(
        mime=mime,
        data=data,
        width=width,
        height=height,
        tokens=image_tokens(width, height),
        source_width=decoded.width,
        source_height=decoded.height,
        frames=decoded.frames,
        note="; ".join(notes),
    )


def _canvas(size: Size) -> Size:
    """Return the size with a margin for a very thin picture, which the model refuses."""
    least = math.ceil(max(size) / _MOST_ASPECT)
    return max(size[0], least), max(size[1], least)


def _grid(wanted: Size, cap: int) -> Size:
    width, height = fit_to_grid(*_canvas(wanted), cap)
    return width, height


def _resized(pixels: Image.Image, wanted: Size, grid: Size) -> Image.Image:
    canvas = _canvas(wanted)
    content = round(wanted[0] * grid[0] / canvas[0]), round(wanted[1] * grid[1] / canvas[1])
    resized = pixels.resize((max(1, content[0]), max(1, content[1])), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if canvas == wanted:
        return resized
    ground = Image.new("RGB", grid, "white")
    ground.paste(resized, (0, 0))
    return ground


def _padded(pixels: Image.Image, cap: int) -> Image.Image | None:
    """Add a margin up to the grid and keep the pixels as they are: resampling 2,560 px to 2,548 would blur small type,
    and blurred type makes a PNG five times as large.

    Return None when the margin would shift coordinates by more than the model's own error.
    """
    width, height = (math.ceil(side / _PATCH_PX) * _PATCH_PX for side in pixels.size)
    margins = (width - pixels.width) / pixels.width, (height - pixels.height) / pixels.height
    if max(margins) > _MOST_MARGIN or max(width, height) > MOST_LONG_SIDE or max(pixels.size) < LEAST_LONG_SIDE:
        return None
    if fit_to_grid(*_canvas((width, height)), cap) != (width, height):
        return None
    corner = pixels.getpixel((pixels.width - 1, pixels.height - 1))
    ground = Image.new("RGB", (width, height), corner if isinstance(corner, tuple) else "white")
    ground.paste(pixels, (0, 0))
    return ground


def _pixel_box(box: Box, size: Size) -> tuple[tuple[int, int, int, int], bool]:
    """Return whole pixels around the box, at least a patch if the picture has one, and whether the box was widened."""
    left, right, is_wider = _span(box[0], box[2], size[0])
    top, bottom, is_higher = _span(box[1], box[3], size[1])
    return (left, top, right, bottom), is_wider or is_higher


def _span(begin: float, end: float, length: int) -> tuple[int, int, bool]:
    first, last = math.floor(begin * length / 1000), math.ceil(end * length / 1000)
    least = min(_PATCH_PX, length)
    missing = least - (last - first)
    if missing <= 0:
        return first, last, False
    first = min(max(0, first - missing // 2), length - least)
    return first, first + least, True

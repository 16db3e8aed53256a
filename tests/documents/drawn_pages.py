"""Pictures made by code, for the tests of reading them. Pillow's own font, so any machine draws the same."""

import functools
import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = str | tuple[int, int, int]

_TEXT = "the quick brown fox jumps over 13 lazy dogs while the Total of 4711 is due in March and Return is 250 days"
_WORDS = tuple(_TEXT.split())


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    return saved(picture, "PNG", compress_level=1)


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def quarters(width: int = 200, height: int = 120) -> Image.Image:
    """Red, green / blue, yellow: tells whether a picture is upright and in its own colours."""
    picture = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=(0, 160, 0))
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill="blue")
    draw.rectangle((width // 2, height // 2, width, height), fill="yellow")
    return picture


QUARTERS = ((255, 0, 0), (0, 160, 0), (0, 0, 255), (255, 255, 0))


def corners(picture: Image.Image) -> tuple[tuple[int, int, int], ...]:
    """The colours in the middle of the four quarters."""
    small = picture.convert("RGB")
    width, height = small.size
    places = [(x, y) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    found = np.asarray(small)
    return tuple((int(found[y, x, 0]), int(found[y, x, 1]), int(found[y, x, 2])) for x, y in places)


def are_near(found: tuple[tuple[int, int, int], ...], wanted: tuple[tuple[int, int, int], ...], by: int = 24) -> bool:
    return all(
        abs(a - b) <= by for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


def page(size: tuple[int, int], type_px: float, ink: Colour = "black", ground: Colour = "white") -> Image.Image:
    """A page full of words in type of `type_px` (the em; a capital is about 0.7 of it)."""
    picture = Image.new("RGB", size, ground)
    write(picture, type_px, ink, (type_px, type_px, size[0] - type_px, size[1] - type_px))
    return picture


def write(picture: Image.Image, type_px: float, ink: Colour, box: tuple[float, float, float, float]) -> None:
    font = ImageFont.load_default(type_px)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = box
    widths = {word: draw.textlength(f"{word} ", font=font) for word in _WORDS}
    at, index = top, 0
    while at + type_px * 1.3 <= bottom:
        words: list[str] = []
        room = right - left
        while (word := _WORDS[index % len(_WORDS)]) and widths[word] <= room:
            words.append(word)
            room -= widths[word]
            index += 1
        if not words:
            return
        draw.text((left, at), " ".join(words), fill=ink, font=font)
        at += type_px * 1.4


def noise(picture: Image.Image, strength: float) -> Image.Image:
    pixels = np.asarray(picture).astype(np.float64)
    grain = np.random.default_rng(7).normal(0, strength, pixels.shape)
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))


def landscape(width: int, height: int) -> Image.Image:
    """Texture of all sizes, as on photos: sums of noise at many scales."""
    return _landscape(width, height).copy()


@functools.lru_cache(maxsize=4)
def _landscape(width: int, height: int) -> Image.Image:
    random = np.random.default_rng(3)
    total = np.zeros((height, width, 3), np.float32)
    for octave in range(9):
        cells = 4 << octave
        grain = random.integers(0, 256, (max(2, cells * height // width), cells, 3), dtype=np.uint8)
        layer = Image.fromarray(grain).resize((width, height), Image.Resampling.BILINEAR)
        total += (np.asarray(layer).astype(np.float32) - 128) * np.float32(0.8**octave)
    return Image.fromarray((total * 0.6 + 128).clip(0, 255).astype(np.uint8))

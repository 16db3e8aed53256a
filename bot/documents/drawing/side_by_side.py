"""Puts two pictures side by side, with a heading and boxes for each. It runs in a worker process."""

from PIL import Image, ImageDraw

from bot.core.drawing import Box, EncodedPicture, Mark
from bot.documents.drawing.annotate import draw_marks, drawn
from bot.documents.drawing.fonts import lettering
from bot.documents.images.decode import decode

Pair = tuple[Image.Image, Image.Image]

PANEL_SIDE = 1400
_MOST_SIDE = 2 * PANEL_SIDE
_MOST_HEIGHT = 2400
_SAME_WIDTH = 0.02
_GROUND, _RIM, _INK = (244, 244, 246), (190, 190, 196), (40, 40, 46)
# Slack shows the picture about 500 pixels wide.
_LEAST_TYPE, _MOST_TYPE, _LETTERS_ACROSS = 14.0, 64.0, 44


def reduced(data: bytes) -> Image.Image:
    """Decode a picture, and make it no larger than needed: two photos of 100 megapixels do not fit into memory."""
    picture = decode(data).pixels
    scale = _MOST_SIDE / max(picture.size)
    return picture if scale >= 1 else _scaled(picture, scale)


def side_by_side(one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture:
    """Put the first picture on the left. Raises FileErrors that say in words for people what is wrong."""
    return pair((reduced(one), reduced(other)), titles, ((), ()))


def pair(pictures: Pair, titles: tuple[str, str], boxes: tuple[tuple[Box, ...], tuple[Box, ...]]) -> EncodedPicture:
    """Put two pictures side by side, with their titles and boxes. The boxes of each are numbered from 1."""
    panels = _panels(pictures)
    for panel, marked in zip(panels, boxes, strict=True):
        draw_marks(panel, tuple(Mark("box", box, number=at) for at, box in enumerate(marked, 1)))
    height = max(panel.height for panel in panels)
    margin = max(8, height // 60)
    type_px = max(_LEAST_TYPE, min(_MOST_TYPE, sum(panel.width for panel in panels) / _LETTERS_ACROSS))
    head = round(type_px * 1.6) if any(titles) else 0
    width = sum(panel.width for panel in panels) + 3 * margin
    sheet = Image.new("RGB", (width, height + head + 2 * margin), _GROUND)
    draw = ImageDraw.Draw(sheet)
    left = margin
    for panel, title in zip(panels, titles, strict=True):
        top = margin + head
        draw.rectangle((left - 1, top - 1, left + panel.width, top + panel.height), outline=_RIM)
        sheet.paste(panel, (left, top))
        _heading(draw, title, (left, margin), panel.width, type_px)
        left += panel.width + margin
    return drawn(sheet)


def _panels(pictures: Pair) -> list[Image.Image]:
    """Scale the pictures. Those of the same width get the same scale, for pages of different length; others become
    equally high.
    """
    widths, heights = zip(*(picture.size for picture in pictures), strict=True)
    widest, highest = max(widths), max(heights)
    if widest - min(widths) <= _SAME_WIDTH * widest:
        scale = min(1.0, PANEL_SIDE / widest, _MOST_HEIGHT / highest)
        return [_scaled(picture, scale) for picture in pictures]
    height = min(PANEL_SIDE, highest, *(PANEL_SIDE * picture.height / picture.width for picture in pictures))
    return [_scaled(picture, height / picture.height) for picture in pictures]


def _scaled(picture: Image.Image, scale: float) -> Image.Image:
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    if size == picture.size:
        return picture.copy()
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _heading(draw: ImageDraw.ImageDraw, title: str, corner: tuple[int, int], room: int, type_px: float) -> None:
    words, font = lettering(title, type_px)
    while words and font.getlength(words) > room:
        words = words.rstrip("…")[:-1].rstrip() + "…" if len(words) > 2 else ""
    draw.text(corner, words, fill=_INK, font=font)

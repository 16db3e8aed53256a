"""Draws numbered marks on a picture. It runs in a worker process.

The marks are readable on any background, and people who do not see colours can tell them apart: the colours of Okabe
and Ito also differ in lightness (https://jfly.uni-koeln.de/color/), and every line has a white seam and a dark edge.
"""

import math

from PIL import Image, ImageDraw

from bot.core.drawing import Box, EncodedPicture, Mark
from bot.documents.drawing.label_placement import Style, Tag, place, tag_for
from bot.documents.images.decode import decode
from bot.documents.images.encode import encode
from bot.documents.pages.checks import check_mark

Point = tuple[float, float]
Colour = tuple[int, int, int]

MOST_SIDE = 4096
_COLOURS: tuple[Colour, ...] = (
    (213, 94, 0),
    (0, 114, 178),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (240, 228, 66),
)
_WHITE, _DARK = (255, 255, 255), (20, 20, 20)


def annotate(data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
    """Draw the marks on a picture. It is turned upright and keeps its size, up to `MOST_SIDE` pixels a side.

    Raises FileErrors that say in words for people what is wrong.
    """
    picture = decode(data, name).pixels
    scale = MOST_SIDE / max(picture.size)
    if scale < 1:
        size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    draw_marks(picture, marks)
    return drawn(picture)


def drawn(picture: Image.Image) -> EncodedPicture:
    """Encode a finished drawing."""
    mime, data = encode(picture)
    return EncodedPicture(mime, data, picture.width, picture.height)


def draw_marks(picture: Image.Image, marks: tuple[Mark, ...]) -> None:
    """Draw the marks into this RGB picture. The tags come last, where they cover each other least."""
    style = Style.of(picture.size)
    draw = ImageDraw.Draw(picture)
    tags: list[Tag] = []
    for at, mark in enumerate(marks):
        check_mark(mark)
        colour = _COLOURS[(mark.number - 1 if mark.number > 0 else at) % len(_COLOURS)]
        box = _pixels(mark.box, picture.size)
        _SHAPES[mark.kind](draw, box, colour, style)
        tag = tag_for(mark, box, colour, style, picture.size)
        if tag is not None:
            tags.append(tag)
    for tag in place(tags, picture.size, style):
        tag.draw(draw, style)


def _pixels(box: Box, size: tuple[int, int]) -> Box:
    width, height = size[0] - 1, size[1] - 1
    return box[0] * width / 1000, box[1] * height / 1000, box[2] * width / 1000, box[3] * height / 1000


def _box(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, style: Style) -> None:
    """Draw a box. Its line lies outside of the marked area, so that it hides nothing, but never outside the picture."""
    width, height = draw.im.size
    seam, edge = style.seam, style.edge
    out = style.line + seam + edge
    left, top = max(0, round(box[0]) - out), max(0, round(box[1]) - out)
    right, bottom = min(width - 1, round(box[2]) + out), min(height - 1, round(box[3]) + out)
    for shade, inset, line in (
        (_DARK, 0, edge + seam + style.line + seam),
        (_WHITE, edge, seam + style.line + seam),
        (colour, edge + seam, style.line),
    ):
        if right - left > 2 * inset and bottom - top > 2 * inset:
            draw.rectangle((left + inset, top + inset, right - inset, bottom - inset), outline=shade, width=line)


def _arrow(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, style: Style) -> None:
    tail, tip = (box[0], box[1]), (box[2], box[3])
    length = math.dist(tail, tip)
    if length < 1:
        _point(draw, box, colour, style)
        return
    head = min(style.line * 5.0, length * 0.6)
    along = (tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length
    for shade, more in ((_DARK, style.seam + style.edge), (_WHITE, style.seam), (colour, 0)):
        neck = tip[0] - along[0] * head * 0.9, tip[1] - along[1] * head * 0.9
        draw.line((*tail, *neck), fill=shade, width=style.line + 2 * more)
        _dot(draw, tail, style.line / 2 + more, shade)
        draw.polygon(_head(tip, along, head, more), fill=shade)


def _head(tip: Point, along: Point, length: float, more: int) -> list[Point]:
    """Return the triangle of an arrow, as wide as long, grown by `more` pixels on all sides."""
    past_tip = more * math.sqrt(5)  # one over the sine of half the angle at its tip
    length += past_tip + more
    tip = tip[0] + along[0] * past_tip, tip[1] + along[1] * past_tip
    base = tip[0] - along[0] * length, tip[1] - along[1] * length
    side = -along[1] * length / 2, along[0] * length / 2
    return [tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])]


def _point(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, style: Style) -> None:
    """Draw a ring and a dot. The picture stays visible between the two."""
    centre = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    radius = style.ring
    for shade, more in ((_DARK, style.seam + style.edge), (_WHITE, style.seam), (colour, 0)):
        _ring(draw, centre, radius + more, style.line + 2 * more, shade)
        _dot(draw, centre, max(1.0, style.line * 0.6) + more, shade)


def _ring(draw: ImageDraw.ImageDraw, centre: Point, radius: float, line: int, shade: Colour) -> None:
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=shade, width=line)


def _dot(draw: ImageDraw.ImageDraw, centre: Point, radius: float, shade: Colour) -> None:
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)


def _label(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, style: Style) -> None:
    """Draw nothing: a label has only its tag."""


_SHAPES = {"box": _box, "arrow": _arrow, "point": _point, "label": _label}

"""Places the tags of marks. A tag is a number and words on a filled ground.

Tags stay inside the picture, and do not cover each other as long as there is room.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from PIL import ImageDraw

from bot.core.drawing import Box, Mark
from bot.documents.drawing.fonts import Font, lettering
from bot.words import clipped

Colour = tuple[int, int, int]
Size = tuple[int, int]
Corner = tuple[float, float]

_MOST_CHARACTERS = 40
_DARK, _WHITE = (20, 20, 20), (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Style:
    """Widths of lines and the size of letters in pixels. They follow from the size of the picture."""

    line: int
    seam: int
    edge: int
    ring: float
    type_px: float

    @classmethod
    def of(cls, size: Size) -> Self:
        """Return the style for a picture of this size in pixels."""
        side = (size[0] * size[1]) ** 0.5
        line = max(2, min(14, round(side / 260)))
        type_px = max(11.0, min(100.0, side / 32))  # Slack shows the picture about 500 pixels wide
        return cls(line, max(1, line // 2), max(1, line // 4), max(6.0, type_px * 0.45), type_px)


@dataclass(frozen=True, slots=True)
class Tag:
    """The tag of a mark. `corner` is its top left corner, `box` the box of the mark, both in pixels."""

    text: str
    font: Font
    size: Size
    colour: Colour
    kind: str
    box: Box
    corner: Corner = (0.0, 0.0)

    @property
    def area(self) -> Box:
        """The box that the tag covers, in pixels."""
        x, y = self.corner
        return x, y, x + self.size[0], y + self.size[1]

    def draw(self, draw: ImageDraw.ImageDraw, style: Style) -> None:
        left, top, right, bottom = (round(side) for side in self.area)
        radius = max(2, (bottom - top) // 6)
        draw.rounded_rectangle((left, top, right, bottom), radius, fill=_DARK)
        edge = style.edge
        draw.rounded_rectangle((left + edge, top + edge, right - edge, bottom - edge), radius, fill=_WHITE)
        edge += style.seam
        draw.rounded_rectangle((left + edge, top + edge, right - edge, bottom - edge), radius, fill=self.colour)
        ink = _DARK if _lightness(self.colour) > 0.18 else _WHITE
        draw.text(((left + right) / 2, (top + bottom) / 2), self.text, fill=ink, font=self.font, anchor="mm")


def tag_for(mark: Mark, box: Box, colour: Colour, style: Style, picture: Size) -> Tag | None:
    """Return the tag of a mark, with only the number when its words have no room.

    Return None when there is no number and no word that a font can write.
    """
    words, font = lettering(clipped(mark.label, _MOST_CHARACTERS), style.type_px)
    number = str(mark.number) if mark.number > 0 else ""
    room = max(picture[0] * 0.45, min(picture[0] * 0.9, style.type_px * 8))
    while words and _width(font, f"{number} {words}", style) > room:
        words = words.rstrip("…")[:-1].rstrip()
        words = f"{words}…" if len(words) > 2 else ""
    text = f"{number} {words}".strip()
    if not text:
        return None
    if not words:
        text, font = lettering(number, style.type_px)
    size = round(_width(font, text, style)), round(style.type_px * 1.45 + 2 * (style.seam + style.edge))
    return Tag(text, font, size, colour, mark.kind, box)


def place(tags: Sequence[Tag], picture: Size, style: Style) -> Iterator[Tag]:
    """Place each tag at the first free one of its corners, or where it covers the least of other tags and points."""
    taken = [_grown(tag.box, style.ring) for tag in tags if tag.kind == "point"]
    for tag in tags:
        corners = [_inside(corner, tag.size, picture) for corner in _corners(tag, style)]
        placed = min(
            (dataclasses.replace(tag, corner=corner) for corner in corners),
            key=lambda candidate: sum(_overlap(candidate.area, area) for area in taken),
        )
        taken.append(placed.area)
        yield placed


def _corners(tag: Tag, style: Style) -> list[Corner]:
    """Return the possible top left corners of a tag, the best first."""
    left, top, right, bottom = tag.box
    width, height = tag.size
    gap = style.line + style.seam
    if tag.kind == "box":
        above, below = top - height - gap, bottom + gap
        outside = [(left - gap, above), (right + gap - width, above), (left - gap, below), (right + gap - width, below)]
        beside = [(right + gap, top), (left - gap - width, top), (right + gap, bottom - height)]
        return [*outside, *beside, (left, top), (right - width, top), (left, bottom - height)]
    if tag.kind == "label":
        x, y = (left + right - width) / 2, (top + bottom - height) / 2
        return [(x, y), (x, y - height), (x, y + height), (x, y - 2 * height), (x, y + 2 * height)]
    if tag.kind == "point":
        left, right = min(left, right) - style.ring, max(left, right) + style.ring
        x, y = (left + right) / 2, (top + bottom) / 2
        reach = style.ring + gap
    else:
        x, y, reach = left, top, gap
        right, left = x, x
    beside = [(right + gap, y - height / 2), (left - gap - width, y - height / 2)]
    over = [(x - width / 2, y - reach - height), (x - width / 2, y + reach)]
    return [*(beside if tag.kind == "point" else _away(tag, beside)), *over]


def _away(tag: Tag, beside: list[Corner]) -> list[Corner]:
    """Put the corner first that is on the side of the arrow's tail from which the arrow leads away."""
    return beside[::-1] if tag.box[2] >= tag.box[0] else beside


def _inside(corner: Corner, size: Size, picture: Size) -> Corner:
    x, y = corner
    return max(0.0, min(x, picture[0] - 1 - size[0])), max(0.0, min(y, picture[1] - 1 - size[1]))


def _grown(box: Box, by: float) -> Box:
    return min(box[0], box[2]) - by, min(box[1], box[3]) - by, max(box[0], box[2]) + by, max(box[1], box[3]) + by


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _width(font: Font, text: str, style: Style) -> float:
    return font.getlength(text.strip()) + style.type_px * 0.7 + 2 * (style.seam + style.edge)


def _lightness(colour: Colour) -> float:
    """Return the relative luminance of WCAG. Above 0.18 dark letters have the better contrast."""
    red, green, blue = (float((part / 255) ** 2.2) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

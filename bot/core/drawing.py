"""The values of drawing (marks on a picture, the difference of two pictures, charts), and the port to the Painter."""

from dataclasses import dataclass
from typing import Literal, Protocol

Box = tuple[float, float, float, float]
MarkKind = Literal["box", "arrow", "point", "label"]
ChartType = Literal["bar", "line", "area", "pie"]


@dataclass(frozen=True, slots=True)
class Mark:
    """`box` is (left, top, right, bottom), each from 0 to 1000 across the picture. An arrow goes from the first corner
    to the second. Both corners of a point are the same. With `number` 0 no number is drawn.
    """

    kind: MarkKind
    box: Box
    label: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """The bytes of a picture, its media type, and its size in pixels."""

    mime: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two pictures. `similarity` is structural similarity, 0 to 1 (1: the same). `boxes` are the
    places that differ, the largest first, from 0 to 1000 of the second picture. `picture` shows both pictures side by
    side, with these boxes.
    """

    similarity: float
    boxes: tuple[Box, ...]
    picture: EncodedPicture


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Every series has one value for each label. A pie has one series."""

    type: ChartType
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""


class Painter(Protocol):
    """Draws pictures. Every method raises FileError when a picture can't be read, and takes some seconds at most."""

    async def annotate(self, data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
        """Draw the marks on the picture, upright, at its own resolution and shape."""
        ...

    async def compare(self, one: bytes, other: bytes) -> Comparison: ...

    async def side_by_side(self, one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture: ...

    async def chart(self, chart: Chart) -> EncodedPicture: ...


class SeeingPainter(Painter, Protocol):
    """A Painter that can read, too."""

    async def words(self, data: bytes) -> tuple[str, ...]:
        """Return the words on a picture, or none when they can't be read. Raises FileError."""
        ...


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A web page as a browser shows it: its picture, and the text on it."""

    data: bytes
    width: int
    height: int
    text: str
    mime: str = "image/png"

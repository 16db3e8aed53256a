"""What is drawn: marks on a picture, the difference of two, charts. Values, and the seam to what draws."""

from dataclasses import dataclass
from typing import Literal, Protocol

Box = tuple[float, float, float, float]
MarkKind = Literal["box", "arrow", "point", "label"]
ChartType = Literal["bar", "line", "area", "pie"]


@dataclass(frozen=True, slots=True)
class Mark:
    """`box` is (left, top, right, bottom), 0 to 1000 across the picture each way; an arrow goes from its first corner
    to its second; a point has both corners in the same place. `number` 0: no number is drawn.
    """

    kind: MarkKind
    box: Box
    label: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """An encoded picture."""

    mime: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`similarity` is structural, 0 to 1 (1: the same). `boxes` (0 to 1000 of the second picture) hold what differs,
    the largest first. `picture` shows both side by side with those boxes.
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
    """Every series has one value for each label; a pie has one series."""

    type: ChartType
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""


class Painter(Protocol):
    """All raise the FileError that fits when a picture cannot be read, and take at most some seconds."""

    async def annotate(self, data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
        """The picture at its own resolution and shape, upright, with the marks on it."""
        ...

    async def compare(self, one: bytes, other: bytes) -> Comparison: ...

    async def side_by_side(self, one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture: ...

    async def chart(self, chart: Chart) -> EncodedPicture: ...


class SeeingPainter(Painter, Protocol):
    """One that can read, too."""

    async def words(self, data: bytes) -> tuple[str, ...]:
        """What stands on a picture; none where that cannot be read. Raises the FileError that fits."""
        ...


class Rendered(Protocol):
    """A web page as a browser shows it: its picture, and the words on it."""

    @property
    def mime(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def text(self) -> str: ...

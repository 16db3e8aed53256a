"""A tool's context out of plain values, with what the tools are given from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.agent.ports import Crop, Detail, NewArtifact, OriginalPicture, Tool, ToolContext, ToolFailed
from bot.core.document import Document, Page
from bot.core.drawing import Box, Chart, Comparison, EncodedPicture, Mark
from bot.core.files.web_page import FetchedPage
from bot.core.thread.inbound import ThreadId
from bot.errors import BotError, FileBroken, FileError

PNG = EncodedPicture("image/png", b"drawn", 640, 480)


@dataclass
class FakeArtifacts:
    """`sources` by label; `crops` holds what was asked for."""

    sources: dict[str, OriginalPicture]
    crops: list[Crop] = field(default_factory=list)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.sources)

    async def source(self, label: str) -> OriginalPicture:
        if label not in self.sources:
            raise ToolFailed(f"There is no picture {label}; there are {', '.join(self.sources)}.")
        return self.sources[label]

    async def crop(self, label: str, box: Box) -> NewArtifact:
        await self.source(label)
        self.crops.append(Crop(label, box))
        origin = Crop("img_1", (10, 10, 20, 20)) if label == "zoom_1" else Crop(label, box)
        return NewArtifact("picture", "zoom", "zoom.png", "a part", "image/png", b"cut", crop=origin)


@dataclass
class FakeDocuments:
    """`found` is what any document of the web turns out to be; `came` are those that were put here."""

    documents: dict[str, Document]
    found: Document | FileError = field(default_factory=lambda: Document("pdf", ()))
    came: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.documents)

    async def document(self, name: str) -> Document:
        if name not in self.documents:
            raise ToolFailed(f"There is no document {name}; there are {', '.join(self.documents)}.")
        return self.documents[name]

    async def put(self, name: str, url: str, data: bytes) -> tuple[str, Document]:
        self.came.append((name, url, data))
        if isinstance(self.found, FileError):
            raise self.found
        self.documents[name] = self.found
        return name, self.found


@dataclass
class Approvals:
    """Answers `says` and keeps what was asked."""

    says: bool = True
    asked: list[tuple[str, Detail]] = field(default_factory=list)

    async def __call__(self, action: str, detail: Detail) -> bool:
        self.asked.append((action, detail))
        return self.says


@dataclass
class Painter:
    """Draws the same picture always; `broken` makes it fail."""

    compared: Comparison = field(default_factory=lambda: Comparison(1.0, (), PNG))
    broken: BotError | None = None
    marks: tuple[Mark, ...] = ()
    charts: list[Chart] = field(default_factory=list)

    async def annotate(self, data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
        if data == b"broken":
            raise FileBroken
        self.marks = marks
        return PNG

    async def compare(self, one: bytes, other: bytes) -> Comparison:
        return self.compared

    async def side_by_side(self, one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture:
        return PNG

    async def chart(self, chart: Chart) -> EncodedPicture:
        if self.broken:
            raise self.broken
        self.charts.append(chart)
        return PNG


class Inward(BotError):
    pass


def web_page(**more: Any) -> FetchedPage:
    given: dict[str, Any] = {
        "url": "https://example.com/a",
        "status": 200,
        "kind": "html",
        "title": "A page",
        "text": "Its words.",
        "picture_mime": "image/png",
    }
    return FetchedPage(**given | more)


@dataclass
class Web:
    """Knows `page`; hosts that begin with 10., and names with “inward” in them, are inward.

    `happened` is what was asked of it, in order.
    """

    page: FetchedPage = field(default_factory=web_page)
    broken: BotError | None = None
    happened: list[str] = field(default_factory=list)

    def refuse_at_sight(self, url: str) -> None:
        if "//10." in url:
            raise Inward("That address leads into a private network; it is not opened.")

    async def refuse_inward(self, url: str) -> None:
        self.happened.append(f"look up {url}")
        if "inward" in url:
            raise Inward("That name leads into a private network; it is not opened.")

    async def fetch(self, url: str) -> FetchedPage:
        self.happened.append(f"fetch {url}")
        if self.broken:
            raise self.broken
        return self.page


def page(number: int, words: str, label: str = "", *, shown: bool = True) -> Page:
    return Page(number, words, label, source=("page", str(number)) if shown else ())


def document(*pages: Page) -> Document:
    return Document("pdf", pages)


def tool_context(
    documents: Mapping[str, Document] | None = None,
    approve: Approvals | None = None,
    spoken: str = "",
    *,
    is_tainted: bool = False,
) -> ToolContext:
    pictures = ("img_1", "plan.png"), ("img_2", "photo.jpg"), ("zoom_1", "zoom.png")
    return ToolContext(
        thread=ThreadId("T1", "C1", "1.0"),
        user="U1",
        language="en",
        artifacts=FakeArtifacts({label: OriginalPicture(label, name, label.encode()) for label, name in pictures}),
        documents=FakeDocuments(dict(documents or {})),
        approve=approve or Approvals(),
        spoken=spoken,
        is_tainted=is_tainted,
    )


async def refusal(tool: Tool, arguments: Mapping[str, object], context: ToolContext | None = None) -> str:
    """What the model is told when the call comes to nothing."""
    with pytest.raises(ToolFailed) as failed:
        await tool.call(arguments, context or tool_context())
    return failed.value.detail

"""What the model may call, and what a call has to work with: values and seams. The loop itself: core.toolbox.

A tool is one file in bot.tools. It gets arguments that are a JSON object and nothing more, and answers the model, never
the person: wrong arguments, an unknown label, a refusal are results too, raised as `ToolFailed`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bot.core.document import Document
from bot.core.drawing import Box
from bot.core.model.messages import ToolSpec
from bot.core.thread.inbound import ThreadId
from bot.errors import BotError

Kind = Literal["picture", "table", "chart", "file"]


class ToolFailed(BotError):
    """The call came to nothing; `detail` tells the model why, in one or two plain sentences, and what it may do."""


@dataclass(frozen=True, slots=True)
class OriginalPicture:
    """A picture as it is, before anything was made smaller. `label` is what the thread calls it."""

    label: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Crop:
    """Where a part was cut: out of which picture, and where in it (0 to 1000)."""

    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class New:
    """Something a tool has made: a picture, or a table, chart or file for the person.

    `prefix` becomes its label: `zoom` → `zoom_1`. `about` is its caption and alternative text. `data` is the picture or
    file as bytes; for a table JSON `{"columns": […], "rows": [[…]]}`, for a chart JSON of Slack's
    `data_visualization` block. `fallback` is a chart's picture (PNG), for where Slack does not take the block.
    `is_for_person`: it is shown even when the model does not place it with `![caption](label)`. `is_for_model`: the
    model gets to see the picture.
    """

    kind: Kind
    prefix: str
    name: str
    about: str
    mime: str
    data: bytes
    crop: Crop | None = None
    fallback: bytes = b""
    is_for_person: bool = False
    is_for_model: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What the model is told. `shown` are labels of pictures it gets to see; `{0}`, `{1}` … in `text` become the labels
    of `made`. `is_untrusted`: somebody else's words or pixels (a page of the web, a document, another server).
    """

    text: str
    shown: tuple[str, ...] = ()
    made: tuple[New, ...] = ()
    is_untrusted: bool = False


class Artifacts(Protocol):
    """The pictures a turn can name: `img_3`, `report.pdf#7`, `zoom_1`. Raises ToolFailed for a label nobody knows, and
    for a picture that can no longer be had; its sentence lists the labels there are.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """Of pictures, in the order they came; pages of documents only as far as they were shown."""
        ...

    async def source(self, label: str) -> OriginalPicture:
        """A picture of the thread or one a tool made, at its own resolution; a page of a document large enough to read
        its smallest type.
        """
        ...

    async def crop(self, label: str, box: Box) -> New:
        """A part of a picture or a page of a document, cut from the original at its own resolution."""
        ...


class DocumentLookup(Protocol):
    """The thread's documents, by file name. Raises ToolFailed for a name nobody knows."""

    @property
    def names(self) -> tuple[str, ...]: ...

    async def document(self, name: str) -> Document:
        """All of its pages as text."""
        ...

    async def put(self, name: str, url: str, data: bytes) -> tuple[str, Document]:
        """A document that was found at an address: the name it goes by from now on, and its pages.

        Raises the FileError that fits.
        """
        ...


@dataclass(frozen=True, slots=True)
class Argument:
    """What a call would be made with: a name and its value, as they are."""

    name: str
    value: str


# One text, such as an address; or a call's arguments.
Detail = str | tuple[Argument, ...]


class Approval(Protocol):
    async def __call__(self, action: str, detail: Detail) -> bool:
        """Ask the person whose turn it is. True: go on. `action` completes “May I …?”; `detail` is what it is about.

        False after a “no”, and when nobody answered in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """The way to whoever asked, while their turn runs: in their language, by the status or by a question to them."""

    language: str
    show_status: Callable[[str], None]
    approve: Approval


Work = Callable[[], Awaitable[Result]]


class Once(Protocol):
    async def do(self, ask: Approval, action: str, detail: Detail, work: Work) -> Result | None:
        """As `ToolContext.do_approved`."""
        ...


@dataclass(slots=True)
class ToolContext:
    """One turn's. `spoken` is what people wrote in this thread, all of it: an address counts as a person's own when it
    stands there. `is_tainted` once this turn has read what no person of the thread wrote. `search_token` is Slack's
    action token of the question, empty when there is none. `agreed` are addresses the person has agreed to, `name` is
    how the person is called. `calls` remembers what was done with an approval; None: nobody takes over.
    """

    thread: ThreadId
    user: str
    language: str
    artifacts: Artifacts
    documents: DocumentLookup
    approve: Approval
    spoken: str = ""
    utc_offset_s: int = 0
    search_token: str = ""
    is_tainted: bool = False
    agreed: set[str] = field(default_factory=set)
    name: str = ""
    calls: Once | None = None

    async def do_approved(self, action: str, detail: Detail, work: Work) -> Result | None:
        """Ask the person, then do what changes something elsewhere: once, whoever takes the turn over. None: they said
        no.
        """
        if self.calls is not None:
            return await self.calls.do(self.approve, action, detail, work)
        return await work() if await self.approve(action, detail) else None


class Tool(Protocol):
    @property
    def spec(self) -> ToolSpec: ...

    @property
    def step(self) -> str:
        """A marked text (bot.words) completing “glm …” while it runs: “is looking closer at {what}…”."""
        ...

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> Result: ...

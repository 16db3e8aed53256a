"""The port to a Tool that the model can call, and the values that a tool works with. The Toolbox runs tools.

A tool is one file in bot.tools. Its arguments are a JSON object that nobody has checked. It answers the model, never
the person: for wrong arguments, an unknown label or a refusal it raises `ToolFailed`, which is a result too.
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
    """The call failed. `detail` tells the model in one or two plain sentences why, and what it can do."""


@dataclass(frozen=True, slots=True)
class OriginalPicture:
    """A picture at its own resolution. `label` is its label in the thread."""

    label: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Crop:
    """The picture that a part was cut out of, and the place in it (0 to 1000)."""

    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """A picture, table, chart or file that a tool has made and that has no label yet.

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
    """The result for the model. `shown` are the labels of pictures that it gets. `{0}`, `{1}` … in `text` become the
    labels of `made`. `is_untrusted`: it has text or pictures of somebody else (a web page, a document, a server).
    """

    text: str
    shown: tuple[str, ...] = ()
    made: tuple[NewArtifact, ...] = ()
    is_untrusted: bool = False


class Artifacts(Protocol):
    """The pictures of a turn, by label: `img_3`, `report.pdf#7`, `zoom_1`. Raises ToolFailed for an unknown label, and
    for a picture that is no longer available. The error lists the labels there are.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of pictures, in the order in which they came, with the pages of documents that were shown."""
        ...

    async def source(self, label: str) -> OriginalPicture:
        """Return a picture at its own resolution, or a page of a document in a size at which small text is readable."""
        ...

    async def crop(self, label: str, box: Box) -> NewArtifact:
        """Cut a part out of a picture or a page, at the resolution of the original."""
        ...


class DocumentLookup(Protocol):
    """The documents of the thread, by file name. Raises ToolFailed for an unknown name."""

    @property
    def names(self) -> tuple[str, ...]: ...

    async def document(self, name: str) -> Document:
        """Return the document with the text of all its pages."""
        ...

    async def put(self, name: str, url: str, data: bytes) -> tuple[str, Document]:
        """Read a document that was found at an address. Return its name in the thread, and the document.

        Raises FileError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a call, as the person sees it before they approve."""

    name: str
    value: str


# One text, such as an address; or a call's arguments.
Detail = str | tuple[Argument, ...]


class Approval(Protocol):
    async def __call__(self, action: str, detail: Detail) -> bool:
        """Ask the asker of the turn. Return False after a “no”, and when nobody has answered in time. `action`
        completes the sentence “May I …?”.
        """
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """Speaks to the asker while their turn runs, in their language: with a status, or with a question."""

    language: str
    show_status: Callable[[str], None]
    approve: Approval


Work = Callable[[], Awaitable[Result]]


class ApprovedCallRunner(Protocol):
    async def do(self, ask: Approval, action: str, detail: Detail, work: Work) -> Result | None:
        """See `ToolContext.do_approved`."""
        ...


@dataclass(slots=True)
class ToolContext:
    """All that the tools of one turn work with. `spoken` is all text that people wrote in the thread: a web address in
    it counts as given by a person. `is_tainted`: this turn has read text that no person of the thread wrote.
    `search_token` is Slack's action token of the question, or empty. `agreed` are addresses that the person has
    approved. `name` is the person's name. `calls` makes each approved call once; it is None when no other worker can
    take over.
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
    calls: ApprovedCallRunner | None = None

    async def do_approved(self, action: str, detail: Detail, work: Work) -> Result | None:
        """Ask the person, and then do work that changes something outside. It is done once, also when another worker
        takes the turn over. Return None when the person says no.
        """
        if self.calls is not None:
            return await self.calls.do(self.approve, action, detail, work)
        return await work() if await self.approve(action, detail) else None


class Tool(Protocol):
    @property
    def spec(self) -> ToolSpec: ...

    @property
    def step(self) -> str:
        """The status while the tool runs, a marked text (bot.words) that follows the bot's name: “is looking closer at
        {what}…”.
        """
        ...

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> Result: ...

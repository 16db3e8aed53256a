"""Fakes of the tools, the browser, the painter and the approvals of a turn, in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.agent.approved_calls import ApprovedCall
from bot.core.agent.ports import Approval, Detail, Result, Tool, ToolContext
from bot.core.brief import Span
from bot.core.citations.transcript import Transcript, TranscriptLine
from bot.core.drawing import Box, Chart, Comparison, EncodedPicture, Mark, RenderedPage
from bot.core.images import PreparedImage
from bot.core.model.messages import ToolSpec
from bot.core.model.tokens import MAX_IMAGE_TOKENS
from bot.core.people.standing import Standing
from bot.core.ports import Person
from bot.core.thread.inbound import ThreadId
from bot.errors import BotError, FileError, StateError


@dataclass
class FakeEyes:
    """Makes of a picture what the model gets, and cuts parts out of it."""

    cropped: list[tuple[bytes, Box]] = field(default_factory=list)

    async def prepare(self, data: bytes, name: str, max_tokens: int) -> PreparedImage:
        return PreparedImage("image/png", b"seen " + data, 560, 560, min(400, max_tokens), 560, 560)

    async def crop(self, data: bytes, box: Box, max_tokens: int = MAX_IMAGE_TOKENS, name: str = "") -> PreparedImage:
        self.cropped.append((data, box))
        return PreparedImage("image/png", b"part of " + data, 280, 280, 100, 1280, 720)


@dataclass
class FakePainter:
    """`alike` are the similarities it finds, one after the other; the last one for ever."""

    alike: list[float] = field(default_factory=lambda: [1.0])
    annotated: list[tuple[bytes, tuple[Mark, ...]]] = field(default_factory=list)
    beside: list[tuple[bytes, bytes, tuple[str, str]]] = field(default_factory=list)
    trouble: FileError | None = None
    read: tuple[str, ...] | FileError = ()

    async def annotate(self, data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
        if self.trouble:
            raise self.trouble
        self.annotated.append((data, marks))
        return EncodedPicture("image/png", b"marked " + data, 1280, 720)

    async def compare(self, one: bytes, other: bytes) -> Comparison:
        if self.trouble:
            raise self.trouble
        alike = self.alike.pop(0) if len(self.alike) > 1 else self.alike[0]
        boxes: tuple[Box, ...] = () if alike == 1 else ((0, 0, 500, 500),)
        return Comparison(alike, boxes, EncodedPicture("image/png", b"compared", 10, 10))

    async def side_by_side(self, one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture:
        self.beside.append((one, other, titles))
        return EncodedPicture("image/png", b"both", 20, 10)

    async def words(self, data: bytes) -> tuple[str, ...]:
        if isinstance(self.read, FileError):
            raise self.read
        return self.read

    async def chart(self, chart: Chart) -> EncodedPicture:
        return EncodedPicture("image/png", b"chart", 10, 10)


@dataclass
class FakeBrowser:
    trouble: BotError | None = None
    rendered: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)  # by page

    async def render(self, html: str) -> RenderedPage:
        self.rendered.append(html)
        if self.trouble:
            raise self.trouble
        return RenderedPage(b"view of " + html.encode(), 1280, 720, self.texts.get(html, "words"))


@dataclass
class FakeTool:
    """Answers each call with what `answer` makes of its arguments."""

    name: str
    answer: Callable[[Mapping[str, Any], ToolContext], Awaitable[Result]]
    step: str = "is busy with {what}…"
    called: list[dict[str, Any]] = field(default_factory=list)

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, "A tool.", {"type": "object", "properties": {}})

    async def call(self, arguments: Mapping[str, Any], context: ToolContext) -> Result:
        self.called.append(dict(arguments))
        return await self.answer(arguments, context)


@dataclass
class FakeToolSource:
    offered: Sequence[Tool] = ()

    async def tools(self, team: str, channel: str, standing: Standing) -> Sequence[Tool]:
        return self.offered


@dataclass
class FakeAsking:
    """Everybody says the same."""

    says_yes: bool = True
    thinks_s: float = 0.0
    asked: list[tuple[str, Detail]] = field(default_factory=list)

    unsure: list[ApprovedCall] = field(default_factory=list)

    async def tell_unsure(self, thread: ThreadId, call: ApprovedCall, language: str) -> None:
        self.unsure.append(call)

    def for_turn(
        self, thread: ThreadId, user: str, language: str, is_over: Callable[[], bool] = lambda: True
    ) -> Approval:
        async def approve(action: str, detail: Detail) -> bool:
            self.asked.append((action, detail))
            await asyncio.sleep(self.thinks_s)
            return self.says_yes

        return approve


@dataclass
class FakeCallRecords:
    """What the store keeps of approved calls. `is_away`: it does not answer."""

    calls: dict[str, ApprovedCall] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    is_away: bool = False

    async def recorded(self, thread: ThreadId) -> Mapping[str, ApprovedCall]:
        self._answers()
        return dict(self.calls)

    async def begin(self, thread: ThreadId, key: str, call: ApprovedCall) -> ApprovedCall | None:
        self._answers()
        if key in self.calls:
            return self.calls[key]
        self.calls[key] = call
        return None

    async def ended(self, thread: ThreadId, key: str, call: ApprovedCall) -> None:
        if key in self.calls and not self.is_away:
            self.calls[key] = call

    async def first_told(self, thread: ThreadId, key: str) -> bool:
        self._answers()
        is_first = key not in self.told
        self.told.add(key)
        return is_first

    def _answers(self) -> None:
        if self.is_away:
            raise StateError("away")


@dataclass
class FakeTranscripts:
    """`lines`: what was said, by channel."""

    lines: dict[str, tuple[TranscriptLine, ...]] = field(default_factory=dict)

    async def gather(self, team: str, span: Span, person: Person) -> Transcript:
        return Transcript(span, f"https://a.slack.com/archives/{span.channel}", self.lines.get(span.channel, ()))


class FakeAddresses:
    async def of_file(self, file_id: str) -> str:
        return f"https://a.slack.com/files/U1/{file_id}"


@dataclass
class FakePreviews:
    """No public address."""

    async def link(self, html: str, thread: ThreadId) -> str:
        return ""

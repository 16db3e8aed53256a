"""All filters that the model's words pass through while they come, each behind `feed` and `end`."""

import json
from collections.abc import Callable
from typing import Protocol

from bot.core.citations.filter import Citations
from bot.core.citations.proof import SentPage
from bot.core.citations.sources import CitableSources, CitedDocument
from bot.core.citations.transcript import MessageReference
from bot.core.markdown.code_marks import CodeMarks
from bot.core.model.messages import ToolSpec
from bot.core.turn.output import TextFilters
from bot.errors import ModelError
from bot.glm.stream.seam import Seam
from bot.glm.stream.sse import SseDecoder
from bot.glm.stream.wire import AnswerDecoder
from bot.slack.markdown.render import Renderer

TOOL = ToolSpec("zoom", "", {"type": "object", "properties": {"a": {"type": "string"}}})
_SHEET = SentPage("", "It was 1,250 and “so it is” said the page. " * 20)
SOURCES = CitableSources(
    (
        CitedDocument(
            "report.pdf", "F1", "https://a.slack.com/files/U1/F1/report.pdf", dict.fromkeys(range(1, 9), _SHEET)
        ),
    ),
    {"m1": MessageReference("ann 10:00", "https://a.slack.com/archives/C1/p1", "words")},
)


class Stream(Protocol):
    def feed(self, text: str, /) -> object: ...

    def end(self) -> object: ...


class Rendered:
    def __init__(self) -> None:
        self._renderer = Renderer(pictures=True)

    def feed(self, text: str) -> object:
        return self._renderer.feed(text)

    def end(self) -> object:
        return self._renderer.finish()


class Wire:
    """Text that repeats too often ends an answer; the next begins."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._decoder = AnswerDecoder(tools=(TOOL,))

    def feed(self, text: str) -> None:
        try:
            for _ in self._decoder.feed(json.dumps({"choices": [{"delta": {self._field: text}}]}).encode()):
                pass
        except ModelError:
            self._decoder = AnswerDecoder(tools=(TOOL,))

    def end(self) -> None:
        try:
            self._decoder.flush()
            self._decoder.closing()
        except ModelError:
            return


class Marks:
    def __init__(self) -> None:
        self._marks = CodeMarks()

    def feed(self, text: str) -> None:
        self._marks.feed(text)

    def end(self) -> bool:
        return self._marks.is_code()


class Events:
    def __init__(self) -> None:
        self._decoder = SseDecoder()
        self._decoder.feed(b"data: ")

    def feed(self, text: str) -> object:
        return self._decoder.feed(text.encode())

    def end(self) -> object:
        return self._decoder.end()


class SaidAgain:
    """The first 1,000 characters were said already, and come once more."""

    def __init__(self) -> None:
        self._seam: Seam | None = None
        self._said: list[str] = []
        self._length = 0

    def feed(self, text: str) -> object:
        if self._seam is None:
            self._said.append(text)
            self._length += len(text)
            if self._length >= 1_000:
                self._seam = Seam("".join(self._said), is_prefix=False)
            return None
        return self._seam.feed(text)

    def end(self) -> object:
        return self._seam.end() if self._seam else None


STREAMS: dict[str, Callable[[], Stream]] = {
    "rendering": Rendered,
    "citations": lambda: Citations(SOURCES),
    "pages and places": lambda: TextFilters(has_picture=True),
    "text of the wire": lambda: Wire("content"),
    "reasoning of the wire": lambda: Wire("reasoning_content"),
    "code marks": Marks,
    "events": Events,
    "an answer that goes on": SaidAgain,
}


def passed(name: str, text: str) -> None:
    """In one piece."""
    stream = STREAMS[name]()
    stream.feed(text)
    stream.end()

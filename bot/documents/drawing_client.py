"""Drawing off the event loop: the async front of `marks`, `compare`, `pair`, `charts` and `ocr`."""

import shutil

from bot.core.drawing import Chart, Comparison, EncodedPicture, Mark
from bot.documents import worker_functions
from bot.documents.pages.checks import check_chart, check_mark
from bot.documents.sandbox.sandbox import Sandbox

OCR = worker_functions.Named("bot.documents.images.ocr", "read_words")
_CHART_TIMEOUT_S = 20.0  # ten thousand bars on a busy machine


def find_reader() -> str:
    """The path of Tesseract, empty when it is not installed."""
    return shutil.which("tesseract") or ""


class SandboxPainter:
    """All methods raise FileError, and leave the event loop free."""

    def __init__(self, sandbox: Sandbox, reader: str | None = None) -> None:
        """`reader` is Tesseract's path; it is found on PATH when not given."""
        self._sandbox = sandbox
        self._reader = find_reader() if reader is None else reader
        if self._reader:
            sandbox.allow(self._reader)

    async def annotate(self, data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
        """The picture upright, at its own resolution and shape (at most 4096 pixels a side), with the marks on it.

        Raises ValueError, with a sentence for the model, for a mark outside 0 to 1000 or a reversed box.
        """
        for mark in marks:  # here too: of a worker's errors only FileErrors keep their words
            check_mark(mark)
        return await self._sandbox.run(worker_functions.annotate.annotate, data, name, marks)

    async def compare(self, one: bytes, other: bytes) -> Comparison:
        return await self._sandbox.run(worker_functions.compare.compare, one, other)

    async def side_by_side(self, one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture:
        """Each under its heading, equally wide or equally high."""
        return await self._sandbox.run(worker_functions.side_by_side.side_by_side, one, other, titles)

    async def words(self, data: bytes) -> tuple[str, ...]:
        """Nothing where no reader is installed."""
        return await self._sandbox.run(OCR, data, self._reader) if self._reader else ()

    async def chart(self, chart: Chart) -> EncodedPicture:
        """Raises FileBroken for a chart that is none, with what is wrong, for the model, as its detail."""
        check_chart(chart)
        return await self._sandbox.run(worker_functions.charts.draw_chart, chart, timeout_s=_CHART_TIMEOUT_S)

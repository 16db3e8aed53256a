"""SandboxPainter draws marks, comparisons and charts, and reads words on pictures, in the workers of the sandbox."""

import shutil

from bot.core.drawing import Chart, Comparison, EncodedPicture, Mark
from bot.documents import worker_functions
from bot.documents.pages.checks import check_chart, check_mark
from bot.documents.sandbox.sandbox import Sandbox

OCR = worker_functions.Named("bot.documents.images.ocr", "read_words")
_CHART_TIMEOUT_S = 20.0  # ten thousand bars on a busy machine


def find_reader() -> str:
    """Return the path of Tesseract, empty when it is not installed."""
    return shutil.which("tesseract") or ""


class SandboxPainter:
    """Draws in worker processes, so that the event loop stays free. All methods raise FileError."""

    def __init__(self, sandbox: Sandbox, reader: str | None = None) -> None:
        """`reader` is the path of Tesseract; None means that it is looked for on PATH."""
        self._sandbox = sandbox
        self._reader = find_reader() if reader is None else reader
        if self._reader:
            sandbox.allow(self._reader)

    async def annotate(self, data: bytes, name: str, marks: tuple[Mark, ...]) -> EncodedPicture:
        """Draw marks on a picture. It is turned upright and keeps its size, up to 4096 pixels a side.

        Raises ValueError, with a sentence for the model, when a mark is outside 0 to 1000 or its box reversed.
        """
        for mark in marks:  # here, since only a FileError keeps its words on its way from a worker
            check_mark(mark)
        return await self._sandbox.run(worker_functions.annotate.annotate, data, name, marks)

    async def compare(self, one: bytes, other: bytes) -> Comparison:
        """Compare two pictures: how similar they are, and where they differ."""
        return await self._sandbox.run(worker_functions.compare.compare, one, other)

    async def side_by_side(self, one: bytes, other: bytes, titles: tuple[str, str]) -> EncodedPicture:
        """Put two pictures next to each other, equally wide or equally high, each under its title."""
        return await self._sandbox.run(worker_functions.side_by_side.side_by_side, one, other, titles)

    async def words(self, data: bytes) -> tuple[str, ...]:
        """Return the words on a picture; no words when Tesseract is not installed."""
        return await self._sandbox.run(OCR, data, self._reader) if self._reader else ()

    async def chart(self, chart: Chart) -> EncodedPicture:
        """Draw a chart. Raises FileBroken when the chart is not valid; its detail tells the model what is wrong."""
        check_chart(chart)
        return await self._sandbox.run(worker_functions.charts.draw_chart, chart, timeout_s=_CHART_TIMEOUT_S)

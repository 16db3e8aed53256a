"""PdfReading reads the text of a PDF in the sandbox, in batches of pages with a time limit each."""

import asyncio
import time
from collections.abc import Callable, Sequence

from bot.core.document import Document, Page
from bot.documents import worker_functions
from bot.documents.pdf.pages import MOST_PAGES, pdf_document
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError, FileTooSlow

Progress = Callable[[int, int], None]  # pages done, pages in all

_PAGES_PER_READ = 40
_ONE_PAGE_S = 3.0
_READING_SHARE = 0.6  # of the time of a batch: the reader stops then and returns the pages it has read


class PdfReading:
    """Reads a PDF batch by batch. A batch that fails is read again page by page."""

    def __init__(self, sandbox: Sandbox, data: bytes, limit_s: float, progress: Progress) -> None:
        self._sandbox = sandbox
        self._data = data
        self._until = time.monotonic() + limit_s
        self._progress = progress
        self._pages: list[Page] = []
        self._unreadable: list[int] = []
        self._failure: FileError | None = None

    async def document(self) -> Document:
        """Read as many pages as the time allows.

        Raises FileTooSlow when that is no page, and the last FileError when no page is readable.
        """
        about = await self._sandbox.run(worker_functions.pdf.read_about, self._data)
        last = min(about.count, MOST_PAGES)
        while len(self._pages) < last and time.monotonic() < self._until:
            first = len(self._pages) + 1
            try:
                async with asyncio.timeout(self._until - time.monotonic()):
                    await self._read_batch(first, min(first + _PAGES_PER_READ - 1, last))
            except TimeoutError:
                break
            self._progress(len(self._pages), last)
        if not self._pages:
            raise FileTooSlow("no page in time")
        if self._failure is not None and len(self._unreadable) == len(self._pages):
            raise self._failure
        return pdf_document(about, self._pages, self._unreadable)

    async def _read_batch(self, first: int, last: int) -> None:
        try:
            most_s = min(self._sandbox.timeout_s, (self._until - time.monotonic()) * _READING_SHARE)
            args = (self._data, first, last, most_s * _READING_SHARE)
            result = await self._sandbox.run(worker_functions.pdf.read_pages, *args, timeout_s=most_s)
            self._add(result.pages, result.unreadable)
        except FileError as error:
            self._failure = error
            await self._read_singly(first, last)

    async def _read_singly(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            left_s = self._until - time.monotonic()
            if left_s <= 0:
                return
            try:
                result = await self._sandbox.run(
                    worker_functions.pdf.read_pages, self._data, number, number, timeout_s=min(_ONE_PAGE_S, left_s)
                )
                self._add(result.pages, result.unreadable)
            except FileError as error:
                self._failure = error
                self._add((Page(number, ""),), (number,))

    def _add(self, pages: Sequence[Page], unreadable: Sequence[int]) -> None:
        self._pages += pages
        self._unreadable += unreadable

"""DocumentReader reads the text of all pages of a file, and draws pictures of chosen pages.

All code that touches a file runs in the sandbox, outside the event loop, in batches with a time limit each. If a page
cannot be read, only that page is lost.
"""

import asyncio
import contextlib
import hashlib
import math
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.document import Document, Page
from bot.core.drawing import Box
from bot.core.files.web_page import PageContent
from bot.core.images import PreparedImage
from bot.documents import worker_functions
from bot.documents.detect.sniff import is_cut_short_rtf, sniff
from bot.documents.drawing_client import find_reader
from bot.documents.libreoffice.libreoffice import (
    MODERN,
    OLD_BOOKS,
    READ_BY_US_TOO,
    convert,
    find_office,
    with_old_numbers,
)
from bot.documents.pages.checks import check_box
from bot.documents.pages.notices import REPAIRED
from bot.documents.pdf_reading import PdfReading, Progress
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError, FileProtected, FileTooSlow, FileUnsupported

if TYPE_CHECKING:
    from bot.documents.pages_to_images import Wanted

READ_LIMIT_S = 24.0
_NESTING = {"zip", "msg", "tnef", "text"}  # if a file inside cannot be read, the outer file is still described
_READING_SHARE = 0.6  # of the time of a file: the rest is for making pages of its text and sending them
_PAGES_PER_DRAWING = 4
_ONE_PAGE_S = 3.0
_OFFICE_S = 20.0
_KEPT_CONVERSIONS = 3
_KEPT_REFUSALS = 20
_REFUSED_S = 60.0
_KEPT_BYTES = 64 * 1024 * 1024

TAKEN_PICTURES = ("png", "jpeg", "gif", "webp")  # that models accept

Drawn = tuple[tuple[int, PreparedImage], ...]


def _silent(_done: int, _all: int) -> None:
    return


class DocumentReader:
    """Reads and draws documents. Raises FileErrors that say in words for people what is wrong.

    `soffice` is the path of LibreOffice, `tesseract` that of Tesseract, which tells which way up a scan is. None means
    that the program is looked for on this machine, an empty string that it is not used.
    """

    def __init__(self, sandbox: Sandbox, soffice: str | None = None, tesseract: str | None = None) -> None:
        self._sandbox = sandbox
        self._soffice = find_office() if soffice is None else soffice
        self._tesseract = find_reader() if tesseract is None else tesseract
        for program in filter(None, (self._soffice, self._tesseract)):
            sandbox.allow(program)
        self.office_s = _OFFICE_S
        self._converting = asyncio.Lock()  # one soffice at a time: it takes 200 MB
        self._converted: dict[tuple[str, str], bytes] = {}
        self._refused: dict[tuple[str, str], tuple[FileError, float]] = {}

    async def read(
        self, data: bytes, name: str = "", *, limit_s: float = READ_LIMIT_S, progress: Progress = _silent
    ) -> Document:
        """Return the text of all pages, and which pages should be looked at.

        After `limit_s` a PDF is returned as far as it was read; for other files FileTooSlow is raised.
        """
        kind = sniff(data, name).kind
        if kind == "pdf":
            return await PdfReading(self._sandbox, data, limit_s, progress).document()
        try:
            async with asyncio.timeout(limit_s):
                return await self._read_whole(data, name, kind, time.monotonic() + limit_s)
        except TimeoutError:
            raise FileTooSlow(f"{kind} after {limit_s:g} s") from None

    async def web_page(self, data: bytes, content_type: str, url: str) -> PageContent:
        """Read a web page. `content_type` is the HTTP header as it was received, `url` the address of the page."""
        return await self._sandbox.run(worker_functions.web_page.read_web_page, data, content_type, url)

    def picture_mime(self, data: bytes) -> str:
        """Return the MIME type of a picture, found by its first bytes; empty when models do not accept its format."""
        kind = sniff(data[:4096]).kind
        return f"image/{kind}" if kind in TAKEN_PICTURES else ""

    async def _read_whole(self, data: bytes, name: str, kind: str, until: float) -> Document:
        if kind in MODERN and self._soffice:
            return await self._read_old(data, name, kind, until)
        try:
            most_s = self._sandbox.timeout_s if kind in _NESTING else math.inf
            return await self._read_in_time(data, name, bool(self._soffice), until, most_s)
        except FileProtected:
            raise
        except FileError:
            if kind not in _NESTING:
                raise
            # A file inside made the reading fail: describe at least the outer file.
            return await self._sandbox.run(worker_functions.read.read_outside_only, data, name)

    async def _read_in_time(
        self, data: bytes, name: str, can_draw: bool, until: float, most_s: float = math.inf
    ) -> Document:
        """Read as much as the time allows. The reader stops by itself, well before its worker would be killed."""
        left_s = min(most_s, max(0.0, until - time.monotonic()))
        args = (data, name, can_draw, left_s * _READING_SHARE)
        try:
            return await self._sandbox.run(worker_functions.read.read_document, *args, timeout_s=left_s)
        except FileError as error:
            if not error.ended_the_reader:
                raise
        left_s = min(most_s, max(0.0, until - time.monotonic()))
        args = (data, name, can_draw, left_s * _READING_SHARE)
        return await self._sandbox.run(worker_functions.read.read_with_less, *args, timeout_s=left_s)

    async def render(
        self,
        data: bytes,
        document: Document,
        tokens: Mapping[int, int],
        *,
        limit_s: float = READ_LIMIT_S,
        progress: Progress = _silent,
    ) -> Drawn:
        """Return (number, picture) of the pages in `tokens`, which maps page number to most tokens.

        A page that cannot be drawn is missing.
        """
        pages = [page for page in document.pages if page.number in tokens and page.can_be_shown]
        until = time.monotonic() + limit_s
        drawn: list[tuple[int, PreparedImage]] = []
        for start in range(0, len(pages), _PAGES_PER_DRAWING):
            try:
                async with asyncio.timeout(until - time.monotonic()):
                    await self._draw(data, pages[start : start + _PAGES_PER_DRAWING], tokens, drawn)
            except TimeoutError:
                break
            progress(min(start + _PAGES_PER_DRAWING, len(pages)), len(pages))
        return tuple(sorted(drawn, key=lambda page: page[0]))

    async def crop(
        self, data: bytes, document: Document, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """Draw the part of a page inside `box` (left, top, right, bottom; 0 to 1000) at full resolution.

        Return None when the page has no picture. Raises ValueError, with a sentence for the model, when the box is
        outside 0 to 1000, reversed or empty.
        """
        check_box(box)
        page = document.page(number)
        if page is None or not page.can_be_shown:
            return None
        steps, rest = _split(page.source)
        unpacked = await self._unpacked(data, steps)
        return await self._sandbox.run(
            worker_functions.pages_to_images.crop, unpacked, rest, box, max_tokens, self._tesseract
        )

    async def _draw(
        self, data: bytes, pages: Sequence[Page], tokens: Mapping[int, int], drawn: list[tuple[int, PreparedImage]]
    ) -> None:
        """Draw a batch of pages and add them to `drawn`; pages that need no conversion come first.

        When these fail together, they are drawn one by one.
        """
        by_steps: dict[tuple[str, ...], list[Wanted]] = {}
        for page in pages:
            steps, rest = _split(page.source)
            by_steps.setdefault(steps, []).append((page.number, rest, tokens[page.number]))
        for steps, wanted in sorted(by_steps.items(), key=lambda group: len(group[0])):
            try:
                unpacked = await self._unpacked(data, steps)
                drawn += await self._sandbox.run(
                    worker_functions.pages_to_images.draw, unpacked, wanted, self._tesseract
                )
            except FileError:
                if steps or len(wanted) == 1:
                    continue
                await self._draw_singly(data, wanted, drawn)

    async def _draw_singly(
        self, data: bytes, wanted: Sequence["Wanted"], drawn: list[tuple[int, PreparedImage]]
    ) -> None:
        for page in wanted:
            with contextlib.suppress(FileError):
                drawn += await self._sandbox.run(
                    worker_functions.pages_to_images.draw, data, [page], self._tesseract, timeout_s=_ONE_PAGE_S
                )

    async def _unpacked(self, data: bytes, steps: tuple[str, ...]) -> bytes:
        """Return the file that holds the pictures, after the conversions that `steps` name."""
        for step in steps:
            kind, _, to = step.partition(":")
            if kind == "as":
                data = await self._convert(data, sniff(data).kind, to)
            else:
                data = await self._sandbox.run(worker_functions.pages_to_images.inside, data, step)
        return data

    async def _read_old(self, data: bytes, name: str, kind: str, until: float) -> Document:
        await self._sandbox.run(worker_functions.read.refuse_locked_office, data, kind)
        modern = MODERN[kind]
        try:
            left_s = max(0.0, until - time.monotonic())
            limit_s = min(left_s * _READING_SHARE, self.office_s) if kind in READ_BY_US_TOO else left_s
            to_convert = with_old_numbers(data) if kind == "rtf" else data
            converted = await self._convert_within(limit_s, to_convert, kind, modern)
            document = await self._read_converted(converted, data, name, kind, until)
        except FileError as error:
            if kind not in READ_BY_US_TOO:
                raise
            try:
                return await self._read_in_time(data, name, False, until)
            except FileUnsupported:
                raise error from None  # this error would say that LibreOffice is missing
        pages = tuple(
            replace(page, source=(f"as:{modern}", *page.source)) if page.source else page for page in document.pages
        )
        notes = (REPAIRED,) if kind == "rtf" and is_cut_short_rtf(data) else ()
        return replace(document, kind=kind, pages=pages, notes=(*notes, *document.notes))

    async def _read_converted(self, converted: bytes, data: bytes, name: str, kind: str, until: float) -> Document:
        if kind in OLD_BOOKS:
            with contextlib.suppress(FileError):
                left_s = max(0.0, until - time.monotonic())
                return await self._sandbox.run(
                    worker_functions.read.read_converted_book, converted, data, left_s * _READING_SHARE
                )
        return await self._read_in_time(converted, name, True, until)

    async def _convert_within(self, limit_s: float, data: bytes, kind: str, to: str) -> bytes:
        """Convert within `limit_s`, which includes waiting for other conversions."""
        try:
            async with asyncio.timeout(limit_s):
                return await self._convert(data, kind, to, limit_s)
        except TimeoutError:
            raise FileTooSlow(f"{kind} to {to}") from None

    async def _convert(self, data: bytes, kind: str, to: str, limit_s: float = math.inf) -> bytes:
        key = hashlib.sha256(data).hexdigest(), to
        async with self._converting:
            error, until = self._refused.get(key, (None, 0.0))
            if error is not None and time.monotonic() < until:  # each batch of pages asks for it again
                raise error
            known = self._converted.pop(key, None)
            converted = known if known is not None else await self._convert_or_remember(key, data, kind, limit_s)
            if len(converted) <= _KEPT_BYTES:
                self._converted[key] = converted
            while len(self._converted) > _KEPT_CONVERSIONS:
                self._converted.pop(next(iter(self._converted)))
        return converted

    async def _convert_or_remember(self, key: tuple[str, str], data: bytes, kind: str, limit_s: float) -> bytes:
        try:
            return await self._converted_now(data, kind, key[1], min(limit_s, self.office_s))
        except FileError as error:
            self._refused[key] = error, time.monotonic() + _REFUSED_S
            while len(self._refused) > _KEPT_REFUSALS:
                self._refused.pop(next(iter(self._refused)))
            raise

    async def _converted_now(self, data: bytes, kind: str, to: str, limit_s: float) -> bytes:
        folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="glm-office-", dir=self._sandbox.folder)
        try:
            return await self._sandbox.run(convert, data, kind, to, self._soffice, folder, timeout_s=limit_s)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _split(source: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (the steps up to the last conversion, the steps inside the converted file)."""
    last = max((at for at, step in enumerate(source) if step.startswith(("as:", "office:"))), default=-1)
    before, rest = source[: last + 1], source[last + 1 :]
    if before and before[-1].startswith("office:"):
        return (*before[:-1], "as:pdf"), (before[-1].replace("office:", "page:"),)
    return before, rest

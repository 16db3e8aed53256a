"""Documents off the event loop: the text of all pages first, pictures of chosen pages after.

Everything that touches a file runs in the sandbox, in batches, each with a time limit: a page that cannot be read costs
that page, not the file.
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
_NESTING = {"zip", "msg", "tnef", "text"}  # when something inside breaks the whole, there is still something to say
_SOFT = 0.6  # of the time a file has: what was read by then has to be put into pages and to be sent
_PAGES_PER_DRAWING = 4
_ONE_PAGE_S = 3.0
_OFFICE_S = 20.0
_KEPT_CONVERSIONS = 3
_KEPT_REFUSALS = 20
_REFUSED_S = 60.0
_KEPT_BYTES = 64 * 1024 * 1024

TAKEN_PICTURES = ("png", "jpeg", "gif", "webp")  # by models

Drawn = tuple[tuple[int, PreparedImage], ...]


def _silent(_done: int, _all: int) -> None:
    return


class DocumentReader:
    """`soffice` is LibreOffice's program, `tesseract` Tesseract's, which tells which way up a scan is: found when None,
    not used when empty. Raises FileErrors with words.
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
        """The text of all pages, and which of them want looking at; of a PDF after `limit_s` as far as it got."""
        kind = sniff(data, name).kind
        if kind == "pdf":
            return await PdfReading(self._sandbox, data, limit_s, progress).document()
        try:
            async with asyncio.timeout(limit_s):
                return await self._read_whole(data, name, kind, time.monotonic() + limit_s)
        except TimeoutError:
            raise FileTooSlow(f"{kind} after {limit_s:g} s") from None

    async def web_page(self, data: bytes, content_type: str, url: str) -> PageContent:
        """`content_type` is the header as it came, `url` where it was found."""
        return await self._sandbox.run(worker_functions.web_page.read_web_page, data, content_type, url)

    def picture_mime(self, data: bytes) -> str:
        """By its first bytes; empty for what is none of the kinds that models take."""
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
            # Something inside broke the whole: at least say what there is.
            return await self._sandbox.run(worker_functions.read.read_outside_only, data, name)

    async def _read_in_time(
        self, data: bytes, name: str, can_draw: bool, until: float, most_s: float = math.inf
    ) -> Document:
        """As far as it gets: the reader is told when to come to its end, well before it would be killed."""
        left_s = min(most_s, max(0.0, until - time.monotonic()))
        args = (data, name, can_draw, left_s * _SOFT)
        try:
            return await self._sandbox.run(worker_functions.read.read_document, *args, timeout_s=left_s)
        except FileError as error:
            if not error.ended_the_reader:
                raise
        left_s = min(most_s, max(0.0, until - time.monotonic()))
        args = (data, name, can_draw, left_s * _SOFT)
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
        """(number, picture) of the pages named in `tokens` (number → most tokens); what cannot be drawn is missing."""
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
        return tuple(sorted(drawn, key=lambda one: one[0]))

    async def crop(
        self, data: bytes, document: Document, number: int, box: Box, max_tokens: int
    ) -> PreparedImage | None:
        """The part of a page inside `box` (left, top, right, bottom; 0 to 1000), drawn at full resolution.

        None when the page has no picture. Raises ValueError, with a sentence for the model, for a box outside 0 to
        1000, reversed or empty.
        """
        check_box(box)
        page = document.page(number)
        if page is None or not page.can_be_shown:
            return None
        steps, rest = _split(page.source)
        ground = await self._ground(data, steps)
        return await self._sandbox.run(
            worker_functions.pages_to_images.crop, ground, rest, box, max_tokens, self._tesseract
        )

    async def _draw(
        self, data: bytes, pages: Sequence[Page], tokens: Mapping[int, int], drawn: list[tuple[int, PreparedImage]]
    ) -> None:
        """One batch onto `drawn`, what needs no conversion first; when it fails, its pages one by one."""
        by_ground: dict[tuple[str, ...], list[Wanted]] = {}
        for page in pages:
            steps, rest = _split(page.source)
            by_ground.setdefault(steps, []).append((page.number, rest, tokens[page.number]))
        for steps, wanted in sorted(by_ground.items(), key=lambda one: len(one[0])):
            try:
                ground = await self._ground(data, steps)
                drawn += await self._sandbox.run(worker_functions.pages_to_images.draw, ground, wanted, self._tesseract)
            except FileError:
                if steps or len(wanted) == 1:
                    continue
                await self._draw_singly(data, wanted, drawn)

    async def _draw_singly(
        self, data: bytes, wanted: Sequence["Wanted"], drawn: list[tuple[int, PreparedImage]]
    ) -> None:
        for one in wanted:
            with contextlib.suppress(FileError):
                drawn += await self._sandbox.run(
                    worker_functions.pages_to_images.draw, data, [one], self._tesseract, timeout_s=_ONE_PAGE_S
                )

    async def _ground(self, data: bytes, steps: tuple[str, ...]) -> bytes:
        """The file that the pictures are in, after the conversions that `steps` name."""
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
            limit_s = min(left_s * _SOFT, self.office_s) if kind in READ_BY_US_TOO else left_s
            made_of = with_old_numbers(data) if kind == "rtf" else data
            converted = await self._convert_within(limit_s, made_of, kind, modern)
            found = await self._read_converted(converted, data, name, kind, until)
        except FileError as error:
            if kind not in READ_BY_US_TOO:
                raise
            try:
                return await self._read_in_time(data, name, False, until)
            except FileUnsupported:
                raise error from None  # it would say that LibreOffice is missing
        pages = tuple(
            replace(page, source=(f"as:{modern}", *page.source)) if page.source else page for page in found.pages
        )
        notes = (REPAIRED,) if kind == "rtf" and is_cut_short_rtf(data) else ()
        return replace(found, kind=kind, pages=pages, notes=(*notes, *found.notes))

    async def _read_converted(self, converted: bytes, data: bytes, name: str, kind: str, until: float) -> Document:
        if kind in OLD_BOOKS:
            with contextlib.suppress(FileError):
                left_s = max(0.0, until - time.monotonic())
                return await self._sandbox.run(
                    worker_functions.read.read_converted_book, converted, data, left_s * _SOFT
                )
        return await self._read_in_time(converted, name, True, until)

    async def _convert_within(self, limit_s: float, data: bytes, kind: str, to: str) -> bytes:
        """In this time, in which other conversions may have to end first."""
        try:
            async with asyncio.timeout(limit_s):
                return await self._convert(data, kind, to, limit_s)
        except TimeoutError:
            raise FileTooSlow(f"{kind} to {to}") from None

    async def _convert(self, data: bytes, kind: str, to: str, limit_s: float = math.inf) -> bytes:
        key = hashlib.sha256(data).hexdigest(), to
        async with self._converting:
            error, until = self._refused.get(key, (None, 0.0))
            if error is not None and time.monotonic() < until:  # every batch of pages asks again
                raise error
            known = self._converted.pop(key, None)
            made = known if known is not None else await self._remembering(key, data, kind, limit_s)
            if len(made) <= _KEPT_BYTES:
                self._converted[key] = made
            while len(self._converted) > _KEPT_CONVERSIONS:
                self._converted.pop(next(iter(self._converted)))
        return made

    async def _remembering(self, key: tuple[str, str], data: bytes, kind: str, limit_s: float) -> bytes:
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
    """(the way to what comes out of the last conversion, the way inside that)."""
    last = max((at for at, step in enumerate(source) if step.startswith(("as:", "office:"))), default=-1)
    before, rest = source[: last + 1], source[last + 1 :]
    if before and before[-1].startswith("office:"):
        return (*before[:-1], "as:pdf"), (before[-1].replace("office:", "page:"),)
    return before, rest

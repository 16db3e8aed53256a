"""An address → what is there, as the model reads it: text as Markdown, a main picture, or a document's bytes.

Every address that is opened, pictures included, goes through the same guard; what answers is bounded in time and size.
"""

import asyncio
from dataclasses import dataclass, replace

import aiohttp
from yarl import URL

from bot.internet.download import Body, download, web_session
from bot.internet.guard import Guard, IsInward, Resolve, is_inward, resolve, web_url
from bot.internet.html import MOST_CHARS, decode, read_html
from bot.internet.refusals import PageTooSlow, PageUnreadable, WebError

USER_AGENT = "Mozilla/5.0 (compatible; GLM-in-Slack; reads links that people share)"
MOST_BYTES = 5_000_000
MOST_PICTURE_BYTES = 3_000_000
# Less than this is an icon or a counter, whatever the page says.
LEAST_PICTURE_BYTES = 1_000
IN_ALL_S = 20.0
PICTURE_S = 5.0
LOOK_UP_S = 5.0
HTML = frozenset({"text/html", "application/xhtml+xml"})
TEXTS = ("text/", "application/json", "application/xml", "application/javascript", "application/x-ndjson")
DOCUMENTS = (
    "application/pdf", "application/rtf", "application/epub+zip", "application/msword", "application/vnd.ms-", "image/",
    "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.", "application/zip",
)  # fmt: skip
# What servers say of files that they know nothing of, or that a browser shall save and not show.
UNKNOWN = frozenset({
    "", "application/octet-stream", "binary/octet-stream", "application/binary", "application/download",
    "application/force-download", "application/x-download", "application/zip", "application/x-zip-compressed",
    "application/x-pdf", "application/acrobat",
})  # fmt: skip
OOXML = "application/vnd.openxmlformats-officedocument."
ZIPPED = (
    (b"word/document", f"{OOXML}wordprocessingml.document"),
    (b"xl/workbook", f"{OOXML}spreadsheetml.sheet"),
    (b"ppt/presentation", f"{OOXML}presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
)
MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


@dataclass(frozen=True, slots=True)
class Page:
    """`url` is the last one after redirects. `text` is Markdown; `data` the bytes of what is no text: a PDF, a picture.

    `picture` is the page's main one (PNG, JPEG, GIF or WebP), unchanged. `is_cut`: there was more text.
    """

    url: str
    status: int
    mime: str
    title: str = ""
    text: str = ""
    picture: bytes | None = None
    picture_mime: str = ""
    data: bytes = b""
    is_cut: bool = False


class Internet:
    """`is_inward` and `resolve` are the tests' way to a server on this machine; leave them alone otherwise."""

    def __init__(
        self, *, is_inward: IsInward = is_inward, resolve: Resolve = resolve, user_agent: str = USER_AGENT
    ) -> None:
        self._is_inward = is_inward
        self._resolve = resolve
        self._user_agent = user_agent

    def refuse_at_sight(self, url: str) -> None:
        """Raises AddressRefused for what the address itself says; looks nothing up."""
        parsed = web_url(url)
        self._guard(parsed).look_at_sight(parsed)

    async def refuse_inward(self, url: str) -> None:
        """Raises AddressRefused. A name that is not known, or not in time, passes: opening it looks again."""
        parsed = web_url(url)
        try:
            async with asyncio.timeout(LOOK_UP_S):
                await self._guard(parsed).look_at(parsed)
        except OSError:
            return

    async def fetch(self, url: str) -> Page:
        """Raises the WebError that fits. A page that answers with an error comes as it is, with its `status`."""
        try:
            async with asyncio.timeout(IN_ALL_S):
                guard = self._guard(web_url(url))
                async with web_session(guard, self._user_agent) as session:
                    body = await download(session, guard, url, MOST_BYTES)
                    return await self._read(session, guard, body)
        except TimeoutError as error:
            raise PageTooSlow(f"The page was not there after {IN_ALL_S:.0f} s.") from error

    async def load(self, url: str) -> tuple[int, str, bytes]:
        """Status, content type and bytes as they came: for the browser. Raises the WebError that fits."""
        try:
            async with asyncio.timeout(IN_ALL_S):
                guard = self._guard(web_url(url))
                async with web_session(guard, self._user_agent) as session:
                    body = await download(session, guard, url, MOST_BYTES)
        except TimeoutError as error:
            raise PageTooSlow(f"Nothing was there after {IN_ALL_S:.0f} s.") from error
        return body.status, body.content_type, body.data

    def _guard(self, url: URL) -> Guard:
        return Guard(self._is_inward, self._resolve, url.port)

    async def _read(self, session: aiohttp.ClientSession, guard: Guard, body: Body) -> Page:
        mime = kind_of(body)
        page = Page(body.url, body.status, mime)
        if mime in HTML:
            reading = await asyncio.to_thread(read_html, body.data, body.content_type, body.url)
            page = replace(page, title=reading.title, text=reading.text, is_cut=reading.is_cut)
            return await self._with_picture(session, guard, page, reading.pictures)
        if is_text(mime):
            text = decode(body.data, body.content_type)
            return replace(page, text=text[:MOST_CHARS], is_cut=len(text) > MOST_CHARS)
        if not mime.startswith(DOCUMENTS):
            raise PageUnreadable(f"It is {mime or 'of no known kind'}, which cannot be read.")
        picture_mime = picture_kind(body.data)
        picture = body.data if picture_mime and len(body.data) <= MOST_PICTURE_BYTES else None
        return replace(page, data=body.data, picture=picture, picture_mime=picture_mime if picture else "")

    async def _with_picture(
        self, session: aiohttp.ClientSession, guard: Guard, page: Page, addresses: tuple[str, ...]
    ) -> Page:
        """The first of them that is a picture. The page is worth having without one, so nothing here fails."""
        try:
            async with asyncio.timeout(PICTURE_S):
                for address in addresses:
                    data = await _picture(session, guard, address)
                    if data:
                        return replace(page, picture=data, picture_mime=picture_kind(data))
        except TimeoutError:
            pass
        return page


async def _picture(session: aiohttp.ClientSession, guard: Guard, address: str) -> bytes:
    try:
        body = await download(session, guard, address, MOST_PICTURE_BYTES)
    except WebError:
        return b""
    is_good = body.status == 200 and len(body.data) >= LEAST_PICTURE_BYTES and picture_kind(body.data)
    return body.data if is_good else b""


def picture_kind(data: bytes) -> str:
    """By its first bytes; empty for what is none of the four kinds that models take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in MAGIC if data.startswith(magic)), "")


def is_text(mime: str) -> bool:
    return mime.startswith(TEXTS) or (mime.endswith(("+json", "+xml")) and not mime.startswith("image/"))


def kind_of(body: Body) -> str:
    """What the server says it is, or, where it says nothing, what it looks like. A PDF is one whatever it says."""
    head = body.data[:1024]
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if body.mime not in UNKNOWN:
        return body.mime
    if head.startswith(b"PK\x03\x04"):  # the names of its files stand in it as they are
        return next((mime for name, mime in ZIPPED if name in body.data), "application/zip")
    if b"<html" in head.lower() or b"<!doctype html" in head.lower():
        return "text/html"
    if picture_kind(head):
        return picture_kind(head)
    try:
        body.data.decode()
    except UnicodeDecodeError:
        return body.mime
    return "" if b"\0" in head else "text/plain"

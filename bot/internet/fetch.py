"""Internet turns an address into what the model reads: Markdown, a main picture, or the bytes of a document.

Every address, those of pictures included, passes the same guard, and answers are limited in time and size. Their bytes
are read elsewhere (PageReader), where a hostile page can do no harm.
"""

import asyncio
from dataclasses import replace

import aiohttp
from yarl import URL

from bot.core.files.web_page import FetchedPage, PageReader
from bot.internet.download import Body, download, web_session
from bot.internet.guard import Guard, IsInward, Resolve, is_inward, resolve, web_url
from bot.internet.refusals import PageTooSlow, PageUnreadable, WebError

USER_AGENT = "Mozilla/5.0 (compatible; GLM-in-Slack; reads links that people share)"
MOST_BYTES = 5_000_000
MOST_PICTURE_BYTES = 3_000_000
# A smaller picture is an icon or a counter, whatever the page says.
LEAST_PICTURE_BYTES = 1_000
IN_ALL_S = 20.0
PICTURE_S = 5.0
LOOK_UP_S = 5.0


class Internet:
    """Fetches pages. Without a `reader` everything comes as bytes.

    With `is_inward` and `resolve`, tests reach a server on this machine; leave them alone otherwise.
    """

    def __init__(
        self, reader: PageReader | None = None, *, is_inward: IsInward = is_inward, resolve: Resolve = resolve
    ) -> None:
        self._reader = reader
        self._is_inward = is_inward
        self._resolve = resolve

    def refuse_at_sight(self, url: str) -> None:
        """Raise AddressRefused when the address itself shows that it is private. It looks nothing up."""
        parsed = web_url(url)
        self._guard(parsed).look_at_sight(parsed)

    async def refuse_inward(self, url: str) -> None:
        """Raise AddressRefused when the address is private. An unknown or slow name passes, since opening it checks
        again.
        """
        parsed = web_url(url)
        try:
            async with asyncio.timeout(LOOK_UP_S):
                await self._guard(parsed).look_at(parsed)
        except OSError:
            return

    async def fetch(self, url: str) -> FetchedPage:
        """Return what is at an address. A page that answers with an error comes as it is, with its `status`.

        Raises a WebError or a FileError.
        """
        guard = self._guard(web_url(url))
        async with web_session(guard, USER_AGENT) as session:
            return await self._read(session, guard, await self._body(session, guard, url))

    async def load(self, url: str) -> tuple[int, str, bytes]:
        """Return status, content type and bytes as they came, for the browser. Raises a WebError."""
        guard = self._guard(web_url(url))
        async with web_session(guard, USER_AGENT) as session:
            body = await self._body(session, guard, url)
        return body.status, body.content_type, body.data

    async def _body(self, session: aiohttp.ClientSession, guard: Guard, url: str) -> Body:
        try:
            async with asyncio.timeout(IN_ALL_S):
                return await download(session, guard, url, MOST_BYTES)
        except TimeoutError as error:
            raise PageTooSlow(f"Nothing was there after {IN_ALL_S:.0f} s.") from error

    def _guard(self, url: URL) -> Guard:
        return Guard(self._is_inward, self._resolve, url.port)

    async def _read(self, session: aiohttp.ClientSession, guard: Guard, body: Body) -> FetchedPage:
        if self._reader is None:
            return FetchedPage(body.url, body.status, data=body.data)
        found = await self._reader.web_page(body.data, body.content_type, body.url)
        page = FetchedPage(body.url, body.status, found.kind, found.mime, found.title, found.text, is_cut=found.is_cut)
        if not found.is_readable:
            raise PageUnreadable(f"It is {found.mime or 'of no known kind'}, which cannot be read.")
        if not found.is_file:
            return await self._with_picture(session, guard, page, self._reader, found.pictures)
        picture_mime = self._reader.picture_mime(body.data)
        picture = body.data if picture_mime and len(body.data) <= MOST_PICTURE_BYTES else None
        return replace(page, data=body.data, picture=picture, picture_mime=picture_mime if picture else "")

    async def _with_picture(
        self,
        session: aiohttp.ClientSession,
        guard: Guard,
        page: FetchedPage,
        reader: PageReader,
        addresses: tuple[str, ...],
    ) -> FetchedPage:
        """Add the first of the addresses that is a picture. The page counts without one, so nothing here fails."""
        try:
            async with asyncio.timeout(PICTURE_S):
                for address in addresses:
                    data = await _picture(session, guard, address)
                    if mime := reader.picture_mime(data):
                        return replace(page, picture=data, picture_mime=mime)
        except TimeoutError:
            pass
        return page


async def _picture(session: aiohttp.ClientSession, guard: Guard, address: str) -> bytes:
    try:
        body = await download(session, guard, address, MOST_PICTURE_BYTES)
    except WebError:
        return b""
    return body.data if body.status == 200 and len(body.data) >= LEAST_PICTURE_BYTES else b""

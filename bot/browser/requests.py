"""BrowserRequests answers what a page asks for: its own HTML, or what `load` fetches. It never opens the network."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from bot.browser.pipe import Json
from bot.errors import BotError

# Returns status, content type and bytes of an address; raises a BotError. bot.internet's guarded fetch is one.
Load = Callable[[str], Awaitable[tuple[int, str, bytes]]]
Post = Callable[[str, Json], Awaitable[int]]

# Nobody can own this name (RFC 6761). It is a real origin, since pages expect storage and a secure context.
OWN_URL = "https://page.invalid/"
MOST_LOADS = 60
MOST_BYTES = 20_000_000
AT_ONCE = 6
WITHIN = ("data:", "blob:", "about:")


class BrowserRequests:
    """`failure` says why the page itself could not be loaded."""

    def __init__(self, post: Post, html: str, load: Load | None) -> None:
        self._post = post
        self._html = html.encode(errors="replace")
        self._load = load
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._loads = 0
        self._ports = {80, 443}
        self._bytes = 0
        self.failure = ""

    async def answer(self, paused: Json) -> None:
        number, request = paused["requestId"], paused["request"]
        url, method = str(request["url"]), str(request["method"])
        if url.startswith(WITHIN):
            await self._post("Fetch.continueRequest", {"requestId": number})
        elif self._load is None:
            if url == OWN_URL and method == "GET":
                await self._give(number, 200, "text/html; charset=utf-8", self._html)
            else:
                await self._refuse(number)
        elif method == "GET" and self._is_accepted(url):
            self._loads += 1
            await self._give_loaded(number, url, self._load, is_first=self._loads == 1)
        else:
            await self._refuse(number)

    def _is_accepted(self, url: str) -> bool:
        """Accept the page's own port and those of the web: the author of the page chooses what it loads."""
        if not url.startswith(("http://", "https://")) or self._loads >= MOST_LOADS:
            return False
        try:
            port = urlsplit(url).port
        except ValueError:
            return False
        if self._loads == 0 and port:
            self._ports.add(port)
        return not port or port in self._ports

    async def _give_loaded(self, number: str, url: str, load: Load, *, is_first: bool) -> None:
        async with self._slots:
            try:
                status, content_type, data = await load(url)
            except (BotError, OSError, ValueError) as error:
                if is_first:
                    self.failure = str(error)
                await self._refuse(number)
                return
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            await self._refuse(number)
        else:
            await self._give(number, status, content_type, data)

    async def _give(self, number: str, status: int, content_type: str, data: bytes) -> None:
        headers = {"Content-Type": content_type, "Access-Control-Allow-Origin": "*"}
        await self._post(
            "Fetch.fulfillRequest",
            {
                "requestId": number,
                "responseCode": status,
                "responseHeaders": [{"name": name, "value": value} for name, value in headers.items()],
                "body": base64.b64encode(data).decode(),
            },
        )

    async def _refuse(self, number: str) -> None:
        """Refuse a request. “Aborted” leaves a page that tried to go elsewhere as it is."""
        await self._post("Fetch.failRequest", {"requestId": number, "errorReason": "Aborted"})

"""Web servers on this machine that count who connects. 127.0.0.1 plays the internet, 127.0.0.2 what is inside."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import web

from bot.core.files.web_page import PageContent, PageReader
from bot.documents.document_reader import DocumentReader
from bot.documents.sandbox.sandbox import Sandbox
from bot.documents.text.web_page import read_web_page
from bot.internet.fetch import Internet
from bot.internet.guard import Address, Resolve
from bot.serving import stop_listening

OUTSIDE = "127.0.0.1"
INSIDE = "127.0.0.2"


def only_outside(address: Address) -> bool:
    return address != ip_address(OUTSIDE)


@dataclass
class Site:
    """`answers` by path. `connections` counts what was accepted, whether or not it asked for anything."""

    port: int = 0
    connections: int = 0
    answers: dict[str, web.StreamResponse] = field(default_factory=dict)
    seen: list[dict[str, str]] = field(default_factory=list)
    asked: int = 0

    @property
    def origin(self) -> str:
        return f"http://{OUTSIDE}:{self.port}"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        self.asked += 1
        match path:
            case "/slow":
                await asyncio.sleep(1)
            case "/endless":
                return await endless(request)
            case _ if path.startswith("/round"):
                return web.Response(status=302, headers={"Location": f"/round{len(path)}{path[6:]}"})
        self.seen.append(dict(request.headers))
        return self.answers.get(path) or web.Response(status=404, text="nothing here")


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    try:
        while True:
            await response.write(b"x" * 65536)
    except (ConnectionError, asyncio.CancelledError):
        return response


@asynccontextmanager
async def serving(host: str = OUTSIDE, port: int = 0) -> AsyncIterator[Site]:
    site = Site()
    server = web.Server(site.answer, access_log=None)

    class Counting:
        """aiohttp's protocol factory, counted: it is called once for each accepted connection."""

        def __call__(self) -> asyncio.BaseProtocol:
            site.connections += 1
            return server()

    listener = await asyncio.get_running_loop().create_server(Counting(), host, port)
    site.port = listener.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        await stop_listening(listener)
        await server.shutdown(0.1)
        await listener.wait_closed()


def names(*answers: str | Sequence[str]) -> Resolve:
    """A DNS that gives these answers one after another, the last one for ever."""
    left = [[answer] if isinstance(answer, str) else list(answer) for answer in answers]

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


class ReadHere(DocumentReader):
    """As the processes do that read files, in this one."""

    def __init__(self) -> None:
        super().__init__(Sandbox(), "", "")

    async def web_page(self, data: bytes, content_type: str, url: str) -> PageContent:
        return read_web_page(data, content_type, url)


def internet(*answers: str | Sequence[str], reader: PageReader | None = None) -> Internet:
    resolve = names(*(answers or (OUTSIDE,)))
    return Internet(reader or ReadHere(), is_inward=only_outside, resolve=resolve)

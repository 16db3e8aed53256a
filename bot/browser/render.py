"""Browser turns HTML or an address into a picture of the page and its visible text.

It speaks the DevTools protocol over a pipe without a library: choreographer would start threads and a resident browser,
and it knows neither limits nor request interception. This is a few hundred lines less.
"""

import asyncio
import struct
from dataclasses import dataclass

from bot.browser.pipe import Pipe
from bot.browser.process import CONFINEMENTS, Confinement, find_browser, running
from bot.browser.refusals import BrowserGone, BrowserMissing, RenderFailed
from bot.browser.requests import Load
from bot.browser.tab import Screenshot, Tab
from bot.core.drawing import RenderedPage

RENDER_S = 10.0
HTML_PATIENCE_S = 3.0
URL_PATIENCE_S = 5.0
MOST_HTML_CHARS = 10_000_000
SIDES = range(16, 4001)


@dataclass(frozen=True, slots=True)
class _RenderRequest:
    html: str
    url: str
    width: int
    height: int


class Browser:
    """Renders pages. Nothing is kept running: each page has its own browser, at most `at_once` at a time.

    `program` is looked up on PATH when it is not given. `load` fetches what pages need that are rendered by address;
    without it only HTML is rendered. It belongs to one event loop.
    """

    def __init__(self, program: str | None = None, *, load: Load | None = None, at_once: int = 2) -> None:
        self._program = find_browser() if program is None else program
        self._load = load
        self._slots = asyncio.Semaphore(at_once)
        self._confinements = CONFINEMENTS

    @property
    def is_there(self) -> bool:
        return bool(self._program)

    @property
    def confinement(self) -> Confinement:
        """The strictest confinement that has worked so far, or the next one to try."""
        return self._confinements[0]

    async def render(self, html: str = "", url: str = "", width: int = 1280, height: int = 800) -> RenderedPage:
        """Render a page. `html` sees no network. `width` and `height` are the window's; the picture is as high as the
        page.

        Raises BrowserMissing, and RenderFailed after 10 s at the latest, not counting the wait for a free place.
        """
        if not self._program:
            raise BrowserMissing
        if bool(html) == bool(url):
            raise RenderFailed("Give either the HTML or the address of a page.")
        if url and (self._load is None or not url.startswith(("http://", "https://"))):
            raise RenderFailed("Only http:// and https:// addresses are rendered.")
        if len(html) > MOST_HTML_CHARS or width not in SIDES or height not in SIDES:
            raise RenderFailed(f"The page is too large, or its window not {SIDES[0]} to {SIDES[-1]} pixels a side.")
        async with self._slots:
            try:
                async with asyncio.timeout(RENDER_S):
                    shot = await self._run(_RenderRequest(html, url, width, height))
            except TimeoutError as error:
                raise RenderFailed(f"The page was not rendered within {RENDER_S:.0f} s and was stopped.") from error
        return RenderedPage(shot.png, *_size(shot.png), shot.text)

    async def _run(self, request: _RenderRequest) -> Screenshot:
        """Use the strictest confinement in which a browser starts on this machine, and remember it."""
        for at, confinement in enumerate(self._confinements):
            async with running(self._program, confinement) as process:
                pipe = Pipe(process)
                try:
                    await pipe.post("Browser.getVersion", {})
                    await pipe.read()
                except BrowserGone:
                    continue
                self._confinements = self._confinements[at:]
                return await self._shoot(pipe, request)
        raise BrowserGone("The browser does not start on this machine.")

    async def _shoot(self, pipe: Pipe, request: _RenderRequest) -> Screenshot:
        failure: RenderFailed | None = None
        async with asyncio.TaskGroup() as tasks:
            tab: Tab | None = None
            try:
                tab = await Tab.create(pipe, tasks, request.width, request.height)
                if request.url:
                    shot = await tab.shoot("", request.url, self._load, URL_PATIENCE_S)
                else:
                    shot = await tab.shoot(request.html, "", None, HTML_PATIENCE_S)
            except RenderFailed as error:  # raised below, since the task group would wrap it in a group
                failure = error
            finally:
                if tab is not None:
                    tab.stop()
        if failure is not None:
            raise failure
        return shot


def _size(png: bytes) -> tuple[int, int]:
    if png[:8] != b"\x89PNG\r\n\x1a\n" or len(png) < 24:
        raise RenderFailed("The browser made no picture.")
    width, height = struct.unpack(">II", png[16:24])
    return width, height

"""Tab is one page in one browser: it opens the page, lets it settle, and takes its picture.

Whoever waits for an answer reads everything that the browser says meanwhile; there is no separate reader.
"""

import asyncio
import base64
import contextlib
import math
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from bot.browser.pipe import Json, Pipe
from bot.browser.refusals import RenderFailed, RequestRefused
from bot.browser.requests import OWN_URL, BrowserRequests

MOST_HEIGHT = 4000
MOST_TEXT_CHARS = 200_000
MOST_NAVIGATIONS = 3
MOST_DIALOGS = 20
MOST_TASKS = 200
READY = (
    "document.fonts.ready.then(() => new Promise(done => "
    "requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))"
)
# The contents of fields are not in the document's text, so they are added. A password counts as nothing.
VISIBLE_TEXT = f"""(() => {{
const filled = field => field.matches("[type=password]") && field.value ? "" : field.value || field.placeholder || "";
const fields = [...document.querySelectorAll(
    "input:not([type=hidden],[type=checkbox],[type=radio],[type=range],[type=color]),textarea")]
  .filter(field => field.checkVisibility({{visibilityProperty: true}})).map(filled).filter(Boolean);
return document.body ? [document.body.innerText, ...fields].join("\\n").slice(0, {MOST_TEXT_CHARS}) : "";
}})()"""
RESTLESS = "The page keeps loading itself again."


@dataclass(frozen=True, slots=True)
class Screenshot:
    png: bytes
    text: str


class Tab:
    def __init__(self, pipe: Pipe, tasks: asyncio.TaskGroup, session: str) -> None:
        self._pipe = pipe
        self._tasks = tasks
        self._session = session
        self._running: set[asyncio.Task[None]] = set()
        self._requests: BrowserRequests | None = None
        self._frame = ""
        self._navigations = 0
        self._dialogs = 0
        self._is_loaded = False

    @classmethod
    async def create(cls, pipe: Pipe, tasks: asyncio.TaskGroup, width: int, height: int) -> "Tab":
        """Open a tab in its own browser context, which keeps nothing on disk."""
        opener = cls(pipe, tasks, "")
        context = (await opener.call("Target.createBrowserContext", {}))["browserContextId"]
        await opener.call("Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context})
        target = await opener.call(
            "Target.createTarget",
            {"url": "about:blank", "browserContextId": context, "width": width, "height": height},
        )
        attachment = await opener.call("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        tab = cls(pipe, tasks, attachment["sessionId"])
        tab._frame = target["targetId"]
        view = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        for method, params in (("Emulation.setDeviceMetricsOverride", view), ("Inspector.enable", {})):
            await tab.post(method, params)  # they are done in order, before the calls below
        # Waited for: if it took effect after the page has loaded, its load event would never come.
        await tab.call("Page.enable", {})
        await tab.call("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        return tab

    async def post(self, method: str, params: Json) -> int:
        return await self._pipe.post(method, params, self._session)

    async def call(self, method: str, params: Json) -> Json:
        """Return the result. Raises RequestRefused when the browser refuses, RenderFailed for what happens to the
        page.
        """
        number = await self.post(method, params)
        while True:
            message = await self._pipe.read()
            if message.get("id") == number:
                break
            await self._handle(message)
        if "error" in message:
            raise RequestRefused(f"The browser refused {method}: {message['error'].get('message')}.")
        result: Json = message["result"]
        return result

    async def shoot(self, html: str, url: str, load: Any, patience_s: float) -> Screenshot:
        self._requests = BrowserRequests(self.post, html, load)
        navigation = await self.call("Page.navigate", {"url": url or OWN_URL})
        if self._requests.failure or navigation.get("errorText"):
            raise RenderFailed(self._requests.failure or f"The page could not be opened ({navigation['errorText']}).")
        for _ in range(MOST_NAVIGATIONS):
            with contextlib.suppress(RequestRefused):  # the page went elsewhere just then
                await self._settle(patience_s)
                return await self._capture()
        raise RenderFailed(RESTLESS)

    def stop(self) -> None:
        for task in self._running:
            task.cancel()

    async def _settle(self, patience_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while not self._is_loaded:
                    await self._handle(await self._pipe.read())
                await self._evaluate(READY)

    async def _capture(self) -> Screenshot:
        size = await self.call("Page.getLayoutMetrics", {})
        width, height = size["cssLayoutViewport"]["clientWidth"], size["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": width, "height": max(1, min(MOST_HEIGHT, math.ceil(height))), "scale": 1}
        text = await self._evaluate(VISIBLE_TEXT)
        picture = await self.call(
            "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip}
        )
        return Screenshot(base64.b64decode(picture["data"]), text if isinstance(text, str) else "")

    async def _evaluate(self, expression: str) -> Any:
        """Run the expression in an isolated world, which the page's scripts can't change."""
        world = await self.call("Page.createIsolatedWorld", {"frameId": self._frame})
        context = world["executionContextId"]
        answer = await self.call(
            "Runtime.evaluate",
            {"expression": expression, "contextId": context, "awaitPromise": True, "returnByValue": True},
        )
        return answer["result"].get("value")

    async def _handle(self, message: Json) -> None:
        params = message.get("params") or {}
        match message.get("method"):
            case "Fetch.requestPaused" if self._requests is not None:
                self._start_task(self._requests.answer(params))
            case "Page.loadEventFired":
                self._is_loaded = True
            case "Page.frameNavigated" if not params["frame"].get("parentId"):
                self._note_navigation(str(params["frame"]["id"]))
            case "Page.javascriptDialogOpening":
                await self._close_dialog()
            case "Inspector.targetCrashed":
                raise RenderFailed("The page broke down, most likely because it needs too much memory.")

    def _start_task(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._running) >= MOST_TASKS:
            work.close()
            raise RenderFailed("The page asks for too much at once.")
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _note_navigation(self, frame: str) -> None:
        self._frame = frame
        self._is_loaded = False
        self._navigations += 1
        if self._navigations > MOST_NAVIGATIONS:
            raise RenderFailed(RESTLESS)

    async def _close_dialog(self) -> None:
        self._dialogs += 1
        if self._dialogs > MOST_DIALOGS:
            raise RenderFailed("The page keeps opening dialogs.")
        await self.post("Page.handleJavaScriptDialog", {"accept": False})

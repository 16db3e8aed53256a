"""One page in one browser: opened, given a moment to settle, photographed. Whatever it does meanwhile is answered here.

Everything that the browser says is read by whoever waits for something; there is no reader beside it.
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
# What stands in fields is no text of the document. A password is dots.
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
        """In a context of its own, which keeps nothing on disk."""
        opener = cls(pipe, tasks, "")
        context = (await opener.call("Target.createBrowserContext", {}))["browserContextId"]
        await opener.call("Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context})
        made = await opener.call(
            "Target.createTarget",
            {"url": "about:blank", "browserContextId": context, "width": width, "height": height},
        )
        attached = await opener.call("Target.attachToTarget", {"targetId": made["targetId"], "flatten": True})
        tab = cls(pipe, tasks, attached["sessionId"])
        tab._frame = made["targetId"]
        view = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        for method, params in (("Emulation.setDeviceMetricsOverride", view), ("Inspector.enable", {})):
            await tab.post(method, params)  # done in this order, before what is waited for
        # Waited for: where it takes effect after the page has loaded, its loading is never told.
        await tab.call("Page.enable", {})
        await tab.call("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        return tab

    async def post(self, method: str, params: Json) -> int:
        return await self._pipe.post(method, params, self._session)

    async def call(self, method: str, params: Json) -> Json:
        """Raises Refused when the browser does not do it, RenderFailed for what happens to the page meanwhile."""
        number = await self.post(method, params)
        while True:
            message = await self._pipe.read()
            if message.get("id") == number:
                break
            await self._hear(message)
        if "error" in message:
            raise RequestRefused(f"The browser refused {method}: {message['error'].get('message')}.")
        result: Json = message["result"]
        return result

    async def shoot(self, html: str, url: str, load: Any, patience_s: float) -> Screenshot:
        self._requests = BrowserRequests(self.post, html, load)
        opened = await self.call("Page.navigate", {"url": url or OWN_URL})
        if self._requests.failure or opened.get("errorText"):
            raise RenderFailed(self._requests.failure or f"The page could not be opened ({opened['errorText']}).")
        for _ in range(MOST_NAVIGATIONS):
            with contextlib.suppress(RequestRefused):  # it went elsewhere just then
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
                    await self._hear(await self._pipe.read())
                await self._evaluate(READY)

    async def _capture(self) -> Screenshot:
        size = await self.call("Page.getLayoutMetrics", {})
        width, height = size["cssLayoutViewport"]["clientWidth"], size["cssContentSize"]["height"]
        clip = {"x": 0, "y": 0, "width": width, "height": max(1, min(MOST_HEIGHT, math.ceil(height))), "scale": 1}
        text = await self._evaluate(VISIBLE_TEXT)
        shot = await self.call("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
        return Screenshot(base64.b64decode(shot["data"]), text if isinstance(text, str) else "")

    async def _evaluate(self, expression: str) -> Any:
        """In a world of its own, where the page's scripts have changed nothing."""
        world = await self.call("Page.createIsolatedWorld", {"frameId": self._frame})
        context = world["executionContextId"]
        answer = await self.call(
            "Runtime.evaluate",
            {"expression": expression, "contextId": context, "awaitPromise": True, "returnByValue": True},
        )
        return answer["result"].get("value")

    async def _hear(self, message: Json) -> None:
        params = message.get("params") or {}
        match message.get("method"):
            case "Fetch.requestPaused" if self._requests is not None:
                self._beside(self._requests.answer(params))
            case "Page.loadEventFired":
                self._is_loaded = True
            case "Page.frameNavigated" if not params["frame"].get("parentId"):
                self._moved(str(params["frame"]["id"]))
            case "Page.javascriptDialogOpening":
                await self._close_dialog()
            case "Inspector.targetCrashed":
                raise RenderFailed("The page broke down, most likely because it needs too much memory.")

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._running) >= MOST_TASKS:
            work.close()
            raise RenderFailed("The page asks for too much at once.")
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _moved(self, frame: str) -> None:
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

"""A local Slack, a scripted app behind it, and pages of it in a real Chromium."""

import shutil
from collections.abc import Callable
from functools import cached_property
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, ViewportSize

from bot.browser.process import OWN_PAGES
from bot.playground.server import LocalSlack
from tests.checks import PATIENCE_S
from tests.playground.browser.app import ScriptedApp

CHROMIUM = shutil.which("chromium") or ""
ARGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--in-process-gpu",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", f"--disable-features={OWN_PAGES}",
]  # fmt: skip
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


# Seen before each test: no pointer over anything, nothing written down.
LEAVE = "localStorage.clear(); sessionStorage.clear()"
NOWHERE = (-10, -10)


class Pages:
    """Pages of one Chromium, used by one test after the other: a new one costs more than most of what is done in it."""

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        self._free: dict[str, list[Page]] = {}

    async def take(self, traits: dict[str, Any], *, is_fresh: bool) -> Page:
        free = [] if is_fresh else self._free.get(str(traits), [])
        if free:
            return free.pop()
        context = await self._chromium.new_context(locale="en-GB", **traits)
        context.set_default_timeout(PATIENCE_S * 1000)
        return await context.new_page()

    async def give_back(self, page: Page, traits: dict[str, Any], *, is_fresh: bool) -> None:
        if is_fresh:
            await page.context.close()
            return
        await page.evaluate(LEAVE)
        await page.goto("about:blank")
        await page.mouse.move(*NOWHERE)
        self._free.setdefault(str(traits), []).append(page)


class Screen:
    """A local Slack, its scripted app and the pages that a test has open."""

    def __init__(self, slack: LocalSlack, app: ScriptedApp, pages: Pages) -> None:
        self.slack, self.app, self._pages = slack, app, pages
        self.said: list[str] = []
        self._open: list[tuple[Page, dict[str, Any], bool]] = []

    async def open(
        self, address: str = "", viewport: ViewportSize = WIDE, *, is_fresh: bool = False, **traits: Any
    ) -> Page:
        """`is_fresh`: for a test after which nobody can use the page any more."""
        traits = {"viewport": viewport, **traits}
        page = await self._pages.take(traits, is_fresh=is_fresh)
        self._open.append((page, traits, is_fresh))
        for event, listener in self._listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        await page.goto(f"{self.slack.workspace.file_origin}/{address}")
        return page

    async def close(self) -> None:
        for page, traits, is_fresh in self._open:
            for event, listener in self._listeners.items():
                page.remove_listener(event, listener)
            await self._pages.give_back(page, traits, is_fresh=is_fresh)

    @cached_property
    def _listeners(self) -> dict[str, Callable[[Any], None]]:
        return {
            "console": lambda message: self.said.append(message.text),
            "pageerror": lambda error: self.said.append(str(error)),
            "requestfailed": lambda request: self.said.append(f"failed: {request.url}"),
        }

"""A local Slack, a scripted app behind it, and pages of it in a real Chromium."""

import shutil
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, ViewportSize

from bot.playground.checks import PATIENCE_S
from bot.playground.server import LocalSlack
from tests.browser.app import ScriptedApp

CHROMIUM = shutil.which("chromium") or ""
ARGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


class Screen:
    """A local Slack, its scripted app and one open page."""

    def __init__(self, slack: LocalSlack, app: ScriptedApp, chromium: Chromium) -> None:
        self.slack, self.app, self._chromium = slack, app, chromium
        self.said: list[str] = []

    async def open(self, address: str = "", viewport: ViewportSize = WIDE, **traits: Any) -> Page:
        context = await self._chromium.new_context(viewport=viewport, locale="en-GB", **traits)
        context.set_default_timeout(PATIENCE_S * 1000)
        page = await context.new_page()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("requestfailed", lambda request: self.said.append(f"failed: {request.url}"))
        await page.goto(f"{self.slack.workspace.file_origin}/{address}")
        return page

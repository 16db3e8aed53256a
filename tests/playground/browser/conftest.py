"""A local Slack with its page, and a session whose requests go to it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser as Chromium
from playwright.async_api import async_playwright, expect

from bot.playground.browser.browser import Browser
from bot.playground.browser.rendering.context import RenderContext
from bot.playground.server import LocalSlack
from bot.playground.workspace.workspace import seeded_workspace
from tests.checks import PATIENCE_S
from tests.playground.browser.app import ScriptedApp, scripted
from tests.playground.browser.person import Person
from tests.playground.browser.screen import ARGS, CHROMIUM, Pages, Screen

ANA = "U0ANA0000"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
SAMPLES = {"checkout-error.png": PICTURE, "sales-chart.png": PICTURE, "floor-plan.png": PICTURE}


@pytest.fixture
def context() -> RenderContext:
    return RenderContext(seeded_workspace(), ANA)


@pytest.fixture
async def page() -> AsyncIterator[LocalSlack]:
    slack = LocalSlack(enforce_rates=False, file_processing_s=0.0)
    browser = Browser(slack, model_label="z-ai/glm-4.6v", is_offline=False, samples=SAMPLES)
    browser.commands = [{"command": "/summarize", "description": "Summarise"}]
    browser.mount(slack.web_app)
    async with slack.serve():
        yield slack


@pytest.fixture
async def app(page: LocalSlack) -> AsyncIterator[ScriptedApp]:
    async with scripted(page) as found:
        found.pause_s = 0.01
        yield found


@pytest.fixture
async def session(page: LocalSlack) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(page.workspace.file_origin) as found:
        yield found


@pytest.fixture
def ana(session: aiohttp.ClientSession) -> Person:
    return Person(session)


@pytest.fixture
def ben(session: aiohttp.ClientSession) -> Person:
    return Person(session, "Ben")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_S * 1000)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS, timeout=PATIENCE_S * 1000)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def pages(chromium: Chromium) -> Pages:
    return Pages(chromium)


@pytest_asyncio.fixture(loop_scope="session")
async def screen(pages: Pages) -> AsyncIterator[Screen]:
    slack = LocalSlack(enforce_rates=False, file_processing_s=0.0)
    browser = Browser(slack, model_label="z-ai/glm-4.6v", is_offline=True, samples=SAMPLES)
    browser.commands = [{"command": "/summarize", "description": "Summarise a document", "usage_hint": "[link]"}]
    browser.mount(slack.web_app)
    async with slack.serve(), scripted(slack) as app:
        found = Screen(slack, app, pages)
        yield found
        await found.close()
        assert found.said == []

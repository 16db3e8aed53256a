"""The demo's stage: the shipped bot and the playground in this process, the scripted model, and a real Chromium."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, Locator, Page, ViewportSize, async_playwright, expect
from pydantic import SecretStr

from bot.bootstrap import build_services
from bot.browser.process import OWN_PAGES
from bot.glm.offline.offline import OfflineModel
from bot.playground.browser.browser import Browser
from bot.playground.samples import draw_all
from bot.playground.server import LocalSlack
from bot.processes import run_services
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from bot.slack.manifest import manifest
from scripts.demo.model import DEMOS, LABEL, PACE, Play

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--disable-features={OWN_PAGES}",
]  # fmt: skip
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 45_000


@dataclass
class Stage:
    slack: LocalSlack
    chromium: Chromium
    folder: Path

    async def open(self, address: str = "#/Ana/dm", viewport: ViewportSize = DESK) -> Page:
        context = await self.chromium.new_context(viewport=viewport, locale="en-GB", color_scheme="light")
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: print(f"the page: {error}", file=sys.stderr))
        await page.goto(f"{self.slack.workspace.file_origin}/{address}")
        await expect(page.locator("#place-title")).not_to_be_empty()
        return page

    async def shoot(self, page: Page, name: str) -> None:
        await page.mouse.move(2, 2)  # no toolbar of a message in the picture
        await page.wait_for_timeout(350)
        await page.screenshot(path=str(self.folder / f"{name}.png"))

    async def command(self, words: str) -> None:
        name, _, rest = words.partition(" ")
        await self.slack.people.slash_command("Ana", "@glm", name, rest)


async def ask(page: Page, words: str, *files: tuple[str, bytes]) -> Locator:
    """Sends it in the place or the thread that is open; gives the thread."""
    thread = page.locator("#thread")
    where = "#thread" if await thread.is_visible() else "#place"
    kinds = {"png": "image/png", "pdf": "application/pdf"}
    given: list[FilePayload] = [
        {"name": name, "mimeType": kinds[name.rpartition(".")[2]], "buffer": data} for name, data in files
    ]
    if given:
        await page.locator(f"{where} input[type=file]").set_input_files(given)
    await page.locator(f"{where} .foot textarea").fill(words)
    await page.keyboard.press("Enter")
    return thread


async def answered(thread: Locator, count: int = 1) -> Locator:
    """The latest answer, once there are so many that can be rated."""
    ready = thread.locator(".message.by-app").filter(has=thread.page.get_by_text("Regenerate", exact=True))
    await ready.nth(count - 1).wait_for()
    return ready.last


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncGenerator[Stage]:
    folder.mkdir(parents=True, exist_ok=True)
    slack, model = LocalSlack(), OfflineModel(Play(DEMOS), pace=PACE, flavour="vllm", record=0)
    asked_for = manifest()
    slack.events = set(asked_for["settings"]["event_subscriptions"]["bot_events"])
    slack.scopes = set(asked_for["oauth_config"]["scopes"]["bot"])
    browser = Browser(slack, model_label=LABEL, is_offline=False, samples=draw_all())
    browser.commands = asked_for["features"].get("slash_commands", [])
    browser.shortcuts = asked_for["features"].get("shortcuts", [])
    slack.has_home = asked_for["features"]["app_home"]["home_tab_enabled"]
    browser.mount(slack.web_app)
    with tempfile.TemporaryDirectory(prefix="glm-demo-") as data:
        async with (
            slack.serve(),
            model.serve() as base_url,
            embedded_redis(Path(data)) as redis_url,
            async_playwright() as playwright,
            _running_bot(slack, base_url, redis_url, Path(data)),
        ):
            chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield Stage(slack, chromium, folder)
            await chromium.close()


@asynccontextmanager
async def _running_bot(slack: LocalSlack, base_url: str, redis_url: str, data: Path) -> AsyncGenerator[None]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=SecretStr(slack.bot_token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_app_token=None,
        slack_api_url=slack.api_url,
        glm_base_url=base_url,
        glm_api_key=SecretStr("offline"),
        glm_model="glm-4.6v",
        glm_provider="vllm",
        host="127.0.0.1",
        port=0,
        data_dir=data,
        mcp_config=_servers(data),
        shutdown_grace_s=2.0,
    )
    ready, stop = asyncio.Event(), asyncio.Event()

    def listening(port: int) -> None:
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        ready.set()

    async with build_services(settings, redis_url) as services, asyncio.TaskGroup() as group:
        group.create_task(run_services(services, stop, listening=listening))
        await ready.wait()
        try:
            yield
        finally:
            stop.set()


def _servers(data: Path) -> Path:
    file = data / "mcp.json"
    server = {"command": sys.executable, "args": [str(Path(__file__).with_name("tickets.py"))]}
    file.write_text(json.dumps({"mcpServers": {"tickets": server}}))
    return file

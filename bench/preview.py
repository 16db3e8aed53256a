"""How soon a screenshot has become a page to look at: Chromium, comparing, laying side by side, uploading."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Row, Section, median
from bench.page import HTML
from bench.running import Running
from bench.spending import PATIENCE_S, Meter, Turn, finished
from bench.texts import MAKE_PAGE
from bot.browser.render import Browser
from bot.documents.drawing_client import SandboxPainter
from bot.documents.sandbox.sandbox import Sandbox
from bot.playground.workspace.records import Message
from tests import checks

SCREENSHOT, PREVIEW = "screenshot.png", "preview_1.png"
TITLE = "From a screenshot to its page"
NO_BROWSER = "skipped: neither chromium-headless-shell nor chromium is on PATH"
ALIKE = "like the original"


@dataclass(frozen=True, slots=True)
class Made:
    """`preview_s`: question to the picture in the thread, without the model's share."""

    preview_s: float
    turn: Turn


@dataclass(frozen=True, slots=True)
class Parts:
    """The same steps, called directly; seconds."""

    render_s: float
    compare_s: float
    pair_s: float


async def section(running: Running, log: Path, turns: int) -> Section:
    browser = Browser()
    if not browser.is_there:
        return Section(TITLE, NO_BROWSER, ())
    picture = (await browser.render(HTML)).data
    made = [await _made(running, log, picture) for _ in range(turns + 1)]
    parts = await _parts(browser, picture, turns + 1)
    how = (
        f"the first time, and the median of {turns} more; model instant, its time left out; the picture is one of "
        f"the same page, so that nothing is improved; Chromium in “{browser.confinement}”, started for each page"
    )
    return Section(TITLE, how, _rows(made, parts), ("first", "again"))


async def _made(running: Running, log: Path, picture: bytes) -> Made:
    file = running.slack.people.upload("Ana", SCREENSHOT, picture)
    meter = await Meter.open(running, log)
    asked = running.slack.people.post("Ana", "@glm", MAKE_PAGE, files=[file])
    await checks.wait_for(lambda: _is_shown(running, asked), PATIENCE_S, "the preview")
    shown_s = running.slack.time.now() - meter.began_s
    await finished(running, asked, ALIKE)
    turn = await meter.read()
    return Made(shown_s - turn.model_s, turn)


def _is_shown(running: Running, asked: Message) -> bool:
    workspace = running.slack.workspace
    ids = {file.id for file in workspace.files.values() if file.name == PREVIEW}
    messages = [message for message in workspace.thread(asked.channel, asked.ts) if message.bot_id]
    return any(ids & {*message.files, *_ids(message)} for message in messages)


def _ids(message: Message) -> list[str]:
    blocks = [*message.blocks, *(message.stream.blocks if message.stream else ())]
    return [str(block.get("slack_file", {}).get("id")) for block in blocks]


async def _parts(browser: Browser, picture: bytes, count: int) -> list[Parts]:
    async with Sandbox(workers=1) as sandbox:
        painter = SandboxPainter(sandbox)
        return [
            Parts(
                await _took_s(lambda: browser.render(HTML)),
                await _took_s(lambda: painter.compare(picture, picture)),
                await _took_s(lambda: painter.side_by_side(picture, picture, ("Original", "Page"))),
            )
            for _ in range(count)
        ]


async def _took_s(work: Callable[[], Awaitable[object]]) -> float:
    began_s = time.monotonic()
    await work()
    return time.monotonic() - began_s


def _rows(made: list[Made], parts: list[Parts]) -> tuple[Row, ...]:
    def row(name: str, figures: list[float], unit: str) -> Row:
        return Row(name, figures[0], median(figures[1:]), unit)

    return (
        row("question to preview", [one.preview_s for one in made], "s"),
        row("  Chromium: start, render, stop", [one.render_s for one in parts], "s"),
        row("  comparing", [one.compare_s for one in parts], "s"),
        row("  laying side by side", [one.pair_s for one in parts], "s"),
        row("question to page, all of it", [one.turn.own_s for one in made], "s"),
        row("CPU of the bot, without Chromium", [one.turn.cpu_s for one in made], "s"),
        row("requests to the model", [one.turn.requests for one in made], ""),
        row("Slack calls", [one.turn.calls.total() for one in made], ""),
    )

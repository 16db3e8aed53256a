"""What four tools cost a turn."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import preview
from bench.documents import paper
from bench.figures import Row, Section, median
from bench.running import Running, bot, model
from bench.script import PAPER, PICTURE, TOOLS
from bench.spending import Meter, Turn, finished
from bench.texts import LAST_WORD, Tools, question
from bot.playground.workspace.records import StoredFile
from tests.documents.drawn_pages import landscape, png

CHUNKS = 50
PAGES = 4
ORDERS: tuple[Tools, Tools, Tools] = ("none", "in one reply", "one by one")


async def sections(turns: int) -> list[Section]:
    """And from a screenshot to a page, which a tool of the bot's own makes."""
    with tempfile.TemporaryDirectory(prefix="bench-tools-") as folder:
        log = Path(folder) / "model"
        async with model(0, 0, log=log) as base_url, bot("ours", base_url, enforce_rates=True) as running:
            found = {order: await _turns(running, log, order, turns) for order in ORDERS}
            return [*_tool_sections(found, turns), await preview.section(running, log, turns)]


async def _turns(running: Running, log: Path, order: Tools, turns: int) -> list[Turn]:
    """A picture and a document with each question; the first is unmeasured, so that both are known."""
    files = (_file(running, PICTURE, png(landscape(1600, 1000))), _file(running, PAPER, paper(PAGES)))
    return [await _turn(running, log, order, files) for _ in range(turns + 1)][1:]


def _file(running: Running, name: str, data: bytes) -> StoredFile:
    return running.slack.people.upload("Ana", name, data)


async def _turn(running: Running, log: Path, order: Tools, files: Sequence[StoredFile]) -> Turn:
    meter = await Meter.open(running, log)
    asked = running.slack.people.post("Ana", "@glm", question(CHUNKS, tools=order), files=files)
    await finished(running, asked, LAST_WORD)
    return await meter.read()


def _tool_sections(found: dict[Tools, list[Turn]], turns: int) -> list[Section]:
    names = ", ".join(name for name, _ in TOOLS)
    how = (
        f"{names}; the same picture and {PAGES} pages with every question, known from before; answers of {CHUNKS} "
        f"tokens; median of {turns}; model instant, its time left out; wcode's prices; tiers on"
    )
    return [
        Section(f"Four tools {order}, beside none", how, _rows(found[order], found["none"]), ("four", "none"))
        for order in ORDERS[1:]
    ]


def _rows(four: list[Turn], none: list[Turn]) -> tuple[Row, ...]:
    def row(name: str, unit: str, figure: Callable[[Turn], float]) -> Row:
        return Row(name, median([figure(turn) for turn in four]), median([figure(turn) for turn in none]), unit)

    return (
        row("time without the model's", "ms", lambda turn: turn.own_s * 1000),
        row("  until the model is first asked", "ms", lambda turn: turn.asked_s * 1000),
        row("CPU of the bot", "ms", lambda turn: turn.cpu_s * 1000),
        row("requests to the model", "", lambda turn: turn.requests),
        row("tokens in", "", lambda turn: turn.used.tokens_in),
        row("tokens out", "", lambda turn: turn.used.tokens_out),
        row("a thousand such turns", "CNY", lambda turn: turn.used.cny * 1000),
        row("Slack calls", "", lambda turn: turn.calls.total()),
    )

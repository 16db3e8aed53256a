"""A long PDF, sent to the bot with a question, and a second question about it in the same thread."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path

from bench.asking import SIGNS
from bench.documents import PAGES, paper
from bench.figures import Row, Section
from bench.resources import Memory
from bench.running import Running, bot, model
from bench.spending import Meter, Turn, finished
from bench.texts import LAST_WORD, question
from bot.playground.workspace.records import Message

CHUNKS, MORE_CHUNKS = 50, 60
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Asked:
    """`peak_mb`: the most memory that the bot, its helpers and Redis had at a time (PSS)."""

    sign_s: float
    turn: Turn
    peak_mb: float


async def section() -> Section:
    with tempfile.TemporaryDirectory(prefix="bench-paper-") as folder:
        log = Path(folder) / "model"
        async with model(0, 0, log=log) as base_url, bot("ours", base_url, enforce_rates=True) as running:
            await _asked(running, log, None, CHUNKS)
            idle_mb = _mb(running.memory())
            first, root = await _asked(running, log, paper(PAGES), CHUNKS)
            again, _ = await _asked(running, log, None, MORE_CHUNKS, root)
    how = f"by direct message, through the bot; model instant, its time left out; tiers on; idle: {idle_mb:.0f} MB"
    return Section(f"A question about {PAGES} pages", how, _rows(first, again), ("first", "second"))


async def _asked(
    running: Running, log: Path, data: bytes | None, chunks: int, root: Message | None = None
) -> tuple[Asked, Message]:
    people = running.slack.people
    files = [people.upload("Ana", "long.pdf", data)] if data else []
    meter = await Meter.open(running, log)
    message = people.post("Ana", "@glm", question(chunks), files=files, thread_ts=root.ts if root else None)
    peak_mb = await _peak_mb(running, _answered(running, root or message, meter))
    turn = await meter.read()
    signs = [call.at_s for call in meter.calls if call.method in SIGNS and not call.error]
    return Asked(min(signs) - meter.began_s, turn, peak_mb), root or message


async def _answered(running: Running, root: Message, meter: Meter) -> None:
    """A second answer stands in the same thread, so its own call has to come first."""
    while not any(LAST_WORD in str(call.args) for call in meter.calls):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_S)
    await finished(running, root, LAST_WORD)


async def _peak_mb(running: Running, step: Coroutine[None, None, None]) -> float:
    """Looked at now and then: a peak of a few milliseconds is not seen."""
    most = 0.0
    async with asyncio.TaskGroup() as group:
        answer = group.create_task(step)
        while not answer.done():
            await asyncio.sleep(LOOK_S)
            most = max(most, _mb(running.memory()))
    return most


def _mb(memory: Memory) -> float:
    return memory.bot_pss + memory.redis_pss


def _rows(first: Asked, again: Asked) -> tuple[Row, ...]:
    one, other = first.turn, again.turn
    methods = sorted({*one.calls, *other.calls})
    return (
        Row("first sign", first.sign_s * 1000, again.sign_s * 1000, "ms", "< 50 ms"),
        Row("the model is asked", one.asked_s, other.asked_s, "s"),
        Row("whole answer, without the model", one.own_s, other.own_s, "s"),
        Row("CPU of the bot and its helpers", one.cpu_s, other.cpu_s, "s"),
        Row("peak memory, all processes", first.peak_mb, again.peak_mb, "MB"),
        Row("requests to the model", one.requests, other.requests),
        Row("tokens in", one.used.tokens_in, other.used.tokens_in),
        Row("cost", one.used.cny, other.used.cny, "CNY"),
        Row("Slack calls, downloads too", one.calls.total(), other.calls.total()),
        *(Row(f"  {method}", one.calls[method], other.calls[method]) for method in methods),
    )

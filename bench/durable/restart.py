"""How soon a bot is there, and how soon an answer that was killed in the middle is whole: by the only process, started
again, and by another worker. The model answers at once, so that the time is the bot's.
"""

import asyncio
import itertools
from dataclasses import dataclass
from pathlib import Path

from bench.durable.acks import ask, warm_up
from bench.durable.processes import Place, Program, place
from bench.durable.recovery import CHUNKS, PATIENCE_S, Recovery, is_over, is_right, measure, shown_of
from bench.figures import Row, Section, median
from bench.running import until_listening
from bench.texts import FIRST_WORD, STALLS_FIRST, question
from tests import checks
from tests.ports import free_port

_numbers = itertools.count(1)


def wanted() -> str:
    """Another one each time: the model knows which it was asked before."""
    return f"{next(_numbers)}. {question(CHUNKS, at_once=True)}{STALLS_FIRST}"


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process until it listens, and its CPU seconds until then."""

    ready_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Restart:
    """`first` is of a new folder, `again` after kill -9. `answered_s`: from that start to the whole answer."""

    first: Start
    again: Start
    answered_s: float
    is_right: bool


async def only_process(base_url: str) -> Restart:
    async with place() as here:
        port = free_port()
        here.slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        program, first = await _started(here, "bot", port, ("bot",), _settings(here, base_url, port))
        await warm_up(here, answers=True)
        ts = ask(here, "Ana", wanted()).ts
        await checks.wait_for(lambda: FIRST_WORD in shown_of(here, ts), PATIENCE_S, "the stream to begin")
        await program.kill()
        began_s = here.slack.time.now()
        _, again = await _started(here, "bot again", port, ("bot",), _settings(here, base_url, port))
        await checks.wait_for(lambda: is_over(here, ts), PATIENCE_S, "the whole answer")
        answered_s = here.slack.time.now() - began_s
        await asyncio.sleep(1.0)  # a second answer would begin by now
        return Restart(first, again, answered_s, is_right(here, ts))


async def naive_start(base_url: str) -> Start:
    async with place() as here:
        slack, port = here.slack, free_port()
        words = ("bench.naive", str(port), slack.api_url, slack.bot_token, slack.signing_secret, base_url)
        return (await _started(here, "naive", port, words, {}))[1]


async def another_worker(base_url: str) -> Recovery:
    return await measure(base_url, wanted())


async def _started(
    here: Place, name: str, port: int, words: tuple[str, ...], settings: dict[str, str]
) -> tuple[Program, Start]:
    began_s = here.slack.time.now()
    program = await here.start(name, *words, settings=settings)
    await until_listening(program.process, port, program.log)
    return program, Start(here.slack.time.now() - began_s, program.cpu_s())


def _settings(here: Place, base_url: str, port: int) -> dict[str, str]:
    """Everything in one process, with a Redis of its own."""
    return {
        "SLACK_BOT_TOKEN": here.slack.bot_token,
        "SLACK_SIGNING_SECRET": here.slack.signing_secret,
        "SLACK_API_URL": here.slack.api_url,
        "GLM_BASE_URL": base_url,
        "GLM_API_KEY": "offline",
        "GLM_PROVIDER": "zai",
        "DATA_DIR": str(Path(here.folder) / "data"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_FORMAT": "json",
    }


def section(restarts: list[Restart], others: list[Recovery], naive: list[Start], how: str) -> Section:
    firsts, agains = [one.first for one in restarts], [one.again for one in restarts]
    right = [one.is_right for one in restarts] + [one.is_right for one in others]
    rows = (
        Row("start to listening", _ready_s(firsts), _ready_s(naive), "s", "≤ 1.5 s"),
        Row("  CPU until then", median([one.cpu_s for one in firsts]), median([one.cpu_s for one in naive]), "s"),
        Row("started again after kill -9", _ready_s(agains), _ready_s(naive), "s", "≤ 1.5 s"),
        Row("  its start to the whole answer", median([one.answered_s for one in restarts]), "never", "s", "≤ 4 s"),
        Row("another worker: kill to the whole answer", median([one.answered_s for one in others]), "–", "s", "≤ 6 s"),
        Row("whole, once, nothing left streaming", f"{sum(right)} of {len(right)}", "–"),
    )
    return Section("Start, and kill -9 in the middle of an answer", how, rows)


def _ready_s(starts: list[Start]) -> float:
    return median([one.ready_s for one in starts])

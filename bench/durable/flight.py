"""What web, worker and redis-server take while many slow answers are being written at once."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.durable.acks import ASKERS, ask, first_signs, warm_up
from bench.durable.figures import Table
from bench.durable.processes import Place, durable_bot
from bench.figures import shown
from bench.texts import question

FIRST_TOKEN_S, TOKENS_PER_S = 1.0, 10.0
# Longer than the looking takes, so that none is over before the end of it.
CHUNKS = 600
ASKED_PER_S = 50
GATHER_S = 15.0
COUNTED = ("connections to the model", "threads with a sign", "messages growing as streams")
WORKERS = 2
PROGRAMS = ("web", "worker1", "worker2", "redis")


@dataclass(frozen=True, slots=True)
class Flight:
    """`before` and `after` the window: connections to the model, threads with a sign, messages that grow as streams.
    By process: `idle_mb` before the first turn, `rss_mb` and `cores` in the window.
    """

    asked: int
    before: tuple[int, int, int]
    after: tuple[int, int, int]
    idle_mb: dict[str, float]
    rss_mb: dict[str, float]
    cores: dict[str, float]
    bench_cores: float
    calls_per_s: float


async def measure(base_url: str, turns: int, window_s: float) -> Flight:
    async with durable_bot(base_url, WORKERS) as here:
        await warm_up(here, answers=True)
        idle_mb, old = _rss_mb(here), len(here.slack.calls)
        for number in range(turns):
            ask(here, ASKERS[number % len(ASKERS)], question(CHUNKS))
            await asyncio.sleep(1 / ASKED_PER_S)
        port = urlsplit(base_url).port or 80
        await _until_begun(here, port, old, turns)
        before, calls, at_s = _counts(here, port, old), len(here.slack.calls), time.monotonic()
        cpu, bench_cpu = _cpu_s(here), time.process_time()
        await asyncio.sleep(window_s)
        passed_s = time.monotonic() - at_s
        cores = {name: (after - cpu[name]) / passed_s for name, after in _cpu_s(here).items()}
        return Flight(
            turns,
            before,
            _counts(here, port, old),
            idle_mb,
            _rss_mb(here),
            cores,
            (time.process_time() - bench_cpu) / passed_s,
            (len(here.slack.calls) - calls) / passed_s,
        )


async def _until_begun(here: Place, port: int, old: int, turns: int) -> None:
    """Or until it is clear that not all of them will."""
    for _ in range(int(GATHER_S / 0.1)):
        if min(_counts(here, port, old)[:2]) >= turns:
            return
        await asyncio.sleep(0.1)


def _counts(here: Place, port: int, old: int) -> tuple[int, int, int]:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return open_connections(lines, port), len(first_signs(here.slack.calls[old:])), len(here.slack.live_streams)


def open_connections(lines: list[str], port: int) -> int:
    """To this port, by the lines of /proc/net/tcp: number, own address, the other's, state (01 is established) …"""
    return sum(fields[2].endswith(f":{port:04X}") and fields[3] == "01" for fields in map(str.split, lines))


def _rss_mb(here: Place) -> dict[str, float]:
    return {name: here.programs[name].rss_mb() for name in PROGRAMS}


def _cpu_s(here: Place) -> dict[str, float]:
    return {name: here.programs[name].cpu_s() for name in PROGRAMS}


def table(found: Flight, how: str) -> Table:
    lines: list[tuple[str, ...]] = [
        (
            name,
            f"{found.cores[name] * 100:.1f} %",
            shown(found.idle_mb[name], "MB"),
            shown(found.rss_mb[name], "MB"),
            shown(found.rss_mb[name] - found.idle_mb[name], "MB"),
        )
        for name in PROGRAMS
    ]
    lines += [
        ("the local Slack, in the bench", f"{found.bench_cores * 100:.1f} %", "", "", ""),
        ("  at the window's start, its end:", "", "", "", ""),
        *(
            (name, str(start), str(end), "", "")
            for name, start, end in zip(COUNTED, found.before, found.after, strict=True)
        ),
        ("Slack calls a second", f"{found.calls_per_s:.0f}", "", "", ""),
    ]
    head = ("", "CPU, of a core", "RSS before", "RSS with them", "more")
    return Table(f"{found.asked} turns in flight, {WORKERS} workers", how, head, tuple(lines))

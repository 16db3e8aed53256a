"""`python -m bench [--quick] [section …]`: our bot beside a naive one, every figure of the same run on this machine."""

import argparse
import asyncio
import gc
import os
import platform
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from bench import checking, chunks, delivery, documents, events, long_paper, minute, timing, tools
from bench.chunks import Amount
from bench.durable import durable
from bench.figures import Section, printed
from bench.running import NAMES, Name, Running, bot, floors_us, model
from bench.script import FIRST_TOKEN_S

TOKENS_PER_S = 80.0
# Fast enough to be over soon, slow enough that chunks come one by one.
CPU_TOKENS_PER_S = 800.0

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. `is_side_by_side`: both bots at once, sooner done and less exact."""

    turns: int
    burst_s: float
    cpu: Amount
    long_per_s: int
    pages: int
    is_side_by_side: bool
    left_out: tuple[str, ...] = ()


FULL = Scale(
    turns=3,
    burst_s=5.0,
    cpu=Amount(4_000, 8_000, 10, 10.0),
    long_per_s=800,
    pages=documents.PAGES,
    is_side_by_side=False,
)
QUICK = Scale(
    turns=1,
    burst_s=1.5,
    cpu=Amount(1_000, 4_000, 3, 2.0),
    long_per_s=3_200,
    pages=60,
    is_side_by_side=True,
    left_out=("events", "checks"),
)


@asynccontextmanager
async def both(base_url: str, *, enforce_rates: bool) -> AsyncIterator[dict[Name, Running]]:
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(bot(name, base_url, enforce_rates=enforce_rates)) for name in NAMES
        }


async def of_each(
    bots: dict[Name, Running], measure: Callable[[Running], Awaitable[Found]], *, at_once: bool
) -> dict[Name, Found]:
    if not at_once:
        return {name: await measure(one) for name, one in bots.items()}
    found = await asyncio.gather(*(measure(one) for one in bots.values()))
    return dict(zip(bots, found, strict=True))


async def time_section(scale: Scale) -> list[Section]:
    pace = f"{timing.CHUNKS} tokens at {TOKENS_PER_S:.0f}/s, first after {FIRST_TOKEN_S} s"
    async with model(FIRST_TOKEN_S, TOKENS_PER_S) as base_url, both(base_url, enforce_rates=False) as bots:
        found = await of_each(bots, lambda one: timing.measure(one, scale.turns), at_once=scale.is_side_by_side)
    turn = "both bots at once" if scale.is_side_by_side else "one bot after the other"
    how = f"{pace}; median of {scale.turns} warm turns, {turn}; no tiers, under which the naive bot finishes none"
    return [timing.section(found, how)]


async def event_section(scale: Scale) -> list[Section]:
    async with model(0, 0) as base_url, both(base_url, enforce_rates=False) as bots:
        found = await of_each(bots, lambda one: events.measure(one, scale.burst_s), at_once=False)
    how = f"{scale.burst_s:g} s each, mentions in threads of their own, 2 events a mention; model instant; no tiers"
    return [events.section(found, how)]


async def check_section(scale: Scale) -> list[Section]:
    async with (
        model(0, 0) as base_url,
        bot("ours", base_url, enforce_rates=False, settings=checking.all_checks) as checked,
        bot("ours", base_url, enforce_rates=False) as plain,
    ):
        found = await checking.measure(checked, plain, scale.turns, scale.burst_s)
    how = (
        f"two of our bots in turn, {scale.turns} times: a turn of {checking.CHUNKS} chunks by each door, then mentions"
    )
    return [checking.section(found, f"{how} for {scale.burst_s:g} s; model instant; no tiers")]


async def cpu_section(scale: Scale) -> list[Section]:
    async with model(0, CPU_TOKENS_PER_S) as base_url, both(base_url, enforce_rates=False) as bots:
        floors = await floors_us(base_url, scale.cpu.chunks)
        found = await of_each(bots, lambda one: chunks.measure(one, scale.cpu), at_once=scale.is_side_by_side)
    how = (
        f"user + system time above idle; answers of {scale.cpu.chunks:,} chunks at {CPU_TOKENS_PER_S:.0f}/s and of "
        f"{scale.cpu.at_once:,} in one go; Slack calls included; no tiers"
    )
    return [
        chunks.cpu_section(found, floors, how),
        chunks.idle_section(found, f"CPU over {scale.cpu.idle_s:.0f} s; ours is all in one, with its embedded Redis"),
    ]


async def delivery_section(scale: Scale) -> list[Section]:
    async with model(FIRST_TOKEN_S, TOKENS_PER_S) as base_url, both(base_url, enforce_rates=True) as bots:
        at_once = scale.is_side_by_side
        found = await of_each(bots, lambda one: delivery.measure(one, scale.long_per_s, at_once=at_once), at_once=True)
    how = (
        f"{TOKENS_PER_S:.0f} tokens/s, long ones {scale.long_per_s:,}/s, first after {FIRST_TOKEN_S} s; Slack's tiers "
        f"enforced, full before each answer; both bots at once{', and both doors' if at_once else ''}"
    )
    answers = [delivery.section(door, found, how) for door in timing.DOORS]
    return answers if scale.is_side_by_side else [*answers, *await minute_section(scale)]


async def minute_section(_: Scale) -> list[Section]:
    async with (
        model(FIRST_TOKEN_S, TOKENS_PER_S) as base_url,
        both(base_url, enforce_rates=True) as some,
        both(base_url, enforce_rates=True) as others,
    ):
        evenly, at_once = await asyncio.gather(
            of_each(some, lambda one: minute.measure(one, minute.EVENLY_S), at_once=True),
            of_each(others, lambda one: minute.measure(one, 0), at_once=True),
        )
    how = f"{timing.CHUNKS} tokens each, one channel, a thread for each; Slack's tiers enforced; all bots at once"
    return [
        minute.section(f"{minute.ANSWERS} mentions evenly over {minute.EVENLY_S:.0f} s", evenly, how),
        minute.section(f"{minute.ANSWERS} mentions at the same time", at_once, how),
    ]


async def document_section(scale: Scale) -> list[Section]:
    return [*documents.sections(), await documents.long_section(scale.pages), await long_paper.section()]


async def tool_section(scale: Scale) -> list[Section]:
    return await tools.sections(scale.turns)


async def durable_section(scale: Scale) -> list[Section]:
    return await durable.sections(is_quick=scale.is_side_by_side)


SECTIONS = {
    "time": time_section,
    "events": event_section,
    "checks": check_section,
    "cpu": cpu_section,
    "delivery": delivery_section,
    "tools": tool_section,
    "documents": document_section,
    "durable": durable_section,
}
PARTS = {"minute": minute_section}  # of the others, when asked for alone

NOTE = """\
Measured: real processes over real HTTP; CPU and memory from /proc (10 ms ticks), children included. The local Slack
runs in this process, the model in another, so neither is counted. Latencies contain the local Slack's own work. Only
reading alone (documents, but for the question about a long one) and the steps of a page are called directly.
Not measured: Slack's and the model's real networks, what a real model says and how long it thinks, Socket Mode, many
workspaces. The naive bot keeps nothing: no queue, no memory, no order, no second try; and it reads no files."""


async def run(scale: Scale, wanted: list[str]) -> None:
    began_s = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n", flush=True)
    for name in wanted or (name for name in SECTIONS if name not in scale.left_out):
        for section in await (SECTIONS | PARTS)[name](scale):
            print(printed(section), flush=True)
    print(NOTE)
    print(f"Took {time.monotonic() - began_s:.0f} s.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="our bot beside a naive one")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="under 90 s: fewer turns, and without the busy minute and events, of which durable has some",
    )
    names = [*SECTIONS, *PARTS]
    parser.add_argument("sections", nargs="*", metavar="section", help=f"only these of {', '.join(names)}")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.sections if name not in names]:
        parser.error(f"no section {', '.join(unknown)}; there are {', '.join(names)}")
    # A full collection here holds the local Slack for 50 ms, which would be read as the bots being late.
    gc.disable()
    asyncio.run(run(QUICK if chosen.quick else FULL, chosen.sections))


if __name__ == "__main__":
    main()

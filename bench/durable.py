"""The bot as separate processes over a real Redis: acknowledgement, recovery, restart, and many turns at once."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench import durable_acks, durable_flight, durable_recovery, durable_restart
from bench.durable_acks import Burst, burst, warm_up
from bench.durable_figures import Table, printed
from bench.durable_processes import bare_receiver, durable_bot
from bench.figures import Section
from bench.running import model

BARE = {"bare Bolt": "bolt", "bare docket": "docket"}


@dataclass(frozen=True, slots=True)
class Amount:
    rates: tuple[int, ...]
    workers: tuple[int, ...]
    burst_s: float
    drain_s: float
    kills: int
    turns: int
    window_s: float


FULL = Amount((50, 200, 500), (1, 2), burst_s=3.0, drain_s=5.0, kills=3, turns=200, window_s=6.0)
QUICK = Amount((200,), (1,), burst_s=1.0, drain_s=1.0, kills=1, turns=100, window_s=3.0)


async def sections(*, is_quick: bool) -> list[Section]:
    """Prints its own tables, those that have more than two columns; gives the others."""
    if is_quick:
        # The recovery is mostly waiting for a lease to run out.
        await asyncio.gather(_shown(recovery(QUICK)), _one_by_one(QUICK, acks, in_flight))
        return [await restart(QUICK)]
    await _one_by_one(FULL, acks, recovery, in_flight)
    return [await restart(FULL)]


async def restart(amount: Amount) -> Section:
    """One after the other: what starts has the machine for itself."""
    async with model(0, 0) as base_url:
        again = [await durable_restart.only_process(base_url) for _ in range(amount.kills)]
        others = [await durable_restart.another_worker(base_url) for _ in range(amount.kills)]
        naive = [await durable_restart.naive_start(base_url) for _ in range(amount.kills)]
    how = (
        f"median of {amount.kills}, one after the other; the model answers at once; ours is all in one with its own "
        f"Redis, written through at each step; the naive bot forgets its answer; load {os.getloadavg()[0]:.1f}"
    )
    return durable_restart.section(again, others, naive, how)


async def _one_by_one(amount: Amount, *parts: Callable[[Amount], Awaitable[Table]]) -> None:
    for part in parts:
        await _shown(part(amount))


async def _shown(found: Awaitable[Table]) -> None:
    print(printed(await found), flush=True)


async def acks(amount: Amount) -> Table:
    found: dict[str, list[Burst]] = {}
    async with model(0, 0) as base_url:
        for name, kind in BARE.items():
            found[name] = await _bare(kind, amount)
        found["ours, web alone"] = await _web_alone(base_url, amount)
        for workers in amount.workers:
            name = f"ours, {workers} worker{'s' * (workers > 1)}"
            found[name] = [await _ours(base_url, workers, rate, amount) for rate in amount.rates]
    how = (
        f"{amount.burst_s:g} s each; direct messages, one event and one thread each; model instant, answers of "
        f"{durable_acks.CHUNKS} chunks; no tiers; start: event sent to the first sign; {amount.drain_s:g} s "
        f"waited after the last event; redis-server with AOF every second; machine: all that runs, of "
        f"{os.cpu_count()} cores"
    )
    return durable_acks.table(found, how)


async def _bare(kind: str, amount: Amount) -> list[Burst]:
    async with bare_receiver(kind) as here:
        await warm_up(here, answers=False)
        return [await burst(here, rate, amount.burst_s, 0) for rate in amount.rates]


async def _web_alone(base_url: str, amount: Amount) -> list[Burst]:
    async with durable_bot(base_url, workers=0) as here:
        await warm_up(here, answers=False)
        return [await burst(here, rate, amount.burst_s, 0) for rate in amount.rates]


async def _ours(base_url: str, workers: int, rate: float, amount: Amount) -> Burst:
    """Fresh processes for each rate, so that what one left in the queue is not the next one's load."""
    async with durable_bot(base_url, workers) as here:
        await warm_up(here, answers=True)
        return await burst(here, rate, amount.burst_s, amount.drain_s)


async def recovery(amount: Amount) -> Table:
    async with model(durable_recovery.FIRST_TOKEN_S, durable_recovery.TOKENS_PER_S) as base_url:
        found = await asyncio.gather(*(durable_recovery.measure(base_url) for _ in range(amount.kills)))
    answer_s = durable_recovery.CHUNKS / durable_recovery.TOKENS_PER_S
    how = (
        f"{amount.kills} at the same time, each with its own Slack, Redis, web and two workers; answers of "
        f"{durable_recovery.CHUNKS} tokens at {durable_recovery.TOKENS_PER_S:.0f}/s, {answer_s:.0f} s when nobody dies"
    )
    return durable_recovery.table(list(found), how)


async def in_flight(amount: Amount) -> Table:
    async with model(durable_flight.FIRST_TOKEN_S, durable_flight.TOKENS_PER_S) as base_url:
        found = await durable_flight.measure(base_url, amount.turns, amount.window_s)
    pace = f"{durable_flight.TOKENS_PER_S:.0f} tokens/s each, first after {durable_flight.FIRST_TOKEN_S:g} s"
    return durable_flight.table(found, f"{pace}; CPU over {amount.window_s:g} s while all of them stream; no tiers")

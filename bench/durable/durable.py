"""The bot as separate processes over a real Redis: acknowledgement, recovery, restart, and many turns at once."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.durable import acks, flight, recovery, restart
from bench.durable.acks import Burst, burst, warm_up
from bench.durable.figures import Table, printed
from bench.durable.processes import bare_receiver, durable_bot
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
        await asyncio.gather(_shown(_recoveries(QUICK)), _one_by_one(QUICK, _acknowledgements, _in_flight))
        return [await _restarts(QUICK)]
    await _one_by_one(FULL, _acknowledgements, _recoveries, _in_flight)
    return [await _restarts(FULL)]


async def _restarts(amount: Amount) -> Section:
    """One after the other: what starts has the machine for itself."""
    async with model(0, 0) as base_url:
        again = [await restart.only_process(base_url) for _ in range(amount.kills)]
        others = [await restart.another_worker(base_url) for _ in range(amount.kills)]
        naive = [await restart.naive_start(base_url) for _ in range(amount.kills)]
    how = (
        f"median of {amount.kills}, one after the other; the model answers at once; ours is all in one with its own "
        f"Redis, written through at each step; the naive bot forgets its answer; load {os.getloadavg()[0]:.1f}"
    )
    return restart.section(again, others, naive, how)


async def _one_by_one(amount: Amount, *parts: Callable[[Amount], Awaitable[Table]]) -> None:
    for part in parts:
        await _shown(part(amount))


async def _shown(found: Awaitable[Table]) -> None:
    print(printed(await found), flush=True)


async def _acknowledgements(amount: Amount) -> Table:
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
        f"{acks.CHUNKS} chunks; no tiers; start: event sent to the first sign; {amount.drain_s:g} s "
        f"waited after the last event; redis-server with AOF every second; machine: all that runs, of "
        f"{os.cpu_count()} cores"
    )
    return acks.table(found, how)


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


async def _recoveries(amount: Amount) -> Table:
    async with model(recovery.FIRST_TOKEN_S, recovery.TOKENS_PER_S) as base_url:
        found = await asyncio.gather(*(recovery.measure(base_url) for _ in range(amount.kills)))
    answer_s = recovery.CHUNKS / recovery.TOKENS_PER_S
    how = (
        f"{amount.kills} at the same time, each with its own Slack, Redis, web and two workers; answers of "
        f"{recovery.CHUNKS} tokens at {recovery.TOKENS_PER_S:.0f}/s, {answer_s:.0f} s when nobody dies"
    )
    return recovery.table(list(found), how)


async def _in_flight(amount: Amount) -> Table:
    async with model(flight.FIRST_TOKEN_S, flight.TOKENS_PER_S) as base_url:
        found = await flight.measure(base_url, amount.turns, amount.window_s)
    pace = f"{flight.TOKENS_PER_S:.0f} tokens/s each, first after {flight.FIRST_TOKEN_S:g} s"
    return flight.table(found, f"{pace}; CPU over {amount.window_s:g} s while all of them stream; no tiers")

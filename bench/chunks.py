"""What a streamed chunk and a turn cost in CPU, and an idle bot in CPU and memory.

Beside it the floor: bare aiohttp reading the same stream and doing nothing.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from bench.asking import one_turn
from bench.figures import Row, Section
from bench.resources import Memory, Spent
from bench.running import Name, Running
from bench.texts import question

PATIENCE_S = 120.0

SHORT_CHUNKS = 10


@dataclass(frozen=True, slots=True)
class Amount:
    """`at_once`: chunks of the answer that comes in one go; more, because they cost so little."""

    chunks: int
    at_once: int
    short_turns: int
    idle_s: float


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds: of one second idle, then above idle of a chunk that comes alone, of one among all the others, and
    of a whole short turn. `calls`: those that wrote the answer whose chunks came alone.
    """

    idle: Spent
    chunk: Spent
    at_once: Spent
    turn: Spent
    calls: int
    fresh: Memory
    worked: Memory


async def measure(bot: Running, amount: Amount) -> Cost:
    await one_turn(bot, "dm", question(SHORT_CHUNKS))
    fresh = bot.memory()
    idle = _per(await _above(bot, asyncio.sleep(amount.idle_s), Spent(0, 0)), amount.idle_s)
    short = await _above(bot, _short_turns(bot, amount.short_turns), idle)
    seen = len(bot.slack.calls)
    long = await _above(bot, one_turn(bot, "dm", question(amount.chunks), PATIENCE_S), idle)
    calls = sum(call.method.startswith("chat.") for call in bot.slack.calls[seen:])
    whole = await _above(bot, one_turn(bot, "dm", question(amount.at_once, at_once=True), PATIENCE_S), idle)
    return Cost(
        idle,
        _per(long, amount.chunks),
        _per(whole, amount.at_once),
        _per(short, amount.short_turns),
        calls,
        fresh,
        bot.memory(),
    )


async def _short_turns(bot: Running, count: int) -> None:
    for _ in range(count):
        await one_turn(bot, "dm", question(SHORT_CHUNKS))


async def _above(bot: Running, step: Awaitable[object], idle: Spent) -> Spent:
    loop = asyncio.get_running_loop()
    before, began_s = bot.spent(), loop.time()
    await step
    passed_s = loop.time() - began_s
    spent = bot.spent() - before
    bot_s, redis_s = spent.bot_s - idle.bot_s * passed_s, spent.redis_s - idle.redis_s * passed_s
    # A clock of 10 ms ticks can make very little come out as less than nothing.
    return Spent(max(0.0, bot_s), max(0.0, redis_s))


def _per(spent: Spent, count: float) -> Spent:
    return Spent(spent.bot_s / count, spent.redis_s / count)


def cpu_section(found: dict[Name, Cost], floors_us: tuple[float, float], how: str) -> Section:
    ours, naive = found["ours"], found["naive"]
    rows = (
        *_chunk_rows("a chunk, coming one by one", ours.chunk, naive.chunk, floors_us[0]),
        Row("  chat.* calls meanwhile", ours.calls, naive.calls),
        *_chunk_rows("a chunk, all coming at once", ours.at_once, naive.at_once, floors_us[1]),
        Row(f"a whole turn of {SHORT_CHUNKS} chunks", ours.turn.bot_s * 1e3, naive.turn.bot_s * 1e3, "ms"),
        Row("  its redis-server", ours.turn.redis_s * 1e3, "–", "ms"),
    )
    return Section("CPU", how, rows)


def _chunk_rows(name: str, ours: Spent, naive: Spent, floor_us: float) -> tuple[Row, ...]:
    mine_us, its_us = ours.bot_s * 1e6, naive.bot_s * 1e6
    return (
        Row(name, mine_us, its_us, "µs"),
        Row("  its redis-server", ours.redis_s * 1e6, "–", "µs"),
        Row("  floor: bare aiohttp, nothing done", floor_us, floor_us, "µs"),
        Row("  above the floor", mine_us - floor_us, its_us - floor_us, "µs", "≤ 30 µs"),
    )


def idle_section(found: dict[Name, Cost], how: str) -> Section:
    ours, naive = found["ours"], found["naive"]
    rows = [
        Row("CPU, bot", ours.idle.bot_s * 100, naive.idle.bot_s * 100, "% of a core"),
        Row("CPU, redis-server", ours.idle.redis_s * 100, "–", "% of a core"),
        Row("CPU, together", (ours.idle.bot_s + ours.idle.redis_s) * 100, naive.idle.bot_s * 100, "", "≤ 2 %"),
    ]
    for title, mine, its in (("after 1 turn", ours.fresh, naive.fresh), ("at the end", ours.worked, naive.worked)):
        rows += [
            Row(f"{title}: RSS, bot", mine.bot_rss, its.bot_rss, "MB"),
            Row("  RSS, redis-server", mine.redis_rss, "–", "MB"),
            Row("  RSS, together", mine.bot_rss + mine.redis_rss, its.bot_rss, "MB", "≤ 120 MB"),
            Row("  PSS, together", mine.bot_pss + mine.redis_pss, its.bot_pss, "MB"),
        ]
    return Section("Idle", how, tuple(rows))

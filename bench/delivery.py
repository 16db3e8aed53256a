"""Answers of three lengths under Slack's tiers, as the asker sees them grow, and as somebody else in the channel."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from math import nan

from bench.asking import SETTLE_S, Door, answer_shown, ask
from bench.durable.acks import first_signs
from bench.figures import Row, Section
from bench.running import Name, Running
from bench.texts import part_there, question
from bench.timing import DOOR_NAMES, DOORS
from bench.watching import OTHER, Watch
from bot.playground.app.installation import Call
from bot.playground.app.rates import Rates

SHORT, USUAL, LONG = 50, 300, 8_000
LENGTHS = {SHORT: "short", USUAL: "usual", LONG: "long"}
WARM_UP_CHUNKS = 10
LOOK_S = 0.01
PATIENCE_S = 150.0
# No call for so long, and nothing more is to be expected. The naive bot tries nothing twice: once refused it is over.
SILENCE_S: dict[Name, float] = {"ours": 15.0, "naive": 2.0}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Seconds since the question; NaN for what did not happen. `other_freeze_s`: somebody else's, in a channel."""

    sign_s: float
    text_s: float
    freeze_s: float
    other_freeze_s: float
    whole_s: float
    part: float
    calls: Counter[str]
    refused: int


Deliveries = dict[tuple[Door, int], Delivery]


async def measure(bot: Running, long_per_s: int, *, at_once: bool) -> Deliveries:
    """`at_once`: both doors at the same time, and without the usual length, which bench.timing has too.

    Before each answer the workspace's tiers are full again.
    """
    await one(bot, "mention", WARM_UP_CHUNKS, 0)
    found: Deliveries = {}
    for chunks in (SHORT, LONG) if at_once else LENGTHS:
        per_s = long_per_s if chunks == LONG else 0
        for doors in [DOORS] if at_once else [(door,) for door in DOORS]:
            bot.slack.rates = Rates(bot.slack.time)
            deliveries = await asyncio.gather(*(one(bot, door, chunks, per_s) for door in doors))
            found |= {(door, chunks): delivery for door, delivery in zip(doors, deliveries, strict=True)}
    return found


async def one(bot: Running, door: Door, chunks: int, per_s: int) -> Delivery:
    slack, seen = bot.slack, len(bot.slack.calls)
    began_s = slack.time.now()
    asked = ask(bot, door, question(chunks, per_s=per_s))
    watch, other = Watch(bot, asked, began_s), Watch(bot, asked, began_s, OTHER)
    while not watch.look() and not is_over(bot, began_s):
        other.look()
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(SETTLE_S)
    other.look()
    calls = [call for call in slack.calls[seen:] if _place(call) in {"", asked.channel}]
    return Delivery(
        first_signs(calls).get(asked.ts, nan) - began_s,
        watch.first_text_s,
        watch.freeze_s if watch.is_whole else nan,
        other.freeze_s if other.is_whole and door == "mention" else nan,
        watch.whole_s,
        part_there(answer_shown(bot, asked), chunks),
        Counter(call.method for call in calls),
        sum(call.status == 429 for call in calls),
    )


def _place(call: Call) -> str:
    return call.args.text("channel") or call.args.text("channel_id")


def is_over(bot: Running, began_s: float) -> bool:
    """No more is to be expected."""
    now_s, calls = bot.slack.time.now(), bot.slack.calls
    last_s = max(calls[-1].at_s if calls else 0.0, began_s)
    return now_s - began_s > PATIENCE_S or now_s - last_s > SILENCE_S[bot.name]


def section(door: Door, found: dict[Name, Deliveries], how: str) -> Section:
    rows: list[Row] = []
    for chunks, length in LENGTHS.items():
        if (door, chunks) not in found["ours"]:
            continue
        ours, naive = found["ours"][door, chunks], found["naive"][door, chunks]
        rows += [
            Row(f"{length}, {chunks:,} tokens: first sign", ours.sign_s * 1000, naive.sign_s * 1000, "ms", "< 50 ms"),
            Row("  first text", ours.text_s, naive.text_s, "s", "≤ model's first token + 0.2 s"),
            Row("  longest freeze of visible text", ours.freeze_s, naive.freeze_s, "s"),
            *([Row("  the same, for somebody else", ours.other_freeze_s, naive.other_freeze_s, "s")] * (door != "dm")),
            Row("  whole answer", ours.whole_s, naive.whole_s, "s"),
            Row("  characters there", ours.part * 100, naive.part * 100, "%", "100 %"),
            Row("  Slack calls", ours.calls.total(), naive.calls.total(), "", "≤ 7" if chunks == USUAL else ""),
            Row("  refused with 429", ours.refused, naive.refused),
        ]
    return Section(f"Answers on the screen: {DOOR_NAMES[door]}", how, tuple(rows))

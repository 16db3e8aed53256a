"""Thirty answers in one workspace under Slack's tiers: asked evenly over a minute, and all at the same time."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from bench.asking import SETTLE_S, answer_shown, ask
from bench.figures import Row, Section, median
from bench.running import Name, Running
from bench.texts import LAST_WORD, is_all_there, part_there, question
from bench.timing import CHUNKS
from bot.playground.records import Message

ANSWERS = 30
EVENLY_S = 55.0
PATIENCE_S = 90.0
# No call for so long, and nothing more is to be expected: the model and every Retry-After are shorter.
SILENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class Minute:
    """`parts` of each answer that are on the screen, 0 to 1; `seconds` of those that came whole."""

    whole: int
    parts: tuple[float, ...]
    seconds: tuple[float, ...]
    calls: Counter[str]
    refused: Counter[str]


async def measure(bot: Running, spread_s: float) -> Minute:
    """`spread_s`: over which the questions come, evenly."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    asked: dict[str, tuple[Message, float]] = {}
    took_s: dict[str, float] = {}
    for number in range(ANSWERS):
        while loop.time() < began_s + number * spread_s / ANSWERS:
            await asyncio.sleep(0.05)
            _look(bot, asked, took_s)
        message = ask(bot, "mention", question(CHUNKS))
        asked[message.ts] = (message, loop.time())
    until_s = loop.time() + PATIENCE_S
    while len(took_s) < ANSWERS and loop.time() < until_s and not _is_silent(bot):
        await asyncio.sleep(0.05)
        _look(bot, asked, took_s)
    await asyncio.sleep(SETTLE_S)
    shown = [answer_shown(bot, message) for message, _ in asked.values()]
    calls = bot.slack.calls
    return Minute(
        sum(is_all_there(text, CHUNKS) for text in shown),
        tuple(part_there(text, CHUNKS) for text in shown),
        tuple(took_s.values()),
        Counter(call.method for call in calls),
        Counter(call.method for call in calls if call.status == 429),
    )


def _look(bot: Running, asked: dict[str, tuple[Message, float]], took_s: dict[str, float]) -> None:
    now_s = asyncio.get_running_loop().time()
    for ts, (message, asked_s) in asked.items():
        if ts not in took_s and LAST_WORD in answer_shown(bot, message):
            took_s[ts] = now_s - asked_s


def _is_silent(bot: Running) -> bool:
    calls = bot.slack.calls
    return bool(calls) and bot.slack.time.now() - calls[-1].at_s > SILENCE_S


def section(title: str, found: dict[Name, Minute], how: str) -> Section:
    ours, naive = found["ours"], found["naive"]
    rows = [
        Row("answers that came whole", f"{ours.whole} of {ANSWERS}", f"{naive.whole} of {ANSWERS}", "", "30 of 30"),
        Row("characters delivered", _share(ours), _share(naive), "%", "100 %"),
        Row("median of the whole ones", median(ours.seconds), median(naive.seconds), "s"),
        Row("longest of the whole ones", _longest(ours), _longest(naive), "s"),
        Row("Slack calls", ours.calls.total(), naive.calls.total()),
        Row("refused with 429", ours.refused.total(), naive.refused.total()),
    ]
    rows += [
        Row(f"  {method} (429)", _calls(ours, method), _calls(naive, method))
        for method in sorted(ours.calls.keys() | naive.calls.keys())
    ]
    return Section(title, how, tuple(rows))


def _share(minute: Minute) -> float:
    return sum(minute.parts) / ANSWERS * 100


def _longest(minute: Minute) -> float:
    return max(minute.seconds, default=float("nan"))


def _calls(minute: Minute, method: str) -> str:
    return f"{minute.calls[method]} ({minute.refused[method]})"

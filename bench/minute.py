"""Thirty answers in one workspace under Slack's tiers: asked evenly over a minute, and all at the same time."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from bench.asking import SETTLE_S, answer_shown, ask
from bench.durable.acks import first_signs
from bench.figures import Row, Section, median, percentile
from bench.running import Name, Running
from bench.texts import is_all_there, part_there, question
from bench.timing import CHUNKS
from bench.watching import Watch

ANSWERS = 30
EVENLY_S = 55.0
PATIENCE_S = 90.0
# No call for so long, and nothing more is to be expected: the model and every Retry-After are shorter.
SILENCE_S = 15.0
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Minute:
    """`parts` of each answer that are on the screen, 0 to 1; `signs_s` and `texts_s` of those that had one; `freezes_s`
    and `seconds` of those that came whole.
    """

    whole: int
    parts: tuple[float, ...]
    signs_s: tuple[float, ...]
    texts_s: tuple[float, ...]
    freezes_s: tuple[float, ...]
    seconds: tuple[float, ...]
    calls: Counter[str]
    refused: Counter[str]


async def measure(bot: Running, spread_s: float) -> Minute:
    """`spread_s`: over which the questions come, evenly."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    watches: list[Watch] = []
    for number in range(ANSWERS):
        while loop.time() < began_s + number * spread_s / ANSWERS:
            await asyncio.sleep(LOOK_S)
            _look(watches)
        asked_s = bot.slack.time.now()
        watches.append(Watch(bot, ask(bot, "mention", question(CHUNKS)), asked_s))
    until_s = loop.time() + PATIENCE_S
    while not _look(watches) and loop.time() < until_s and not _is_silent(bot):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(SETTLE_S)
    return _minute(bot, watches)


def _look(watches: list[Watch]) -> bool:
    """Whether all are whole. At every one of them, also after the first that is not."""
    return sum(watch.look() for watch in watches) == len(watches)


def _minute(bot: Running, watches: list[Watch]) -> Minute:
    shown = [answer_shown(bot, watch.asked) for watch in watches]
    whole = [watch for watch in watches if watch.is_whole]
    calls, signs = bot.slack.calls, first_signs(bot.slack.calls)
    return Minute(
        sum(is_all_there(text, CHUNKS) for text in shown),
        tuple(part_there(text, CHUNKS) for text in shown),
        tuple(signs[watch.asked.ts] - watch.began_s for watch in watches if watch.asked.ts in signs),
        tuple(watch.first_text_s for watch in watches if watch.has_text),
        tuple(watch.freeze_s for watch in whole),
        tuple(watch.whole_s for watch in whole),
        Counter(call.method for call in calls),
        Counter(call.method for call in calls if call.status == 429),
    )


def _is_silent(bot: Running) -> bool:
    calls = bot.slack.calls
    return bool(calls) and bot.slack.time.now() - calls[-1].at_s > SILENCE_S


def section(title: str, found: dict[Name, Minute], how: str) -> Section:
    ours, naive = found["ours"], found["naive"]
    rows = [
        Row("answers that came whole", f"{ours.whole} of {ANSWERS}", f"{naive.whole} of {ANSWERS}", "", "30 of 30"),
        Row("characters delivered", _share(ours), _share(naive), "%", "100 %"),
        *_spread("first sign", ours.signs_s, naive.signs_s),
        *_spread("first text", ours.texts_s, naive.texts_s),
        *_spread("longest freeze of the whole ones", ours.freezes_s, naive.freezes_s),
        *_spread("whole answer", ours.seconds, naive.seconds),
        Row("Slack calls an answer", ours.calls.total() / ANSWERS, naive.calls.total() / ANSWERS),
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


def _spread(name: str, ours: tuple[float, ...], naive: tuple[float, ...]) -> tuple[Row, Row]:
    worst = percentile(ours, 100), percentile(naive, 100)
    return Row(f"{name}: median", median(ours), median(naive), "s"), Row("  worst", *worst, "s")


def _calls(minute: Minute, method: str) -> str:
    return f"{minute.calls[method]} ({minute.refused[method]})"

"""How fast events are acknowledged when many come at once."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from bench.asking import ask, one_turn
from bench.figures import Row, Section, percentile
from bench.running import Name, Running
from bench.texts import LAST_WORD, question
from tests import checks

EVENTS_PER_S = 100
DRAIN_S = 40.0
CHUNKS = 10
Kind = Literal["for the bot", "not for it"]
KINDS: tuple[Kind, Kind] = ("not for it", "for the bot")


@dataclass(frozen=True, slots=True)
class Burst:
    """`latencies_ms` of what people's messages caused; `asked` and `answered` count questions."""

    events: int
    unacknowledged: int
    retried: int
    latencies_ms: tuple[float, ...]
    asked: int
    answered: int
    drained_s: float


async def measure(bot: Running, seconds: float) -> dict[Kind, Burst]:
    """One answer first, unmeasured, so that nothing of it is a cold start."""
    await one_turn(bot, "mention", question(CHUNKS))
    return {kind: await _burst(bot, kind, seconds) for kind in KINDS}


async def _burst(bot: Running, kind: Kind, seconds: float) -> Burst:
    """A mention is two events, as Slack sends it, so half as many messages make the same rate."""
    slack, seen = bot.slack, len(bot.slack.deliveries.log)
    per_message = 2 if kind == "for the bot" else 1
    asked = await _posted(bot, kind, seconds, per_message)
    began_s = slack.time.now()
    waiting = set(asked)
    while waiting and slack.time.now() - began_s < DRAIN_S:
        waiting -= {ts for ts in waiting if _is_answered(bot, ts)}
        await asyncio.sleep(0.1)
    drained_s = max(call.at_s for call in slack.calls) - began_s
    await checks.wait_for(lambda: slack.deliveries.is_idle, DRAIN_S, "every event to be delivered")
    ana = slack.workspace.user("Ana").id
    caused = [one for one in slack.deliveries.log[seen:] if one.event.get("user") == ana and one.kind == "events_api"]
    return Burst(
        len({one.body["event_id"] for one in caused}),
        sum(not one.is_acknowledged for one in caused),
        sum(one.attempt > 0 for one in caused),
        tuple(one.latency_s * 1000 for one in caused),
        len(asked),
        len(asked) - len(waiting),
        drained_s,
    )


async def _posted(bot: Running, kind: Kind, seconds: float, per_message: int) -> list[str]:
    """The ts of the questions. Paced by the clock, so that a late message does not delay those after it."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    asked = []
    for number in range(int(EVENTS_PER_S * seconds / per_message)):
        due_s = began_s + number * per_message / EVENTS_PER_S
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        if kind == "for the bot":
            asked.append(ask(bot, "mention", question(CHUNKS)).ts)
        else:
            bot.slack.people.post("Ana", "#general", f"Lunch at {number}?")
    return asked


def _is_answered(bot: Running, ts: str) -> bool:
    channel = bot.slack.workspace.channel("#general").id
    messages = bot.slack.workspace.thread(channel, ts)
    return any(message.bot_id and LAST_WORD in checks.visible_text(message) for message in messages)


def section(found: dict[Name, dict[Kind, Burst]], how: str) -> Section:
    rows: list[Row] = []
    for kind in KINDS:
        ours, naive = found["ours"][kind], found["naive"][kind]
        rows += [
            Row(f"messages {kind}: events", ours.events, naive.events),
            Row("  acknowledged in, p50", *_percentiles(ours, naive, 50), "ms"),
            Row("  acknowledged in, p99", *_percentiles(ours, naive, 99), "ms", "< 20 ms"),
            Row("  slowest", *_percentiles(ours, naive, 100), "ms"),
            Row("  not acknowledged (retried)", _missed(ours), _missed(naive), "", "0"),
        ]
        if ours.asked:
            rows += [
                Row("  questions answered", _answered(ours), _answered(naive)),
                Row("  last answer after the last event", ours.drained_s, naive.drained_s, "s"),
            ]
    return Section(f"{EVENTS_PER_S} events a second", how, tuple(rows))


def _percentiles(ours: Burst, naive: Burst, percent: float) -> tuple[float, float]:
    return percentile(ours.latencies_ms, percent), percentile(naive.latencies_ms, percent)


def _missed(burst: Burst) -> str:
    return f"{burst.unacknowledged} ({burst.retried})"


def _answered(burst: Burst) -> str:
    return f"{burst.answered} of {burst.asked}"

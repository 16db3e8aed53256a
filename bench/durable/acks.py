"""How fast events are acknowledged, and how soon a person sees a sign, at a rate that may be more than there is."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from bench.asking import SIGNS
from bench.durable.figures import Table
from bench.durable.processes import Place
from bench.figures import percentile, shown
from bench.resources import TICKS_PER_S
from bench.texts import LAST_WORD, question
from bot.playground.app.installation import Call
from bot.playground.workspace.records import Message
from tests import checks

CHUNKS = 10
WARM_UP_S = 20.0
LOOK_S = 0.25
# A thousand turns are as many as one person may be allowed, so more than one has to ask.
ASKERS = ("Ana", "Ben")


@dataclass(frozen=True, slots=True)
class Burst:
    """`latencies_ms` of first deliveries; one that was given up counts with the time until then. `signs_ms`: event sent
    to first sign. `unstarted` and `unanswered` when the waiting was over. CPU in cores while events were sent.
    """

    wanted_per_s: float
    sent: int
    sent_per_s: float
    acked_per_s: float
    latencies_ms: tuple[float, ...]
    unacknowledged: int
    signs_ms: tuple[float, ...]
    unstarted: int
    unanswered: int
    cores: dict[str, float]


async def warm_up(here: Place, *, answers: bool) -> None:
    """Connections, caches and lazy imports; unmeasured."""
    asked = [ask(here, person, question(CHUNKS)) for person in ASKERS]
    if answers:
        wanted = {message.ts for message in asked}
        await checks.wait_for(lambda: wanted <= _answered(here), WARM_UP_S, "the first answers")
    await checks.wait_for(lambda: here.slack.deliveries.is_idle, WARM_UP_S, "the first events to be taken")


async def burst(here: Place, rate: float, seconds: float, drain_s: float) -> Burst:
    """Direct messages, one event and one thread each. `drain_s`: how long the answers are waited for; 0 for none."""
    slack, calls_before, sent_before = here.slack, len(here.slack.calls), len(here.slack.deliveries.log)
    cpu_before = _cpu_s(here)
    began_s = time.monotonic()
    posted_s = await _posted(here, rate, seconds)
    passed_s = time.monotonic() - began_s
    cores = {name: (after - cpu_before[name]) / passed_s for name, after in _cpu_s(here).items()}
    await _until_first_tries_are_over(here, sent_before, posted_s)
    for _ in range(int(drain_s / LOOK_S)):
        if posted_s.keys() <= _answered(here):
            break
        await asyncio.sleep(LOOK_S)
    firsts = [one for one in slack.deliveries.log[sent_before:] if one.attempt == 0 and one.event.get("ts") in posted_s]
    signs = first_signs(slack.calls[calls_before:])
    acked_at = [posted_s[one.event["ts"]] + one.latency_s for one in firsts if one.is_acknowledged]
    return Burst(
        rate,
        len(posted_s),
        len(posted_s) / passed_s,
        len(acked_at) / (max(acked_at) - min(posted_s.values())) if acked_at else 0.0,
        tuple(one.latency_s * 1000 for one in firsts),
        sum(not one.is_acknowledged for one in firsts),
        tuple((signs[ts] - at_s) * 1000 for ts, at_s in posted_s.items() if ts in signs),
        len(posted_s.keys() - signs.keys()),
        len(posted_s.keys() - _answered(here)),
        cores,
    )


def ask(here: Place, person: str, wanted: str) -> Message:
    return here.slack.people.post(person, "@glm", wanted)


async def _posted(here: Place, rate: float, seconds: float) -> dict[str, float]:
    """When each message was sent, by its ts. Paced by the clock: a late one does not delay those after it."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    posted_s = {}
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began_s + number / rate - loop.time()))
        at_s = here.slack.time.now()
        posted_s[ask(here, ASKERS[number % len(ASKERS)], question(CHUNKS)).ts] = at_s
    await asyncio.sleep(max(0.0, began_s + seconds - loop.time()))
    return posted_s


async def _until_first_tries_are_over(here: Place, before: int, posted: dict[str, float]) -> None:
    """Slack gives up after three seconds; its own next try is not waited for."""
    limit = time.monotonic() + here.slack.ack_timeout_s + 1
    while time.monotonic() < limit:
        tries = here.slack.deliveries.log[before:]
        over = sum(
            one.attempt == 0 and bool(one.status or one.reason) and one.event.get("ts") in posted for one in tries
        )
        if over == len(posted):
            return
        await asyncio.sleep(0.05)


def first_signs(calls: list[Call]) -> dict[str, float]:
    """When a person first saw something, by thread; that it waits in line is no sign of a start."""
    found: dict[str, float] = {}
    for call in calls:
        is_waiting = "busy" in str(call.args.get("status", ""))
        if call.method in SIGNS and not call.error and not is_waiting:
            found.setdefault(str(call.args.get("thread_ts")), call.at_s)
    return found


def _answered(here: Place) -> set[str]:
    return {
        str(message.thread_ts)
        for message in checks.bot_messages(here.slack)
        if LAST_WORD in checks.visible_text(message)
    }


def _cpu_s(here: Place) -> dict[str, float]:
    return {"bench": time.process_time(), "machine": busy_s(Path("/proc/stat").read_text())} | {
        name: one.cpu_s() for name, one in here.programs.items()
    }


def busy_s(stat: str) -> float:
    """CPU seconds of the whole machine by /proc/stat: all but idle and waiting for a disk."""
    ticks = [int(field) for field in stat.splitlines()[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS_PER_S


def table(found: dict[str, list[Burst]], how: str) -> Table:
    """`found` by set-up, one burst a rate."""
    lines = [_cells(name, one) for index in range(len(next(iter(found.values())))) for name, one in _nth(found, index)]
    head = (
        "events/s, set-up", "sent", "acked", "ack p50", "ack p99", "slowest", "not acked",
        "start p50", "start p99", "not started", "not answered", "cores: receiver", "workers", "redis", "local Slack",
        "machine",
    )  # fmt: skip
    return Table("Events to a web process of its own", how, head, tuple(lines))


def _nth(found: dict[str, list[Burst]], index: int) -> list[tuple[str, Burst]]:
    return [(name, bursts[index]) for name, bursts in found.items() if index < len(bursts)]


def _cells(name: str, one: Burst) -> tuple[str, ...]:
    has_workers = any(program.startswith("worker") for program in one.cores)
    acks = (percentile(one.latencies_ms, percent) for percent in (50, 99, 100))
    starts = (percentile(one.signs_ms, percent) for percent in (50, 99))
    workers = sum(cores for program, cores in one.cores.items() if program.startswith("worker"))
    return (
        f"{one.wanted_per_s:.0f}  {name}",
        f"{one.sent_per_s:.0f}/s",
        f"{one.acked_per_s:.0f}/s",
        *(shown(value, "ms") for value in acks),
        str(one.unacknowledged),
        *(shown(value, "ms") for value in starts),
        f"{one.unstarted} of {one.sent}" if has_workers else "–",
        f"{one.unanswered} of {one.sent}" if has_workers else "–",
        f"{one.cores.get('web', one.cores.get('receiver', 0.0)):.2f}",
        f"{workers:.2f}" if has_workers else "–",
        f"{one.cores['redis']:.2f}",
        f"{one.cores['bench']:.2f}",
        f"{one.cores['machine']:.2f}",
    )

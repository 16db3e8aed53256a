"""Running the jobs: a docket worker, and rounds that bring back what no job stands for any more."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from docket import Docket, Worker
from redis.exceptions import RedisError

from bot.jobs.loops import Broke, keep_running, unnoticed
from bot.jobs.unreadable import drop_misplaced_keys, drop_unreadable

# A job whose worker docket has not heard of for this long is delivered again. What a dead worker was answering is taken
# over sooner (core.sweep); this is for jobs that had only just been delivered.
REDELIVERY_S = 8.0
SWEEP_S = 5.0
TAKEOVER_S = 0.5


Round = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """What is looked after at regular times."""

    sweep: Round
    takeover: Round


async def run_worker(
    docket: Docket, rounds: Rounds | None, *, concurrency: int, grace_s: float, broke: Broke = unnoticed
) -> None:
    """Work until cancelled. Then no new job is taken, running ones get `grace_s` to end, and what is left is
    cancelled, which hands it over: docket delivers it again to whoever works next. `broke` is told what broke.
    """
    async with asyncio.TaskGroup() as group:
        running = group.create_task(keep_running("worker", lambda: _work(docket, concurrency), broke))
        regular: list[tuple[str, Round, float]] = [("keys", lambda: _put_right(docket), SWEEP_S)]
        if rounds is not None:
            regular += [("sweep", rounds.sweep, SWEEP_S), ("takeover", rounds.takeover, TAKEOVER_S)]
        beside = [group.create_task(_looked_after(*one, broke)) for one in regular]
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            for task in beside:
                task.cancel()
            await _wind_down(running, grace_s)
            raise


async def _work(docket: Docket, concurrency: int) -> None:
    worker = Worker(
        docket,
        concurrency=concurrency,
        redelivery_timeout=timedelta(seconds=REDELIVERY_S),
        reconnection_delay=timedelta(seconds=1),
        minimum_check_interval=timedelta(milliseconds=500),
    )
    async with worker:
        try:
            await worker.run_forever()
        except Exception:
            await drop_unreadable(docket)
            raise


async def _wind_down(running: "asyncio.Task[None]", grace_s: float) -> None:
    running.cancel()
    await asyncio.wait([running], timeout=max(grace_s, 0.1))


async def _looked_after(name: str, round_: Round, every_s: float, broke: Broke) -> None:
    await keep_running(name, lambda: _keep_doing(round_, every_s), broke)


async def _put_right(docket: Docket) -> None:
    with suppress(RedisError, OSError):  # away: who needs it says so
        await drop_misplaced_keys(docket)


async def _keep_doing(round_: Round, every_s: float) -> None:
    """At once, and then again and again: a worker that starts finds what a dead one has left."""
    while True:
        await round_()
        await asyncio.sleep(every_s)

"""Runs the jobs: a docket worker, and regular rounds that find waiting threads for which no job exists any more."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from docket import Docket, Worker
from redis.exceptions import RedisError

from bot.jobs.loops import OnBroken, ignore, keep_running
from bot.jobs.running import RunningJobs
from bot.jobs.unreadable import drop_misplaced_keys, drop_unreadable

# docket delivers a job again when it has not heard of its worker for this long. Turns of a dead worker are taken over
# sooner (core.intake.sweep); this is for jobs that had only just been delivered.
REDELIVERY_S = 8.0
SWEEP_S = 5.0
TAKEOVER_S = 0.5
# A cancelled turn ends its stream and gives its thread back, each with a limit of its own.
HAND_OVER_S = 10.0


Round = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """What is done at regular intervals."""

    sweep: Round
    takeover: Round


async def run_worker(
    docket: Docket,
    running: RunningJobs,
    rounds: Rounds | None,
    *,
    concurrency: int,
    grace_s: float,
    on_broken: OnBroken = ignore,
) -> None:
    """Work until cancelled. Then take no new job, and give running ones `grace_s` to end. The remaining ones are
    cancelled, and docket delivers them to the next worker. `on_broken` is called with the name of each loop that broke.
    """
    async with asyncio.TaskGroup() as group:
        worker = group.create_task(keep_running("worker", lambda: _work(docket, concurrency), on_broken))
        regular: list[tuple[str, Round, float]] = [("keys", lambda: _drop_misplaced_keys(docket), SWEEP_S)]
        if rounds is not None:
            regular += [("sweep", rounds.sweep, SWEEP_S), ("takeover", rounds.takeover, TAKEOVER_S)]
        rounds_running = [group.create_task(_run_regularly(*named, on_broken)) for named in regular]
        try:
            await asyncio.shield(worker)
        except asyncio.CancelledError:
            for task in rounds_running:
                task.cancel()
            await _wind_down(worker, running, grace_s)
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


async def _wind_down(worker: "asyncio.Task[None]", running: RunningJobs, grace_s: float) -> None:
    """Wait until the jobs have ended, so that nothing they use is closed before.

    The jobs are cancelled by us: a second cancel ends docket's worker without its jobs, when it comes before the worker
    waits for them.
    """
    worker.cancel()
    await asyncio.wait([worker], timeout=max(grace_s, 0.1))
    running.cancel()
    await asyncio.wait([worker], timeout=HAND_OVER_S)


async def _run_regularly(name: str, round_: Round, every_s: float, on_broken: OnBroken) -> None:
    await keep_running(name, lambda: _keep_doing(round_, every_s), on_broken)


async def _drop_misplaced_keys(docket: Docket) -> None:
    with suppress(RedisError, OSError):  # Redis is away: what needs it says so
        await drop_misplaced_keys(docket)


async def _keep_doing(round_: Round, every_s: float) -> None:
    """Run the round at once and then regularly: a starting worker finds what a dead one has left."""
    while True:
        await round_()
        await asyncio.sleep(every_s)

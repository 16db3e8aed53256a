"""Running the jobs: a docket worker, and a sweep that brings back what no job stands for any more."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from docket import Docket, Worker

from bot.core.inbound import ThreadId
from bot.errors import BotError
from bot.jobs.loops import Broke, keep_running, unnoticed
from bot.jobs.unreadable import drop_unreadable

log = structlog.get_logger(__name__)

# A worker that shows no life for this long has its jobs taken over. Leases are renewed every quarter of it. Where the
# dead worker's concurrency slot was renewed after its message, docket parks the job once more for the same time: so
# the worst case is twice this and a little, and stays under the 20 s within which a question is to be taken up again.
REDELIVERY_S = 8.0
SWEEP_S = 5.0


Sweep = Callable[[], Awaitable[None]]


async def run_worker(
    docket: Docket, sweep: Sweep | None, *, concurrency: int, grace_s: float, broke: Broke = unnoticed
) -> None:
    """Work until cancelled. Then no new job is taken, running ones get `grace_s` to end, and what is left is
    cancelled, which hands it over: docket delivers it again to whoever works next. `broke` is told what broke.
    """
    async with asyncio.TaskGroup() as group:
        running = group.create_task(keep_running("worker", lambda: _work(docket, concurrency), broke))
        beside = []
        if sweep is not None:
            beside.append(group.create_task(keep_running("sweep", lambda: _keep_sweeping(sweep), broke)))
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


async def _keep_sweeping(sweep: Sweep) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        await sweep()


def guarded(answer: Callable[[ThreadId], Awaitable[None]]) -> Callable[[ThreadId], Awaitable[None]]:
    """A job that can't go on now (Redis or Slack away) ends quietly; its messages wait for the sweep."""

    async def work(thread: ThreadId) -> None:
        try:
            await answer(thread)
        except BotError as error:
            log.warning("jobs.postponed", error=type(error).__name__, detail=error.detail)

    return work

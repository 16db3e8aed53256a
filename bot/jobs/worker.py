"""Running the jobs: a docket worker, and a sweep that brings back what no job stands for any more."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

import structlog
from docket import Docket, Worker

from bot.core.inbound import Inbound, ThreadId
from bot.errors import BotError, StateError
from bot.jobs.queue import JobQueue

log = structlog.get_logger(__name__)

# A worker that shows no life for this long has its jobs taken over. Leases are renewed every quarter of it. Where the
# dead worker's concurrency slot was renewed after its message, docket parks the job once more for the same time: so
# the worst case is twice this and a little, and stays under the 20 s within which a question is to be taken up again.
REDELIVERY_S = 8.0
SWEEP_S = 10.0


class Waiting(Protocol):
    async def waiting_threads(self) -> tuple[ThreadId, ...]: ...

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]: ...


async def run_worker(docket: Docket, waiting: Waiting, *, concurrency: int, grace_s: float) -> None:
    """Work until cancelled. Then no new job is taken, running ones get `grace_s` to end, and what is left is
    cancelled, which hands it over: docket delivers it again to whoever works next.
    """
    worker = Worker(
        docket,
        concurrency=concurrency,
        redelivery_timeout=timedelta(seconds=REDELIVERY_S),
        reconnection_delay=timedelta(seconds=1),
        minimum_check_interval=timedelta(milliseconds=500),
    )
    async with worker, asyncio.TaskGroup() as group:
        running = group.create_task(worker.run_forever())
        sweeping = group.create_task(_sweep(JobQueue(docket), waiting))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            sweeping.cancel()
            await _wind_down(running, grace_s)
            raise


async def _wind_down(running: "asyncio.Task[None]", grace_s: float) -> None:
    running.cancel()
    await asyncio.wait([running], timeout=grace_s)


async def _sweep(queue: JobQueue, waiting: Waiting) -> None:
    """Every message that waits has a job: one may be missing after a crash between admitting and adding, after Redis
    was full, or after a job gave up because Slack or Redis was away.
    """
    while True:
        await asyncio.sleep(SWEEP_S)
        try:
            for thread in await waiting.waiting_threads():
                messages = await waiting.waiting(thread)
                if messages:
                    await queue.add(thread, messages[0].ts)
        except StateError as error:
            log.warning("jobs.sweep_failed", reason=error.detail)


def guarded(answer: Callable[[ThreadId], Awaitable[None]]) -> Callable[[ThreadId], Awaitable[None]]:
    """A job that can't go on now (Redis or Slack away) ends quietly; its messages wait for the sweep."""

    async def work(thread: ThreadId) -> None:
        try:
            await answer(thread)
        except BotError as error:
            log.warning("jobs.postponed", error=type(error).__name__, detail=error.detail)

    return work

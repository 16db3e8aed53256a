"""JobQueue adds the turns of threads as jobs in Redis, which docket carries (facts/queue.md).

Jobs are durable, and delivered again when a worker dies. Order and completeness rest on the inbox, not on the queue: a
job answers all that waits in its thread. A job that finds nothing, or a thread that is being answered, ends at once.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from docket import Docket
from redis.exceptions import RedisError, ResponseError

from bot.core.thread.inbound import ThreadId
from bot.errors import BotError, PayloadMalformed, StateError
from bot.jobs.running import RunningJobs
from bot.jobs.unreadable import drop_misplaced

log = structlog.get_logger(__name__)

TASK = "answer_thread"
REASONING_TASK = "tell_reasoning"
# Nobody needs the record of a finished job: the inbox's keys tell what was answered.
JOB_RECORD_TTL = timedelta(seconds=1)

Work = Callable[[ThreadId], Awaitable[None]]


class JobQueue:
    def __init__(self, docket: Docket) -> None:
        self._docket = docket

    async def add(self, thread: ThreadId, ts: str) -> None:
        """Have the thread answered. The same message twice is one job. Raises StateError when Redis is away."""
        key = f"{thread}:{ts}"
        try:
            await self._add(key, thread)
        except ResponseError as error:
            if "WRONGTYPE" not in str(error):
                raise StateError(type(error).__name__) from error
            await self._clear_and_add(key, thread)
        except (RedisError, OSError) as error:
            raise StateError(type(error).__name__) from error

    async def _clear_and_add(self, key: str, thread: ThreadId) -> None:
        try:
            await drop_misplaced(self._docket, key)
            await self._add(key, thread)
        except (RedisError, OSError) as error:
            raise StateError(type(error).__name__) from error

    async def _add(self, key: str, thread: ThreadId) -> None:
        await self._docket.add(TASK, key=key)(thread=str(thread))


def open_docket(namespace: str, url: str) -> Docket:
    """Open the docket, to be entered with `async with`. Call `register_work` before anything is added."""
    return Docket(name=f"{namespace}-jobs", url=url, execution_ttl=JOB_RECORD_TTL)


def register_work(docket: Docket, work: Work) -> RunningJobs:
    """Register what a worker does with a thread, and return the jobs that will run here.

    Arguments travel pickled, so they are plain strings (facts/queue.md). A job that can't go on now (Redis or Slack
    away) ends quietly; its messages wait for the sweep.
    """
    running = RunningJobs()

    async def answer_thread(thread: str) -> None:
        if (thread_id := _thread(thread)) is None:
            return
        try:
            with running.job():
                await work(thread_id)
        except BotError as error:
            log.warning("jobs.postponed", error=type(error).__name__, detail=error.detail)

    async def drop_reasoning(thread: str, ts: str, **_: str) -> None:
        """Drop a job of an earlier version: the reasoning stands under its answer now."""
        log.info("jobs.of_another_version", task=REASONING_TASK, conversation=thread, ts=ts)

    docket.register(answer_thread, names=[TASK])
    docket.register(drop_reasoning, names=[REASONING_TASK])
    return running


def _thread(name: object) -> ThreadId | None:
    """Return None for a text that names no thread: the job is damaged, or of another version."""
    try:
        return ThreadId.parse(str(name))
    except PayloadMalformed as error:
        log.warning("jobs.unreadable", reason=error.detail)
        return None

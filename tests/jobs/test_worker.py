"""Jobs on a real Redis: the same message is one job, a thread has one at a time, nothing that waits is forgotten."""

import asyncio
import pickle
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from docket import Docket, Worker

from bot.core.thread.inbound import ThreadId
from bot.core.thread.lease import SLEPT_S
from bot.errors import ModelBusy, StateError
from bot.jobs import loops
from bot.jobs import worker as module
from bot.jobs.queue import REASONING_TASK, TASK, JobQueue, open_docket, register_work
from bot.jobs.running import RunningJobs
from bot.jobs.worker import Rounds, run_worker
from tests.checks import PATIENCE_S, wait_for

PICKLED = pickle.dumps({})
ONE, TWO = ThreadId("T1", "C1", "1.0"), ThreadId("T1", "C1", "2.0")


async def nothing() -> None:
    return


@dataclass
class Shop:
    """A queue of its own, and the work that is noted. `hold` keeps every job running until it is set."""

    docket: Docket
    jobs: RunningJobs = field(default_factory=RunningJobs)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    started: list[ThreadId] = field(default_factory=list)
    ended: list[ThreadId] = field(default_factory=list)
    cancelled: list[ThreadId] = field(default_factory=list)
    running: Counter[ThreadId] = field(default_factory=Counter)
    most_at_once: Counter[ThreadId] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def queue(self) -> JobQueue:
        return JobQueue(self.docket)

    async def work(self, thread: ThreadId) -> None:
        self.started.append(thread)
        self.running[thread] += 1
        self.most_at_once[thread] = max(self.most_at_once[thread], self.running[thread])
        try:
            await self.hold.wait()
        except asyncio.CancelledError:
            self.cancelled.append(thread)
            raise
        finally:
            self.running[thread] -= 1
        self.ended.append(thread)

    @asynccontextmanager
    async def worker(
        self,
        sweep: Callable[[], Awaitable[None]] = nothing,
        grace_s: float = 0.0,
        takeover: Callable[[], Awaitable[None]] = nothing,
    ) -> AsyncIterator["asyncio.Task[None]"]:
        async with asyncio.TaskGroup() as group:
            work = run_worker(
                self.docket,
                self.jobs,
                Rounds(sweep, takeover),
                concurrency=8,
                grace_s=grace_s,
                on_broken=self.broken.append,
            )
            task = group.create_task(work)
            try:
                yield task
            finally:
                task.cancel()


@pytest.fixture
async def shop(redis_url: str) -> AsyncIterator[Shop]:
    async with open_docket(f"t{uuid.uuid4().hex[:8]}", redis_url) as docket:
        shop = Shop(docket)
        shop.jobs = register_work(docket, shop.work)
        yield shop


async def test_a_job_is_done(shop: Shop) -> None:
    shop.hold.set()
    await shop.queue.add(ONE, "1.0")
    async with shop.worker():
        await wait_for(lambda: shop.ended == [ONE])


async def test_the_same_message_twice_is_one_job(shop: Shop) -> None:
    for _ in range(5):
        await shop.queue.add(ONE, "1.0")
    async with shop.worker():
        await wait_for(lambda: shop.started)
        await shop.queue.add(ONE, "1.0")
        shop.hold.set()
        await wait_for(lambda: shop.ended)
        await asyncio.sleep(0.1)
    assert shop.started == [ONE]


async def test_threads_do_not_wait_for_each_other(shop: Shop) -> None:
    await shop.queue.add(ONE, "1.0")
    await shop.queue.add(TWO, "2.0")
    async with shop.worker():
        await wait_for(lambda: shop.running == {ONE: 1, TWO: 1})
        shop.hold.set()
        await wait_for(lambda: Counter(shop.ended) == {ONE: 1, TWO: 1})


async def test_what_a_dead_worker_left_is_looked_for_at_once_and_again(shop: Shop) -> None:
    looks: list[bool] = []

    async def takeover() -> None:
        looks.append(bool(shop.ended))

    async with shop.worker(takeover=takeover):
        await wait_for(lambda: len(looks) >= 2)


async def test_a_job_that_was_done_can_be_added_again(shop: Shop) -> None:
    shop.hold.set()
    async with shop.worker():
        await shop.queue.add(ONE, "1.0")
        await wait_for(lambda: len(shop.ended) == 1)

        async def until_twice() -> None:
            while len(shop.ended) < 2:
                await shop.queue.add(ONE, "1.0")
                await asyncio.sleep(0.05)

        await asyncio.wait_for(until_twice(), PATIENCE_S)


async def test_a_shutdown_lets_running_jobs_end_within_the_grace(shop: Shop) -> None:
    await shop.queue.add(ONE, "1.0")
    async with shop.worker(grace_s=5.0) as task:
        await wait_for(lambda: shop.started)
        task.cancel()
        await asyncio.sleep(0.05)
        assert shop.cancelled == []
        shop.hold.set()
        await asyncio.wait([task], timeout=PATIENCE_S)
    assert (shop.ended, shop.cancelled) == ([ONE], [])


@pytest.mark.parametrize("grace_s", [0.05, 0.0])
async def test_a_shutdown_cancels_what_has_not_ended_within_the_grace(shop: Shop, grace_s: float) -> None:
    await shop.queue.add(ONE, "1.0")
    async with shop.worker(grace_s=grace_s) as task:
        await wait_for(lambda: shop.started)
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_S)
        shop.hold.set()
    assert shop.cancelled == [ONE]


async def test_a_shutdown_waits_for_cancelled_jobs_however_slow_docket_is(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docket removes its sign of life from Redis before it waits for its jobs."""
    remove = Worker._remove_heartbeat

    async def remove_slowly(worker: Worker) -> None:
        await asyncio.sleep(0.5)
        await remove(worker)

    monkeypatch.setattr(Worker, "_remove_heartbeat", remove_slowly)
    await shop.queue.add(ONE, "1.0")
    async with shop.worker(grace_s=0.05) as task:
        await wait_for(lambda: shop.started)
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_S)
        assert shop.cancelled == [ONE]


def test_another_worker_has_taken_a_killed_ones_job_within_20_s() -> None:
    """What chaos tests see happening: the job is given to another, or the next sweep finds its thread."""
    assert module.REDELIVERY_S + module.SWEEP_S + SLEPT_S < 20


async def test_the_sweep_goes_on_after_an_outage(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWEEP_S", 0.01)
    shop.hold.set()
    sweeps = 0

    async def sweep() -> None:
        nonlocal sweeps
        sweeps += 1
        if sweeps == 1:
            raise StateError("Redis is away")
        await shop.queue.add(TWO, "2.0")

    async with shop.worker(sweep):
        await wait_for(lambda: TWO in shop.ended)
    assert sweeps >= 2


async def test_a_bug_in_the_sweep_is_told_of_and_the_next_sweep_comes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SWEEP_S", 0.01)
    monkeypatch.setattr(loops, "FIRST_WAIT_S", 0.01)
    shop.hold.set()
    bugs: list[Exception] = [ZeroDivisionError(), ExceptionGroup("two", [KeyError("x"), ValueError("y")])]

    async def sweep() -> None:
        if bugs:
            raise bugs.pop(0)
        await shop.queue.add(TWO, "2.0")

    async with shop.worker(sweep) as task:
        await wait_for(lambda: TWO in shop.ended)
        assert not task.done()
    assert shop.broken == ["sweep", "sweep"]


@pytest.mark.parametrize(
    "message",
    [
        {"key": "x"},
        {"function": b"\xff"},
        {"function": "answer_thread", "args": "no pickle", "kwargs": "x", "key": "k", "when": "now", "attempt": "1"},
        {"key": "k", "when": "never", "function": "answer_thread", "args": PICKLED, "kwargs": PICKLED, "attempt": "x"},
        {"": ""},
    ],
    ids=",".join,
)
async def test_a_job_that_nobody_can_read_is_dropped_and_the_others_are_done(
    shop: Shop, message: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(module, "REDELIVERY_S", 0.5)
    shop.hold.set()
    async with shop.docket.redis() as redis:
        await redis.xadd(shop.docket.stream_key, message)
        async with shop.worker():
            await shop.queue.add(ONE, "1.0")
            await wait_for(lambda: ONE in shop.ended)
            await wait_for_drained(redis, shop.docket.stream_key)
    assert shop.broken == ["worker"], "it is told of once"


@pytest.mark.parametrize("thread", [5, "x", "T1:C1:now", None, b"\xff"])
async def test_a_job_about_no_thread_is_dropped(shop: Shop, thread: Any) -> None:
    shop.hold.set()
    await shop.docket.add(TASK, key="odd")(thread=thread)
    async with shop.worker():
        await shop.queue.add(ONE, "1.0")
        await wait_for(lambda: ONE in shop.ended)
    assert (shop.started, shop.broken) == ([ONE], [])


@pytest.mark.parametrize("name", ["stream", "queue", f"runs:{ONE}:1.0", f"{ONE}:1.0"])
async def test_a_key_of_docket_s_of_another_type_is_put_right(
    shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(module, "REDELIVERY_S", 0.5)
    monkeypatch.setattr(module, "SWEEP_S", 0.05)
    shop.hold.set()
    async with shop.docket.redis() as redis:
        await redis.delete(shop.docket.key(name))
        await redis.set(shop.docket.key(name), "what is this")

    async def sweep() -> None:
        await shop.queue.add(ONE, "1.0")

    async with shop.worker(sweep):
        await wait_for(lambda: ONE in shop.ended)


@pytest.mark.parametrize("name", ["stream", "queue", "leases:redelivery-sweep", "workers", f"task-workers:{TASK}"])
async def test_a_key_that_every_worker_needs_is_put_right_while_it_works(
    shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docket would wait for ever: it takes a key of another type for a Redis that is away."""
    monkeypatch.setattr(module, "SWEEP_S", 0.05)
    shop.hold.set()

    async def is_right(redis: Any) -> bool:
        return bool(await redis.type(shop.docket.key(name)) != b"list")

    async with shop.docket.redis() as redis, shop.worker():
        await shop.queue.add(ONE, "1.0")
        await wait_for(lambda: ONE in shop.ended)
        async with redis.pipeline(transaction=True) as at_once:  # else the worker may make it anew in between
            pipe: Any = at_once
            await pipe.delete(shop.docket.key(name)).rpush(shop.docket.key(name), "what is this").execute()
        async with asyncio.timeout(PATIENCE_S):
            while not await is_right(redis):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await shop.queue.add(TWO, "2.0")
        await wait_for(lambda: TWO in shop.ended)
    assert shop.broken == []


async def wait_for_drained(redis: Any, stream: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await redis.xlen(stream):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Registered:
    """What a docket was told to run, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Callable[[str], Awaitable[None]]] = {}

    def register(self, job: Callable[..., Awaitable[None]], names: list[str]) -> None:
        self.by_name |= dict.fromkeys(names, job)


async def test_a_job_that_cannot_go_on_ends_quietly_and_a_bug_does_not() -> None:
    async def away(thread: ThreadId) -> None:
        raise ModelBusy if thread == ONE else ZeroDivisionError

    jobs = Registered()
    register_work(jobs, away)  # type: ignore[arg-type]  # all that is used of a docket
    await jobs.by_name[TASK](str(ONE))
    with pytest.raises(ZeroDivisionError):
        await jobs.by_name[TASK](str(TWO))


async def test_a_job_of_an_older_version_ends_quietly(shop: Shop) -> None:
    """It told the reasoning of an answer, which stands under the answer now."""
    old = shop.docket.add(REASONING_TASK, key="old")
    await old(thread=str(ONE), ts="1.0", form="full", language="en", user="UANA")
    await shop.queue.add(TWO, "1.0")
    shop.hold.set()
    async with shop.worker():
        await wait_for(lambda: TWO in shop.ended)


async def test_a_queue_that_is_away_is_told() -> None:
    class Away:
        def add(self, *_: object, **__: object) -> Callable[..., Awaitable[None]]:
            async def broken(**_: object) -> None:
                raise ConnectionResetError

            return broken

    queue = JobQueue(Away())  # type: ignore[arg-type]  # the one method of a docket that is used
    with pytest.raises(StateError):
        await queue.add(ONE, "1.0")

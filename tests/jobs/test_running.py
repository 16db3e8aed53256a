"""A shutdown ends the jobs that run, and none begins after it."""

import asyncio

import pytest

from bot.jobs.running import RunningJobs


async def test_running_jobs_are_cancelled_and_those_that_ended_are_not() -> None:
    running, begun = RunningJobs(), asyncio.Event()

    async def long_job() -> None:
        with running.job():
            begun.set()
            await asyncio.Event().wait()

    async def short_job() -> None:
        with running.job():
            pass
        await begun.wait()

    async with asyncio.TaskGroup() as group:
        long, short = group.create_task(long_job()), group.create_task(short_job())
        await begun.wait()
        running.cancel()
    assert (long.cancelled(), short.cancelled()) == (True, False)


async def test_no_job_begins_after_the_end() -> None:
    running = RunningJobs()
    running.cancel()
    with pytest.raises(asyncio.CancelledError), running.job():
        pytest.fail("it began")

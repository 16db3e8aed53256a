"""What a dead worker was answering gets a job of its own."""

from collections.abc import Iterable

from bot.core.inbound import ThreadId
from bot.core.takeover import Takeover
from tests.core.fakes import FakeJobs
from tests.core.values import inbound

ONE, TWO, MINE = (inbound(f"{number}.0").thread for number in (1, 2, 3))


class Left:
    def __init__(self) -> None:
        self.told: list[ThreadId] = []

    async def abandoned(self, answering: Iterable[ThreadId]) -> tuple[tuple[ThreadId, int], ...]:
        self.told = list(answering)
        return ((ONE, 4), (TWO, 1))


async def test_every_abandoned_thread_gets_one_job_for_each_time_it_was_begun() -> None:
    left, jobs = Left(), FakeJobs()
    await Takeover(left, jobs, lambda: (MINE,))()
    assert jobs.added == [(ONE, "after:4"), (TWO, "after:1")]
    assert left.told == [MINE], "what this worker answers itself is not abandoned"

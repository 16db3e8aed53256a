"""So many at once for one person and for one workspace; who comes first starts first."""

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.store.concurrency_limit import ConcurrencyLimit, RunningTurnLimits
from bot.store.keys import Keys


def thread(number: int, team: str = "T1") -> ThreadId:
    return ThreadId(team, "C1", f"{number}.0")


async def test_only_so_many_of_one_person_run_at_once_and_the_next_is_told(redis: Redis) -> None:
    limit = ConcurrencyLimit(redis, Keys(), RunningTurnLimits(per_user=2, per_workspace=9))
    assert [await limit.enter(thread(n), "ANA") for n in range(4)] == [True, True, False, False]
    assert await limit.enter(thread(9), "BEN"), "one person's crowd is nobody else's"
    assert await limit.leave(thread(0), "ANA") == thread(2)
    assert not await limit.enter(thread(3), "ANA"), "who came later waits on"
    assert await limit.enter(thread(2), "ANA")
    assert await limit.leave(thread(9), "BEN") is None


async def test_only_so_many_of_one_workspace_run_at_once(redis: Redis) -> None:
    limit = ConcurrencyLimit(redis, Keys(), RunningTurnLimits(per_user=9, per_workspace=2))
    assert [await limit.enter(thread(n), f"U{n}") for n in range(3)] == [True, True, False]
    assert await limit.enter(thread(5, "T2"), "U5")


async def test_who_is_in_stays_in_when_another_worker_goes_on(redis: Redis) -> None:
    limit = ConcurrencyLimit(redis, Keys(), RunningTurnLimits(per_user=1, per_workspace=1))
    assert await limit.enter(thread(1), "ANA")
    assert await limit.enter(thread(1), "ANA")
    assert not await limit.enter(thread(2), "ANA")

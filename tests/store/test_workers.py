"""Who works on a thread, and what is found of those who show no sign of life any more."""

import pytest
from redis.asyncio import Redis

from bot.core.ports import TurnCommit
from bot.core.thread.inbound import ThreadId
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.threads import Threads
from bot.store.workers import Workers
from tests.core.values import inbound

THREAD = inbound("1.0").thread
KEYS = Keys()


class Pair:
    """Two workers over one Redis; the first has begun to answer the thread."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.first, self.second = (Threads(redis, KEYS, Seal(), worker=name) for name in ("w1", "w2"))

    async def live(self, *names: str) -> None:
        for name in ("w1", "w2"):
            await self.redis.delete(KEYS.worker(name))
        for name in names:
            await self.redis.set(KEYS.worker(name), "1")

    async def left(self, *answering: ThreadId, seen_by: str = "w2") -> tuple[tuple[ThreadId, int], ...]:
        return await Workers(self.redis, KEYS, seen_by).abandoned(answering)


@pytest.fixture
async def pair(redis: Redis) -> Pair:
    pair = Pair(redis)
    await pair.live("w1", "w2")
    await pair.first.admit(inbound("1.0"), follow=True)
    assert (await pair.first.begin(THREAD)).fence == 1
    return pair


async def test_a_thread_is_left_to_a_worker_that_lives(pair: Pair) -> None:
    assert (await pair.second.begin(THREAD)).fence < 0
    assert await pair.first.holds(THREAD, 1)
    assert await pair.left() == ()


async def test_a_worker_may_begin_again_what_is_its_own(pair: Pair) -> None:
    assert (await pair.first.begin(THREAD)).fence == 2


async def test_what_a_dead_worker_was_answering_is_found_and_taken_over(pair: Pair) -> None:
    await pair.live("w2")
    assert await pair.left() == ((THREAD, 1),)
    again = await pair.second.begin(THREAD)
    assert (again.fence, again.attempt, [message.ts for message in again.waiting]) == (2, 2, ["1.0"])
    assert not await pair.first.holds(THREAD, 1)
    assert await pair.left(THREAD) == ()


async def test_what_was_handed_over_is_found_until_somebody_begins(pair: Pair) -> None:
    await pair.first.release(THREAD, 1)
    assert await pair.left() == ((THREAD, 1),)
    assert (await pair.second.begin(THREAD)).attempt == 1
    assert await pair.left(THREAD) == ()


async def test_what_could_not_go_on_waits_for_the_sweep_and_for_whoever_comes(pair: Pair) -> None:
    await pair.first.leave(THREAD, 1)
    assert await pair.left() == ()
    assert (await pair.second.begin(THREAD)).attempt == 2


async def test_leaving_late_takes_nothing_from_whoever_took_over(pair: Pair) -> None:
    await pair.live("w2")
    await pair.second.begin(THREAD)
    await pair.first.leave(THREAD, 1)
    assert await pair.second.is_running(THREAD)


async def test_a_worker_finds_what_it_has_left_itself(pair: Pair) -> None:
    """The store was away just when it gave the thread up."""
    assert await pair.left(seen_by="w1") == ((THREAD, 1),)
    assert await pair.left(THREAD, seen_by="w1") == ()


async def test_what_is_answered_is_nobody_s(pair: Pair) -> None:
    await pair.first.commit(THREAD, 1, TurnCommit(("1.0",)))
    await pair.live("w2")
    assert await pair.left() == ()


async def test_a_thread_that_an_earlier_release_answers_is_its_own(pair: Pair) -> None:
    """It says only that the thread is being answered; the queue notices when it dies."""
    assert await pair.second.answerer(THREAD) == "w1"
    await pair.redis.hset(KEYS.turn(THREAD), "running", "1")
    assert await pair.left() == ()
    assert await pair.second.answerer(THREAD) == ""
    assert await pair.second.is_running(THREAD)


async def test_what_is_no_turn_hides_no_other_thread(pair: Pair) -> None:
    await pair.live("w2")
    await pair.redis.zadd(KEYS.waiting, {"T1:C1:0.5": 1.0, "not a thread": 0.0})
    await pair.redis.set(KEYS.turn(ThreadId("T1", "C1", "0.5")), "garbage")
    await pair.redis.hset(f"{KEYS.turn_prefix}{{not a thread}}", "running", "w1")
    await pair.redis.hset(KEYS.turn(THREAD), "fence", "garbage")
    assert await pair.left() == ((THREAD, 0),)


async def test_where_nobody_else_can_be_at_work_all_signs_of_life_are_forgotten(pair: Pair) -> None:
    assert await pair.left() == ()
    await Workers(pair.redis, KEYS, "w3").forget_all()
    assert await pair.left(seen_by="w3") == ((THREAD, 1),)
    await Workers(pair.redis, KEYS, "w3").forget_all()

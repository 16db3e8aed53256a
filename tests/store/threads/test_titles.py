"""A thread gets one title from us, and none once a person has given it theirs."""

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.store.keys import Keys
from bot.store.threads.titles import TitleMarks

ONE, OTHER = ThreadId("T1", "C1", "1.0"), ThreadId("T1", "C1", "2.0")


async def test_only_the_first_may_give_a_title(redis: Redis) -> None:
    marks = TitleMarks(redis, Keys(), 60)
    assert [await marks.claim(thread) for thread in (ONE, ONE, OTHER)] == [True, False, True]


async def test_a_person_s_title_is_never_written_over(redis: Redis) -> None:
    marks = TitleMarks(redis, Keys(), 60)
    await marks.given(ONE)
    assert not await marks.claim(ONE)


async def test_a_title_of_ours_may_follow_its_question(redis: Redis) -> None:
    marks = TitleMarks(redis, Keys(), 60)
    await marks.given(ONE)
    assert [await marks.claim_again(thread) for thread in (ONE, OTHER)] == [False, True]
    assert not await marks.claim(OTHER)


async def test_it_is_kept_as_long_as_the_thread(redis: Redis) -> None:
    marks = TitleMarks(redis, Keys(), 60)
    await marks.claim(ONE)
    await marks.given(OTHER)
    assert [0 < await redis.ttl(key) <= 60 for key in await redis.keys()] == [True, True]

"""What people look at: the last of each, for a quarter of an hour."""

from redis.asyncio import Redis

from bot.core.prompt.view_context import ViewContext
from bot.store.keys import Keys
from bot.store.people.contexts import KEPT_S, ViewContexts

GENERAL, THREAD = ViewContext("C1"), ViewContext("C1", "1.0")


async def test_the_last_look_of_each_person_is_known(redis: Redis) -> None:
    contexts = ViewContexts(redis, Keys())
    assert await contexts.of("T1", "U1") is None
    await contexts.note("T1", "U1", GENERAL)
    await contexts.note("T1", "U1", THREAD)
    await contexts.note("T1", "U2", GENERAL)
    assert (await contexts.of("T1", "U1"), await contexts.of("T1", "U2")) == (THREAD, GENERAL)
    assert await contexts.of("T2", "U1") is None


async def test_it_is_told_whether_anything_changed(redis: Redis) -> None:
    contexts = ViewContexts(redis, Keys())
    looks = [GENERAL, GENERAL, THREAD, None, None, GENERAL]
    changed = [await contexts.note("T1", "U1", look) for look in looks]
    assert changed == [True, False, True, True, False, True]


async def test_a_look_is_forgotten_after_a_while(redis: Redis) -> None:
    contexts = ViewContexts(redis, Keys())
    await contexts.note("T1", "U1", GENERAL)
    (key,) = await redis.keys()
    assert 0 < await redis.ttl(key) <= KEPT_S

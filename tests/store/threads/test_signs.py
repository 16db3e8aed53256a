"""A waiting message carries a sign, which is taken back once."""

from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.threads.retention import Retention
from bot.store.threads.signs import WaitingSigns

THREAD = ThreadId("T1", "C1", "1.0")


async def test_a_sign_is_noted_while_its_message_waits_and_taken_once(redis: Redis) -> None:
    signs = WaitingSigns(redis, Keys())
    assert not await signs.note(THREAD, "2.0"), "it is answered already"
    for ts in ("2.0", "3.0", "10.0"):
        await redis.hset(Keys().inbox(THREAD), ts, "x")
        assert await signs.note(THREAD, ts)
    assert await signs.take(THREAD, "3.0") == ("2.0", "3.0")
    assert await signs.take(THREAD) == ("10.0",)
    assert await signs.take(THREAD) == ()


async def test_a_sign_keeps_its_thread_no_longer_than_admins_say(redis: Redis) -> None:
    retention = Retention(redis, Keys(), Seal(), 30)
    await retention.choose("T1", "C1", 3)
    await redis.hset(Keys().inbox(THREAD), "2.0", "x")
    assert await WaitingSigns(redis, Keys(), retention).note(THREAD, "2.0")
    assert 0 < await redis.ttl(Keys().thread(THREAD)) <= 3 * DAY_S

"""A waiting message carries a sign, which is taken back once."""

from redis.asyncio import Redis

from bot.core.inbound import ThreadId
from bot.store.keys import Keys
from bot.store.signs import Signs

THREAD = ThreadId("T1", "C1", "1.0")


async def test_a_sign_is_noted_while_its_message_waits_and_taken_once(redis: Redis) -> None:
    signs = Signs(redis, Keys())
    assert not await signs.note(THREAD, "2.0"), "it is answered already"
    for ts in ("2.0", "3.0", "10.0"):
        await redis.hset(Keys().inbox(THREAD), ts, "x")
        assert await signs.note(THREAD, ts)
    assert await signs.take(THREAD, "3.0") == ("2.0", "3.0")
    assert await signs.take(THREAD) == ("10.0",)
    assert await signs.take(THREAD) == ()

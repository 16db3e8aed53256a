from redis.asyncio import Redis

from bot.store.dead_letters import Aside
from bot.store.encryption import Seal
from bot.store.keys import Keys
from tests.core.values import inbound


async def test_what_is_set_aside_can_be_looked_at_and_taken_back_once(redis: Redis) -> None:
    aside = Aside(redis, Keys(), Seal("secret"))
    await aside.put("ref1", inbound().thread, (inbound(),))
    await aside.put("ref2", inbound("9.0").thread, (inbound("9.0"),))
    assert await aside.count() == 2
    assert [one.reference for one in await aside.all()] == ["ref1", "ref2"]
    taken = await aside.take("ref1")
    assert taken is not None
    assert (taken.thread, taken.messages) == (inbound().thread, (inbound(),))
    assert await aside.take("ref1") is None
    assert await aside.count() == 1

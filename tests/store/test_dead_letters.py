import time

import pytest
from redis.asyncio import Redis

from bot.store.dead_letters import DeadLetters
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from tests.core.values import inbound


async def test_what_is_set_aside_can_be_looked_at_and_taken_back_once(redis: Redis) -> None:
    dead_letters = DeadLetters(redis, Keys(), Seal("secret"))
    await dead_letters.put("ref1", inbound().thread, (inbound(),))
    await dead_letters.put("ref2", inbound("9.0").thread, (inbound("9.0"),))
    assert await dead_letters.count() == 2
    assert [one.reference for one in await dead_letters.all()] == ["ref1", "ref2"]
    taken = await dead_letters.take("ref1")
    assert taken is not None
    assert (taken.thread, taken.messages) == (inbound().thread, (inbound(),))
    assert await dead_letters.take("ref1") is None
    assert await dead_letters.count() == 1


async def test_what_was_set_aside_long_ago_goes_when_more_comes(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    dead_letters, forever = DeadLetters(redis, Keys(), Seal(), 3 * DAY_S), DeadLetters(redis, Keys(), Seal())
    now = time.time()
    for reference, days in (("old", 4), ("young", 2), ("new", 0)):
        monkeypatch.setattr("time.time", lambda days=days: now - days * DAY_S)
        await (forever if reference == "old" else dead_letters).put(reference, inbound().thread, (inbound(),))
    assert [one.reference for one in await dead_letters.all()] == ["young", "new"]

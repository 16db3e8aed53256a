"""An approved call is begun once, remembered with what it told, and forgotten when its turn is committed."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.core.agent.approved_calls import Left
from bot.core.inbound import ThreadId
from bot.core.ports import Done
from bot.store.deeds import Deeds
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads import Threads

THREAD = ThreadId("T1", "C1", "1.0")


@pytest.mark.parametrize("secret", [None, "a passphrase"])
async def test_only_the_first_begins_and_others_learn_how_it_ended(redis: Redis, secret: str | None) -> None:
    deeds = Deeds(redis, Keys(), Seal(secret))
    assert await deeds.found(THREAD, "publish") is None
    begun = await asyncio.gather(*(deeds.begin(THREAD, "publish") for _ in range(5)))
    assert begun.count(None) == 1
    assert begun.count(Left(None)) == 4
    await deeds.ended(THREAD, "publish", "published: one")
    assert await deeds.found(THREAD, "publish") == Left("published: one")
    assert await deeds.begin(THREAD, "publish") == Left("published: one")
    assert await deeds.begin(THREAD, "another") is None


async def test_what_its_tool_told_is_sealed(redis: Redis) -> None:
    deeds = Deeds(redis, Keys(), Seal("a passphrase"))
    await deeds.begin(THREAD, "publish")
    await deeds.ended(THREAD, "publish", "published: one")
    assert b"published" not in (await redis.hget("glm:deeds:{T1:C1:1.0}", "publish") or b"")


async def test_the_next_turn_may_do_the_same_again(redis: Redis) -> None:
    deeds, threads = Deeds(redis, Keys(), Seal()), Threads(redis, Keys(), Seal())
    await redis.hset("glm:turn:{T1:C1:1.0}", "fence", "1")
    await deeds.begin(THREAD, "publish")
    assert await threads.commit(THREAD, 1, Done(())) == "done"
    await deeds.ended(THREAD, "publish", "too late: the turn is over")
    assert await deeds.begin(THREAD, "publish") is None

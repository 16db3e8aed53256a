"""An approved call is begun once, remembered with what it told, and forgotten when its turn is committed."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.agent.approved_calls import ApprovedCall
from bot.core.agent.ports import Argument
from bot.core.ports import TurnCommit
from bot.core.thread.inbound import ThreadId
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.approved_calls import ApprovedCallRecords
from bot.store.threads.threads import Threads

THREAD = ThreadId("T1", "C1", "1.0")
PUBLISH = ApprovedCall("use “publish” of “desk”", (Argument("words", "one"),))
DONE = replace(PUBLISH, result="published: one")


@pytest.mark.parametrize("secret", [None, "a passphrase"])
async def test_only_the_first_begins_and_others_learn_how_it_ended(redis: Redis, secret: str | None) -> None:
    calls = ApprovedCallRecords(redis, Keys(), Seal(secret))
    assert await calls.recorded(THREAD) == {}
    begun = await asyncio.gather(*(calls.begin(THREAD, "a", PUBLISH) for _ in range(5)))
    assert begun.count(None) == 1
    assert begun.count(PUBLISH) == 4
    await calls.ended(THREAD, "a", DONE)
    assert await calls.begin(THREAD, "a", PUBLISH) == DONE
    assert await calls.begin(THREAD, "b", ApprovedCall("open", "https://example.com")) is None
    assert await calls.recorded(THREAD) == {"a": DONE, "b": ApprovedCall("open", "https://example.com")}


async def test_what_was_asked_and_told_is_sealed(redis: Redis) -> None:
    calls = ApprovedCallRecords(redis, Keys(), Seal("a passphrase"))
    await calls.begin(THREAD, "a", PUBLISH)
    await calls.ended(THREAD, "a", DONE)
    kept = await redis.hget("glm:approved_calls:{T1:C1:1.0}", "a") or b""
    assert b"publish" not in kept
    assert b"one" not in kept


async def test_a_person_is_told_of_a_call_once(redis: Redis) -> None:
    calls = ApprovedCallRecords(redis, Keys(), Seal())
    await calls.begin(THREAD, "a", PUBLISH)
    assert [await calls.first_told(THREAD, "a") for _ in range(3)] == [True, False, False]
    assert await calls.recorded(THREAD) == {"a": PUBLISH}, "that is no call of its own"


async def test_the_next_turn_may_do_the_same_again(redis: Redis) -> None:
    calls, threads = ApprovedCallRecords(redis, Keys(), Seal()), Threads(redis, Keys(), Seal())
    await redis.hset("glm:turn:{T1:C1:1.0}", "fence", "1")
    await calls.begin(THREAD, "a", PUBLISH)
    assert await threads.commit(THREAD, 1, TurnCommit(())) == "done"
    await calls.ended(THREAD, "a", replace(PUBLISH, result="too late: the turn is over"))
    assert await calls.begin(THREAD, "a", PUBLISH) is None

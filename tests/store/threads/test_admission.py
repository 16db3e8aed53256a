"""So many messages wait at most, of a thread, a person and a workspace; what was taken is never lost for it."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.ports import Admission, TurnCommit
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.admission import InboxRoom
from bot.store.threads.threads import Threads
from tests.core.values import inbound, turn

BEN = "U0000000BEN"
ROOM = InboxRoom(per_thread=3, per_user=5, per_workspace=8)


def threads(redis: Redis, room: InboxRoom = ROOM) -> Threads:
    return Threads(redis, Keys(), Seal(), room=room)


async def admit(on: Threads, ts: str, root: str = "", user: str = "", channel: str = "C1") -> Admission:
    message = inbound(ts, root or ts, channel=channel)
    return await on.admit(replace(message, user=user) if user else message, follow=True)


async def answer(on: Threads, root: str, *stamps: str) -> None:
    thread = inbound(root, root).thread
    started = await on.begin(thread)
    assert await on.commit(thread, started.fence, TurnCommit(stamps, turn("q", "a", ts=stamps[-1]), None)) == "done"


async def test_a_thread_takes_so_many_and_more_when_it_was_answered(redis: Redis) -> None:
    on = threads(redis)
    told = [await admit(on, f"1.{n}", "1.0", user=f"U{n}") for n in range(6)]
    assert [one.state for one in told] == ["new"] * 3 + ["full_thread"] * 3
    assert len(await on.waiting(inbound("1.0").thread)) == 3
    assert (await admit(on, "9.0", user="U9")).state == "new", "another thread has its own room"
    await answer(on, "1.0", "1.0", "1.1", "1.2")
    assert (await admit(on, "1.7", "1.0")).state == "new"


async def test_a_person_sends_so_many_and_more_when_some_are_answered(redis: Redis) -> None:
    on = threads(redis)
    told = [await admit(on, f"{n}.0") for n in range(1, 8)]
    assert [one.state for one in told] == ["new"] * 5 + ["full_person"] * 2
    assert (await admit(on, "20.0", user=BEN)).state == "new", "nobody else is held up"
    await answer(on, "2.0", "2.0")
    await redis.delete("glm:told:glm:held:T1:" + inbound().user)  # looked again: half a second has passed
    assert (await admit(on, "21.0")).state == "new"
    assert (await admit(on, "22.0")).state == "full_person"


async def test_a_workspace_sends_so_many_together(redis: Redis) -> None:
    on = threads(redis)
    told = [await admit(on, f"{n}.0", user=f"U{n}") for n in range(1, 11)]
    assert [one.state for one in told] == ["new"] * 8 + ["full_workspace"] * 2
    other = replace(inbound("1.0"), team="T2")
    assert (await on.admit(other, follow=True)).state == "new"


async def test_each_person_is_told_once_and_by_the_same_message_when_it_is_delivered_again(redis: Redis) -> None:
    on = threads(redis)
    told = [await admit(on, f"{n}.0") for n in range(1, 10)]
    assert [one.is_telling for one in told] == [False] * 5 + [True] + [False] * 3
    again = await admit(on, "6.0")
    assert (again.state, again.is_telling, again.is_refused_now) == ("full_person", True, False)
    assert not (await admit(on, "7.0")).is_telling


async def test_who_is_told_of_one_thread_is_told_of_another(redis: Redis) -> None:
    on = threads(redis, InboxRoom(per_thread=1))
    told = [await admit(on, f"{root}.{n}", f"{root}.0") for root in (1, 2) for n in range(3)]
    assert [one.is_telling for one in told] == [False, True, False] * 2


async def test_what_waits_is_never_refused_when_it_comes_again(redis: Redis) -> None:
    """Its twin, or another delivery."""
    on = threads(redis, InboxRoom(per_thread=1, per_user=1, per_workspace=1))
    assert (await admit(on, "1.0")).state == "new"
    assert (await admit(on, "1.0")).state == "again"
    assert (await admit(on, "2.0")).state == "full_person"
    await answer(on, "1.0", "1.0")
    assert (await admit(on, "1.0")).state == "answered"


async def test_what_was_refused_stays_refused_until_it_is_edited(redis: Redis) -> None:
    on = threads(redis, InboxRoom(per_user=1))
    assert [(await admit(on, f"{n}.0")).state for n in (1, 2)] == ["new", "full_person"]
    await answer(on, "1.0", "1.0")
    assert (await admit(on, "2.0")).state == "full_person", "its author was told, and has sent it again perhaps"
    assert await on.edit(inbound("2.0", text="edited")) == "unknown"
    await redis.delete("glm:told:glm:held:T1:" + inbound().user)
    assert (await admit(on, "2.0")).state == "new"


async def test_what_left_in_any_other_way_makes_room(redis: Redis) -> None:
    """A deleted question, an inbox that expired, garbage."""
    on = threads(redis, InboxRoom(per_user=3))
    for n in (1, 2, 3):
        await admit(on, f"{n}.0")
    await on.delete(inbound("1.0").thread, "1.0")
    await redis.delete(Keys().inbox(inbound("2.0").thread))
    await redis.zadd(Keys().held("T1", inbound().user), {b"\xff": 1.0, b"no thread": 1.0})
    assert (await admit(on, "4.0")).state == "new"
    assert (await admit(on, "5.0")).state == "new"
    await redis.delete("glm:told:glm:held:T1:" + inbound().user)
    assert (await admit(on, "6.0")).state == "full_person"


async def test_many_at_once_are_not_more_than_there_is_room_for(redis: Redis) -> None:
    on = threads(redis, InboxRoom(per_user=20))
    told = await asyncio.gather(*[admit(on, f"{n}.0") for n in range(1, 101)])
    assert sum(one.state == "new" for one in told) == 20
    assert sum(one.is_telling for one in told) == 1
    assert sum(one.is_refused_now for one in told) == 80
    waiting = [await on.waiting(thread) for thread in await on.waiting_threads()]
    assert sum(map(len, waiting)) == 20, "what was taken waits, all of it"


@pytest.mark.parametrize("value", [b"\xff", b"full_", b"full_x", b"5"])
async def test_garbage_for_what_was_seen_stops_nothing(redis: Redis, value: bytes) -> None:
    on = threads(redis)
    await redis.set(Keys().seen(inbound("1.0").thread, "1.0"), value)
    await admit(on, "1.0")
    assert (await admit(on, "2.0")).state == "new"

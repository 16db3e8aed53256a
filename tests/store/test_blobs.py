"""Bytes kept for a day: bounded in total, the least used go first, and no workspace sees another's."""

import time

import pytest
from redis.asyncio import Redis

from bot.errors import StateError
from bot.store import blobs as module
from bot.store.blobs import Blobs
from bot.store.keys import DAY_S, Keys


class Clock:
    """time.time(), a second later at each look."""

    def __init__(self) -> None:
        self.now = time.time()

    def time(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


async def kept(blobs: Blobs, names: str, team: str = "T1") -> str:
    return "".join([name for name in names if await blobs.get(team, name, "v") is not None])


async def test_bytes_come_back_as_they_were(redis: Redis) -> None:
    blobs = Blobs(redis, Keys())
    data = bytes(range(256))
    await blobs.put("T1", "sha", "1536", data)
    assert await blobs.get("T1", "sha", "1536") == data
    assert await blobs.get("T1", "sha", "400") is None
    assert 0 < await redis.ttl(Keys().blob("T1", "sha", "1536")) <= DAY_S


async def test_one_workspace_never_sees_another_s(redis: Redis) -> None:
    blobs = Blobs(redis, Keys())
    await blobs.put("T1", "sha", "v", b"data")
    await blobs.note_file("T1", "F1", {"sha256": "sha"})
    assert await blobs.get("T2", "sha", "v") is None
    assert await blobs.file("T2", "F1") is None
    assert await blobs.file("T1", "F1") == {"sha256": "sha"}


async def test_the_total_is_bounded_and_the_oldest_go_first(redis: Redis, clock: Clock) -> None:
    blobs = Blobs(redis, Keys(), limit_bytes=400)
    for name in "abcdef":
        await blobs.put("T1", name, "v", b"x" * 100)
    assert await kept(blobs, "abcdef") == "cdef"
    assert sum(int(size) for size in await redis.hvals(Keys().blob_sizes)) <= 400


async def test_what_was_used_lately_stays(redis: Redis, clock: Clock) -> None:
    blobs = Blobs(redis, Keys(), limit_bytes=400)
    for name in "abcd":
        await blobs.put("T1", name, "v", b"x" * 100)
    assert await blobs.get("T1", "a", "v")
    await blobs.put("T1", "e", "v", b"x" * 100)
    assert await kept(blobs, "abcde") == "acde"


async def test_the_same_bytes_twice_count_once(redis: Redis, clock: Clock) -> None:
    blobs = Blobs(redis, Keys(), limit_bytes=400)
    for name in "aaaabbbbcd":
        await blobs.put("T1", name, "v", b"x" * 100)
    assert await kept(blobs, "abcd") == "abcd"


async def test_what_is_too_large_is_not_kept_and_drives_nobody_out(redis: Redis, clock: Clock) -> None:
    blobs = Blobs(redis, Keys(), limit_bytes=400)
    await blobs.put("T1", "a", "v", b"x" * 100)
    await blobs.put("T1", "b", "v", b"x" * 101)
    assert await kept(blobs, "ab") == "a"


async def test_expired_ones_are_taken_off_the_books(redis: Redis, clock: Clock) -> None:
    blobs = Blobs(redis, Keys(), limit_bytes=400)
    for name in "ab":
        await blobs.put("T1", name, "v", b"x" * 100)
    clock.now += DAY_S + 10
    await blobs.put("T1", "c", "v", b"x" * 100)
    assert await redis.hlen(Keys().blob_sizes) == 1
    assert await redis.zcard(Keys().blob_uses) == 1


async def test_what_was_just_put_is_there_even_within_one_second(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fraction(Clock):
        def time(self) -> float:
            self.now += 0.001
            return self.now

    clock = Fraction()
    clock.now = float(int(clock.now))
    monkeypatch.setattr(module, "time", clock)
    blobs = Blobs(redis, Keys(), limit_bytes=400)
    for name in "zyxwv":
        await blobs.put("T1", name, "v", b"x" * 100)
    assert await kept(blobs, "zyxwv") == "yxwv"


async def test_a_store_that_is_away_is_told_as_such() -> None:
    away = Blobs(Redis.from_url("unix:///nowhere.sock"), Keys())
    for act in (
        away.put("T1", "a", "v", b""),
        away.get("T1", "a", "v"),
        away.file("T1", "F"),
        away.note_file("T1", "F", {}),
    ):
        with pytest.raises(StateError):
            await act

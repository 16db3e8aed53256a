"""Word between processes: heard by all who listen, and again after an outage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from bot.core.thread.inbound import ThreadId
from bot.core.thread.interrupts import TurnSignal
from bot.errors import StateError
from bot.store import signals as module
from bot.store.keys import Keys
from bot.store.signals import Signals
from tests.checks import PATIENCE_S

THREAD = ThreadId("T1", "C1", "1.0")


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[ThreadId, str]] = []
        self.news = asyncio.Event()

    def hear(self, thread: ThreadId, signal: TurnSignal) -> None:
        self.heard.append((thread, signal))
        self.news.set()


@asynccontextmanager
async def listening(redis: Redis, *ears: Ear) -> AsyncIterator[Signals]:
    signals = Signals(redis, Keys())
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        tasks = [group.create_task(signals.listen(ear.hear)) for ear in ears]
        await until_heard_by(redis, len(ears))
        yield signals
        for task in tasks:
            task.cancel()


async def until_heard_by(redis: Redis, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while dict(await redis.pubsub_numsub(Keys().signals)).get(Keys().signals.encode(), 0) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_everybody_who_listens_hears_it(redis: Redis) -> None:
    ears = Ear(), Ear()
    async with listening(redis, *ears) as signals:
        await signals.send(THREAD, "stopped")
        for ear in ears:
            await ear.news.wait()
    assert [ear.heard for ear in ears] == [[(THREAD, "stopped")]] * 2


async def test_what_was_said_before_is_not_heard(redis: Redis) -> None:
    await Signals(redis, Keys()).send(THREAD, "stopped")
    ear = Ear()
    async with listening(redis, ear) as signals:
        await signals.send(THREAD, "changed")
        await ear.news.wait()
    assert ear.heard == [(THREAD, "changed")]


async def test_it_listens_again_after_an_outage(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECONNECT_S", 0.01)
    redis = Redis.from_url(redis_url)
    ear = Ear()
    async with listening(redis, ear) as signals:
        await redis.client_kill_filter(_type="pubsub")
        await asyncio.sleep(0.05)
        await until_heard_by(redis, 1)
        await signals.send(THREAD, "changed")
        await ear.news.wait()
    assert ear.heard == [(THREAD, "changed")]
    await redis.aclose()


async def test_a_store_that_is_away_is_told_to_who_sends() -> None:
    with pytest.raises(StateError):
        await Signals(Redis.from_url("unix:///nowhere.sock"), Keys()).send(THREAD, "stopped")


@pytest.mark.parametrize(
    "said",
    [b"", b"\xff", b"5", b"[]", b"[1, 2, 3]", b'["T1:C1:1.0", "explode"]', b'["x", "stopped"]', b"[" * 5_000, b"{}"],
)
async def test_what_is_no_nudge_is_passed_over(redis: Redis, said: bytes) -> None:
    ear = Ear()
    async with listening(redis, ear) as signals:
        await redis.publish(Keys().signals, said)
        await signals.send(THREAD, "stopped")
        await ear.news.wait()
    assert ear.heard == [(THREAD, "stopped")]

"""A worker's sign of life: there from before it works until after, whatever its event loop is busy with."""

import threading

import pytest
from redis import Redis

from bot.jobs import heartbeat
from bot.jobs.heartbeat import beating

HANGS_S = 60
KEY = "glm:worker:w1"


@pytest.fixture
def client(redis_url: str) -> Redis:
    return Redis.from_url(redis_url)


async def test_the_sign_is_there_as_long_as_the_worker_is(client: Redis, redis_url: str) -> None:
    async with beating(redis_url, KEY):
        assert client.exists(KEY) == 1
        assert client.pttl(KEY) <= heartbeat.LIFE_S * 1000
    assert client.exists(KEY) == 0


async def test_a_busy_event_loop_does_not_look_like_death(
    client: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_S", 0.001)
    beats = threading.Semaphore(0)
    beat = heartbeat._Heartbeat.beat

    def counted(heart: heartbeat._Heartbeat) -> None:
        beat(heart)
        beats.release()

    monkeypatch.setattr(heartbeat._Heartbeat, "beat", counted)
    async with beating(redis_url, KEY):
        client.delete(KEY)
        # The loop stands still here, and the sign comes back all the same.
        assert all(beats.acquire(timeout=HANGS_S) for _ in range(5))
        assert client.exists(KEY) == 1


async def test_without_redis_it_goes_on_trying(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_S", 0.001)
    tries = threading.Semaphore(0)
    beat = heartbeat._Heartbeat.beat

    def counted(heart: heartbeat._Heartbeat) -> None:
        beat(heart)
        tries.release()

    monkeypatch.setattr(heartbeat._Heartbeat, "beat", counted)
    async with beating("unix:///nowhere.sock", KEY):
        assert all(tries.acquire(timeout=HANGS_S) for _ in range(3))

from collections.abc import AsyncIterator, Iterator

import fakeredis
import pytest
from redis.asyncio import Redis

from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.threads.threads import Threads
from tests.redis.server import real_redis


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.processes)])
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    """Empty at the beginning of each test."""
    is_fake = request.param == "fake"
    client = fakeredis.FakeAsyncRedis() if is_fake else Redis.from_url(request.getfixturevalue("redis_url"))
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(params=[None, "a passphrase"], ids=["plain", "sealed"])
def threads(request: pytest.FixtureRequest, redis: Redis) -> Threads:
    return Threads(redis, Keys(), Seal(request.param))

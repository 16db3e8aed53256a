"""Trouble of the store becomes the core's; our own mistakes stay what they are."""

import fakeredis
import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError

from bot.errors import StateError
from bot.store.keys import Keys
from bot.store.outage import tells_outage


class Shop:
    """A store with one call."""

    def __init__(self) -> None:
        self._redis: Redis = fakeredis.FakeAsyncRedis()
        self._keys = Keys()

    @tells_outage
    async def act(self, trouble: Exception | None = None, *, value: int = 1) -> int:
        """What it does."""
        if trouble:
            raise trouble
        return value


act = Shop().act


@pytest.mark.parametrize(
    "trouble",
    [RedisConnectionError("refused"), ResponseError("no"), ConnectionResetError(), OSError()],
    ids=lambda trouble: type(trouble).__name__,
)
async def test_an_outage_is_told_with_its_kind_and_cause(trouble: Exception) -> None:
    with pytest.raises(StateError) as told:
        await act(trouble)
    assert told.value.detail.startswith(f"{type(trouble).__name__}: ")
    assert told.value.__cause__ is trouble


async def test_a_store_without_room_is_told_as_such() -> None:
    with pytest.raises(StateError, match=r"OOM|full"):
        await act(OutOfMemoryError("OOM command not allowed when used memory > 'maxmemory'."))


async def test_what_it_tells_is_short() -> None:
    with pytest.raises(StateError) as told:
        await act(ResponseError("secret " * 100))
    assert len(told.value.detail) < 120


@pytest.mark.parametrize("trouble", [KeyError("x"), ValueError("x"), StateError("x")])
async def test_a_mistake_of_ours_stays_one(trouble: Exception) -> None:
    with pytest.raises(type(trouble)) as told:
        await act(trouble)
    assert told.value is trouble


async def test_otherwise_nothing_changes() -> None:
    assert await act(value=7) == 7
    assert (act.__name__, act.__doc__) == ("act", "What it does.")

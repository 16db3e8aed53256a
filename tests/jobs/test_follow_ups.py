"""What is left of a request after its acknowledgement, on a real Redis: kept before, done once, by whoever is there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from docket import Docket

from bot.errors import StateError
from bot.jobs import follow_ups as module
from bot.jobs import worker
from bot.jobs.follow_ups import FollowUpQueue, open_follow_ups, register_follow_ups
from bot.jobs.worker import run_worker
from bot.redis.connection import connect
from bot.store.encryption import Seal
from bot.store.follow_ups import FollowUpMarks
from bot.store.keys import Keys
from tests.checks import PATIENCE_S, wait_for

SEAL = Seal("secret")
PRESS = {"team": "T1", "body": {"value": "my password is swordfish"}}


class Process:
    """One that receives and carries out. `hold` keeps what it carries out unfinished."""

    def __init__(self, namespace: str, url: str, seal: Seal = SEAL) -> None:
        self._namespace, self._url, self._seal = namespace, url, seal
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.begun = 0
        self.redis_is_away_for = 0  # so many times
        self.hold = asyncio.Event()
        self.hold.set()

    @asynccontextmanager
    async def queue(self) -> AsyncIterator[tuple[FollowUpQueue, Docket]]:
        async with open_follow_ups(self._namespace, self._url) as docket:
            redis = connect(self._url)
            done = FollowUpMarks(redis, Keys(self._namespace))
            self._running = register_follow_ups(docket, self._seal, done, self._carry_out)
            yield FollowUpQueue(docket, self._seal), docket
            await redis.aclose()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[FollowUpQueue]:
        async with self.queue() as (queue, docket), asyncio.TaskGroup() as group:
            task = group.create_task(run_worker(docket, self._running, None, concurrency=4, grace_s=0.0))
            yield queue
            task.cancel()

    async def _carry_out(self, name: str, payload: dict[str, Any]) -> None:
        self.begun += 1
        if self.begun <= self.redis_is_away_for:
            raise StateError("away")
        await self.hold.wait()
        self.done.append((name, payload))


@pytest.fixture
def namespace() -> str:
    return f"t{uuid.uuid4().hex[:8]}"


async def test_what_is_kept_is_carried_out(redis_url: str, namespace: str) -> None:
    process = Process(namespace, redis_url)
    async with process.working() as queue:
        await queue.add("press", "press:1", PRESS)
        await wait_for(lambda: process.done == [("press", PRESS)])


async def test_a_process_that_dies_after_the_acknowledgement_loses_nothing(redis_url: str, namespace: str) -> None:
    async with Process(namespace, redis_url).queue() as (queue, _):
        await queue.add("press", "press:1", PRESS)
    other = Process(namespace, redis_url)
    async with other.working():
        await wait_for(lambda: other.done == [("press", PRESS)])


async def test_a_process_that_dies_in_the_middle_loses_nothing(
    redis_url: str, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "REDELIVERY_S", 1.0)
    dying, other = Process(namespace, redis_url), Process(namespace, redis_url)
    dying.hold.clear()
    async with dying.working() as queue:
        await queue.add("press", "press:1", PRESS)
        await wait_for(lambda: dying.begun)
    async with other.working():
        await wait_for(lambda: other.done == [("press", PRESS)])
    assert dying.done == []


async def test_what_finds_redis_away_is_done_when_it_is_back(
    redis_url: str, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITS_S", (0.01, 0.01, 0.01))
    process = Process(namespace, redis_url)
    process.redis_is_away_for = 3
    async with process.working() as queue:
        await queue.add("offer", "offer:1", PRESS)
        await wait_for(lambda: process.done)
    assert (process.begun, process.done) == (4, [("offer", PRESS)])


async def test_what_slack_delivers_twice_is_carried_out_once(redis_url: str, namespace: str) -> None:
    process, redis = Process(namespace, redis_url), connect(redis_url)
    stream = open_follow_ups(namespace, redis_url).stream_key
    async with process.working() as queue:
        for _ in range(2):
            await queue.add("press", "press:1", PRESS)
        await wait_for(lambda: process.done)
        await queue.add("press", "press:1", PRESS)
        await queue.add("press", "press:2", PRESS)
        await wait_for(lambda: len(process.done) == 2)
        await asyncio.wait_for(_emptied(redis, stream), PATIENCE_S)
    assert len(process.done) == 2
    await redis.aclose()


async def test_what_people_typed_is_sealed_and_another_key_breaks_nothing(redis_url: str, namespace: str) -> None:
    redis = connect(redis_url)
    process = Process(namespace, redis_url, Seal("another"))
    async with Process(namespace, redis_url).queue() as (queue, docket):
        await queue.add("press", "press:1", PRESS)
        kept: Any = await redis.xrange(docket.stream_key)
        assert b"press" in str(kept).encode()
        assert b"swordfish" not in str(kept).encode()
        async with process.working():
            await asyncio.wait_for(_emptied(redis, docket.stream_key), PATIENCE_S)
    assert process.begun == 0
    await redis.aclose()


async def _emptied(redis: Any, stream: str) -> None:
    while await redis.xlen(stream):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_what_cannot_be_kept_is_not_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ADD_S", 0.01)

    class Away:
        """Gone at first, then silent."""

        is_gone = True

        def add(self, *_: object, **__: object) -> Any:
            async def broken(**_: object) -> None:
                if self.is_gone:
                    raise ConnectionResetError
                await asyncio.Event().wait()

            return broken

    away = Away()
    queue = FollowUpQueue(away, SEAL)  # type: ignore[arg-type]  # the one method of a docket that is used
    for is_gone in (True, False):
        away.is_gone = is_gone
        with pytest.raises(StateError):
            await queue.add("press", "press:1", PRESS)

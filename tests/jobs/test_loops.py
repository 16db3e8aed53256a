"""A loop that breaks is told of and begins again; nothing else ends."""

import asyncio

import pytest
import structlog

from bot.errors import StateError
from bot.jobs import loops as module
from bot.jobs.loops import keep_running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(module, "LONGEST_WAIT_S", 0.002)


async def test_it_begins_again_after_trouble_and_after_a_bug_and_tells_them_apart() -> None:
    troubles: list[Exception] = [ZeroDivisionError(), StateError("away"), ExceptionGroup("two", [KeyError("x")])]
    broken: list[str] = []

    async def loop() -> None:
        if troubles:
            raise troubles.pop(0)

    with structlog.testing.capture_logs() as logged:
        await keep_running("tidy", loop, broken.append)
    assert broken == ["tidy", "tidy"]
    assert [(line["event"], "exc_info" in line) for line in logged] == [
        ("loop.broke", True),
        ("loop.postponed", False),
        ("loop.broke", True),
    ]


async def test_it_waits_longer_each_time_and_no_longer_than_so(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 8:
            raise asyncio.CancelledError

    async def loop() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "FIRST_WAIT_S", 1.0)
    monkeypatch.setattr(module, "LONGEST_WAIT_S", 30.0)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await keep_running("tidy", loop)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_it_can_be_cancelled() -> None:
    begun = asyncio.Event()

    async def loop() -> None:
        begun.set()
        await asyncio.sleep(60)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(keep_running("tidy", loop))
        await begun.wait()
        task.cancel()
    assert task.cancelled()

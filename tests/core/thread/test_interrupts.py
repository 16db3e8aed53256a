import asyncio

import pytest

from bot.core.thread.interrupts import Interrupted, Interrupts, TurnSignal
from bot.errors import ModelTimeout
from tests.core.values import inbound

THREAD = inbound().thread


async def wait(interrupts: Interrupts, timeout_s: float = 5.0) -> None:
    async with interrupts.turn(THREAD, timeout_s):
        await asyncio.sleep(2)


@pytest.mark.parametrize("signal", ["changed", "stopped"])
async def test_a_running_turn_is_told(signal: TurnSignal) -> None:
    interrupts = Interrupts()
    asyncio.get_running_loop().call_later(0.01, lambda: interrupts.signal(THREAD, signal))
    with pytest.raises(Interrupted) as told:
        await wait(interrupts)
    assert told.value.signal == signal


async def test_other_threads_and_earlier_signals_change_nothing() -> None:
    interrupts = Interrupts()
    interrupts.signal(THREAD, "stopped")
    async with interrupts.turn(THREAD, 5.0):
        interrupts.signal(inbound("9.0").thread, "stopped")
        await asyncio.sleep(0.01)


async def test_time_that_is_over_is_the_model_s_timeout() -> None:
    with pytest.raises(ModelTimeout):
        await wait(Interrupts(), 0.01)


async def test_a_timeout_inside_stays_what_it_was() -> None:
    async def slow() -> None:
        async with Interrupts().turn(THREAD, 5.0):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await slow()


async def test_a_cancellation_from_outside_stays_one() -> None:
    interrupts = Interrupts()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await wait(interrupts)
    interrupts.signal(THREAD, "changed")
    async with interrupts.turn(THREAD, 5.0):
        await asyncio.sleep(0.01)


async def test_two_turns_of_different_threads_are_told_each_their_own() -> None:
    interrupts, other = Interrupts(), inbound("9.0").thread
    told: dict[str, str] = {}

    async def run(name: str, timeout_s: float) -> None:
        try:
            async with interrupts.turn(THREAD if name == "one" else other, timeout_s):
                await asyncio.sleep(2)
        except (Interrupted, ModelTimeout) as trouble:
            told[name] = str(trouble)

    async with asyncio.TaskGroup() as group:
        group.create_task(run("one", 5.0))
        group.create_task(run("other", 0.05))
        await asyncio.sleep(0.01)
        interrupts.signal(THREAD, "stopped")
    assert told == {"one": "stopped", "other": "turn"}


async def test_a_stop_before_the_turn_has_begun_ends_it_at_once() -> None:
    interrupts = Interrupts()
    with interrupts.expecting(THREAD):
        interrupts.signal(THREAD, "changed")
        async with interrupts.turn(THREAD, 5.0):
            await asyncio.sleep(0)
        interrupts.signal(THREAD, "stopped")
        with pytest.raises(Interrupted):
            await wait(interrupts)
        interrupts.signal(THREAD, "stopped")
    async with interrupts.turn(THREAD, 5.0):
        await asyncio.sleep(0)


async def test_a_stop_at_the_very_end_of_a_turn_does_not_end_the_next() -> None:
    interrupts = Interrupts()
    with interrupts.expecting(THREAD):
        async with interrupts.turn(THREAD, 5.0):
            interrupts.signal(THREAD, "stopped")
        async with interrupts.turn(THREAD, 5.0):
            await asyncio.sleep(0)

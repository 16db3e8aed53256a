"""A busy provider is waited for, in order; one that is down is left alone for a while."""

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from bot.core.model.events import ModelEvent, Waiting
from bot.errors import ModelBusy, ModelRequestRefused, ModelUnreachable
from bot.glm.offline.faults import busy
from bot.glm.offline.reply import Reply, refused
from bot.glm.timing import Timing, until
from tests.glm.conversing import QUESTION, Talk, finished_of, heard, talking, text_of

UNHURRIED = Timing(pace_s=60.0)
AWAY = Reply(status=502, body=b"<html>bad gateway</html>")


def is_down(talk: Talk) -> bool:
    return any(breaker.is_open for breaker in talk.client.breakers.before("z-ai/glm-4.6v"))


def places(events: list[ModelEvent]) -> list[int]:
    return [event.place for event in events if isinstance(event, Waiting)]


@pytest.mark.parametrize("status", [429, 200])
@pytest.mark.parametrize("code", ["1302", "1303", "1305"])
async def test_who_is_told_to_wait_waits_and_asks_again(code: str, status: int) -> None:
    refusal = refused(code, "x", status, {"Retry-After": "7"})
    async with talking([refusal] * 5 + [Reply("Hello")]) as talk:
        events = await talk.ask()
        assert text_of(events) == "Hello"
        assert talk.slept == [7.0] * 5
        assert not is_down(talk)
    assert places(events) == [1, 0] * 5


async def test_without_a_time_the_waits_grow() -> None:
    async with talking([busy(None)] * 6 + [Reply("Hello")]) as talk:
        await talk.ask()
        assert talk.slept == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


class HeldLine:
    """Nobody's wait is over before the line moves, however long it takes all of them to come."""

    def __init__(self) -> None:
        self.moves = asyncio.Event()

    @property
    def timing(self) -> Timing:
        return Timing(sleep=self._sleep, until=self._until, pace_s=60.0)

    async def _sleep(self, _: float) -> None:
        await self.moves.wait()

    async def _until(self, news: asyncio.Event, seconds: float) -> None:
        while not news.is_set() and not self.moves.is_set():  # noqa: ASYNC110  # whichever comes first
            await asyncio.sleep(0.001)
        await until(news, seconds)


async def test_six_who_are_refused_at_once_are_all_answered() -> None:
    async with talking(busy_at_first(6), timing=UNHURRIED) as talk:
        told: list[list[ModelEvent]] = [[] for _ in range(6)]
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for events in told:
                group.create_task(heard(talk, events))
        assert sorted(text_of(events) for events in told) == [f"Answer {number}" for number in range(1, 7)]
        assert not is_down(talk)


async def test_six_who_come_one_after_the_other_are_answered_in_their_order_and_see_their_place_move_up() -> None:
    line = HeldLine()
    async with talking(busy_at_first(1), timing=line.timing) as talk:
        told: list[list[ModelEvent]] = [[] for _ in range(6)]
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for events in told:
                group.create_task(heard(talk, events))
                while not places(events):  # noqa: ASYNC110  # until it is in line
                    await asyncio.sleep(0.001)
            line.moves.set()
        assert [text_of(events) for events in told] == [f"Answer {number}" for number in range(1, 7)]
        assert [places(events) for events in told] == [[*range(number, -1, -1)] for number in range(1, 7)]
        assert not is_down(talk)


def busy_at_first(requests: int) -> Callable[[dict[str, Any]], Reply]:
    """So many are refused with one short `Retry-After` each; after that everybody is answered."""
    refusals, answers = iter([busy(0.05)] * requests), itertools.count(1)
    return lambda _: next(refusals, None) or Reply(f"Answer {next(answers)}")


async def test_a_limit_of_one_model_holds_up_no_other() -> None:
    def answers(body: dict[str, Any]) -> Reply:
        return busy(500) if body["model"].endswith("flash") else Reply("Hello")

    async with talking(answers) as talk:
        waiting = talk.client.stream(replace(QUESTION, model="z-ai/glm-4.6v-flash"))
        assert await anext(waiting) == Waiting(1)
        assert text_of(await talk.ask()) == "Hello"
        await waiting.aclose()


async def test_nobody_waits_longer_than_a_turn_lasts() -> None:
    async with talking(lambda _: busy(90)) as talk:
        with pytest.raises(ModelBusy) as caught:
            await talk.ask()
        assert sum(talk.slept) <= 600.0
        assert "2 minutes" in caught.value.user_message
    async with talking([busy(None)] * 100) as talk:
        with pytest.raises(ModelBusy) as caught:
            await talk.ask()
        assert 500 < sum(talk.slept) <= 600.0
        assert "within 10 minutes" in caught.value.user_message


async def test_a_wait_beyond_that_is_told_at_once() -> None:
    async with talking([busy(3600)]) as talk:
        with pytest.raises(ModelBusy) as caught:
            await talk.ask()
        assert "60 minutes" in caught.value.user_message
        assert talk.slept == []


async def test_a_provider_that_is_away_and_says_for_how_long_is_left_alone_so_long() -> None:
    away = Reply(status=503, body=b"maintenance", headers={"Retry-After": "30"})
    async with talking([away, away, Reply("Hello")]) as talk:
        events = await talk.ask()
        assert text_of(events) == "Hello"
        assert talk.slept == [30.0, 30.0]
        assert places(events) == [1, 0, 1, 0]
    async with talking([away] * 3) as talk:
        with pytest.raises(ModelBusy):
            await talk.ask()
        assert len(talk.sent) == 3


async def test_at_once_again_and_again_becomes_a_second() -> None:
    async with talking([busy(0)] * 8 + [Reply("Hello")]) as talk:
        await talk.ask()
        assert talk.slept == pytest.approx([0.1] * 5 + [1.0] * 3)


async def test_what_is_only_a_courtesy_waits_less() -> None:
    async with talking(lambda _: busy(20)) as talk:
        with pytest.raises(ModelBusy):
            await talk.ask(replace(QUESTION, patience_s=60))
        assert sum(talk.slept) <= 60


async def test_who_leaves_the_line_holds_up_nobody() -> None:
    async with talking([busy(5), busy(5), Reply("Hello")]) as talk:
        first, second = talk.client.stream(QUESTION), talk.client.stream(QUESTION)
        assert await anext(first) == Waiting(1)
        assert await anext(second) == Waiting(2)
        await first.aclose()
        assert text_of([event async for event in second]) == "Hello"


async def test_while_the_breaker_is_open_questions_wait_and_then_are_asked() -> None:
    async with talking([AWAY] * 5 + [Reply("Hello"), Reply("Hello")]) as talk:
        for _ in range(5):
            talk.client.breakers.provider.failed()
        talk.model._script = lambda _: Reply("Hello")
        first = talk.client.stream(QUESTION)
        assert await anext(first) == Waiting(1, is_down=True)
        second = talk.client.stream(QUESTION)
        assert await anext(second) == Waiting(2, is_down=True)
        assert text_of([event async for event in first]) == "Hello"
        assert talk.slept == [20.0]
        assert text_of([event async for event in second]) == "Hello"
        assert talk.slept == [20.0]
        assert not is_down(talk)


async def test_the_breaker_opens_by_failures_and_a_failed_probe_is_another_rest() -> None:
    async with talking([AWAY] * 7 + [Reply("Hello")]) as talk:
        with pytest.raises(ModelUnreachable):
            await talk.ask()
        assert len(talk.sent) == 3
        with pytest.raises(ModelUnreachable):
            await talk.ask()  # opens it, and waits for the probe, which fails as well
        assert len(talk.sent) == 6
        assert 18.0 in talk.slept
        assert finished_of(await talk.ask()).reason == "stop"
        assert talk.slept[-3:] == [20.0, 1.0, 19.0]  # a failed probe, and the rest after it


async def test_busy_and_refused_do_not_open_it() -> None:
    script = [busy(1)] * 8 + [refused("1210", "no")] * 8 + [busy(1)] * 8 + [Reply("Hello")]
    async with talking(script) as talk:
        for _ in range(8):
            with suppress(ModelRequestRefused):
                await talk.ask()
        await talk.ask()
        assert not is_down(talk)
        assert 20.0 not in talk.slept


async def test_a_probe_that_is_called_off_lets_the_next_one_try() -> None:
    async with talking([Reply(wait_s=30.0), Reply("Hello")]) as talk:
        for _ in range(5):
            talk.client.breakers.provider.failed()
        talk.now += 20.0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await talk.ask()
        assert text_of(await talk.ask()) == "Hello"

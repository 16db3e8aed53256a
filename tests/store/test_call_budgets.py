"""What a workspace has left of a rationed method: used up, filled again, corrected by Slack's own refusal."""

from types import SimpleNamespace

import pytest
from redis.asyncio import Redis

from bot.playground.workspace.clock import ManualClock
from bot.store import call_budgets as module
from bot.store.call_budgets import CallBudgets
from bot.store.keys import Keys


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    clock = ManualClock()
    monkeypatch.setattr(module, "time", SimpleNamespace(time=clock.now))
    return clock


async def taken(budgets: CallBudgets, tries: int, keep: int = 0, team: str = "T1", method: str = "chat.update") -> int:
    return sum([await budgets.take(team, method, 20, keep) for _ in range(tries)])


async def test_a_minute_s_calls_and_no_more(redis: Redis, clock: ManualClock) -> None:
    assert await taken(CallBudgets(redis, Keys()), 30) == 20


async def test_it_fills_again_evenly(redis: Redis, clock: ManualClock) -> None:
    budgets = CallBudgets(redis, Keys())
    await taken(budgets, 20)
    clock.advance(3.01)
    assert await taken(budgets, 5) == 1
    clock.advance(30.01)
    assert await taken(budgets, 20) == 10
    clock.advance(3_600)
    assert await taken(budgets, 30) == 20, "never more than a minute's"


async def test_some_are_kept_for_what_matters_more(redis: Redis, clock: ManualClock) -> None:
    budgets = CallBudgets(redis, Keys())
    assert await taken(budgets, 30, keep=5) == 15
    assert await taken(budgets, 30) == 5


async def test_workspaces_and_methods_have_their_own(redis: Redis, clock: ManualClock) -> None:
    budgets = CallBudgets(redis, Keys())
    await taken(budgets, 20)
    assert await taken(budgets, 1, team="T2") == 1
    assert await taken(budgets, 1, method="chat.startStream") == 1


async def test_all_processes_share_it(redis: Redis, clock: ManualClock) -> None:
    assert await taken(CallBudgets(redis, Keys()), 12) == 12
    assert await taken(CallBudgets(redis, Keys()), 12) == 8


async def test_what_slack_refused_is_not_tried_until_then(redis: Redis, clock: ManualClock) -> None:
    budgets = CallBudgets(redis, Keys())
    await taken(budgets, 5)
    await budgets.refused("T1", "chat.update", 30)
    clock.advance(29)
    assert await taken(budgets, 5) == 0


async def test_after_the_wait_it_fills_from_nothing(redis: Redis, clock: ManualClock) -> None:
    budgets = CallBudgets(redis, Keys())
    await budgets.refused("T1", "chat.update", 30)
    clock.advance(33.1)
    assert await taken(budgets, 5) == 1


async def test_asking_in_vain_does_not_shorten_the_wait(redis: Redis, clock: ManualClock) -> None:
    budgets = CallBudgets(redis, Keys())
    await budgets.refused("T1", "chat.update", 30)
    for _ in range(6):
        assert await taken(budgets, 1) == 0
        clock.advance(4)


async def test_it_has_an_end(redis: Redis, clock: ManualClock) -> None:
    await taken(CallBudgets(redis, Keys()), 1)
    assert 0 < await redis.ttl(Keys().budget("T1", "chat.update")) <= 600


async def test_a_refusal_has_an_end_too(redis: Redis, clock: ManualClock) -> None:
    await CallBudgets(redis, Keys()).refused("T1", "chat.update", 30)
    assert await redis.ttl(Keys().budget("T1", "chat.update")) > 0


async def test_a_store_that_is_away_holds_nothing_back() -> None:
    away = CallBudgets(Redis.from_url("unix:///nowhere.sock"), Keys())
    await away.refused("T1", "chat.update", 30)
    assert await taken(away, 30) == 30

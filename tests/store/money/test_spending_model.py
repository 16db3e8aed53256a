"""Whatever order requests are reserved, grow, end and die in: nobody is refused while a budget is not spent, and none
is overspent by more than one typical answer. A plain model runs beside the real scripts.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import fakeredis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from redis.asyncio import Redis

from bot.core.money.budgets import WORKSPACE, DefaultBudgets, Limit, days_of, limits_of, owners_of
from bot.core.money.ledger import AllReserved, Grant, LimitReached, RequestCost, Reservation
from bot.core.money.payer import Payer
from bot.store.keys import Keys
from bot.store.money import scripts as spending_scripts
from bot.store.money.spending import RESERVED_S, Bookkeeping, Spending

T = TypeVar("T")
TYPICAL = 100
DEFAULTS = DefaultBudgets(user_day=150, channel_day=250, workspace_month=400)
PAYERS = [Payer("T1", channel, user) for user in ("UANA", "UBEN") for channel in ("C1", "C2", "D1")]
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()
HOURS = st.sampled_from([1, 6, 24])


@dataclass
class Running:
    reservation: Reservation
    ends: float


def holds(one: Running, limit: Limit) -> bool:
    return limit.owner in one.reservation.owners


class SpendingMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.redis = Redis.from_url(self.url) if self.url else fakeredis.FakeAsyncRedis()
        self.run(self.redis.flushall())
        self.now = NOON
        self.store = Spending(self.redis, Keys(), Bookkeeping("CNY", UTC, DEFAULTS), lambda: self.now)
        self.running: list[Running] = []
        self.held: list[Running] = []  # also those of the dead
        self.spent: dict[tuple[str, Any], int] = {}

    def run(self, act: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await act

        return self.runner.run(awaited())

    def of(self, limit: Limit) -> int:
        return sum(self.spent.get((limit.owner, day), 0) for day in days_of(limit.period, self.store.today))

    def still_held(self) -> list[Running]:
        return [one for one in self.held if one.ends > self.now]

    def checked(self, payer: Payer, found: Grant | AllReserved | LimitReached) -> None:
        limits = limits_of(owners_of(payer), DEFAULTS, {})
        used = [limit for limit in limits if self.of(limit) >= limit.amount]
        match found:
            case Grant(_, room):
                assert not used
                assert room is not None
                for limit in limits:
                    held = sum(one.reservation.amount for one in self.still_held() if holds(one, limit))
                    assert self.of(limit) + held < limit.amount, "let in though nothing was left"
            case LimitReached(standing):
                assert standing.limit in used, "refused though it was not spent"
                assert standing.spent == self.of(standing.limit) > 0
            case AllReserved():
                assert not used
                assert self.still_held(), "nothing is held that could be waited for"

    @rule(payer=st.sampled_from(PAYERS), amount=st.sampled_from([TYPICAL, TYPICAL, 30]))
    def reserve(self, payer: Payer, amount: int) -> None:
        found = self.run(self.store.reserve(payer, amount))
        self.checked(payer, found)
        if isinstance(found, Grant):
            one = Running(found.reservation, self.now + RESERVED_S)
            self.running.append(one)
            self.held.append(one)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), more=st.sampled_from([TYPICAL, 10]))
    def grow(self, data: st.DataObject, more: int) -> None:
        """An answer becomes longer than was reserved for it."""
        one = self.picked(data)
        found = self.run(self.store.raise_to(one.reservation, one.reservation.amount + more))
        self.checked(one.reservation.payer, found)
        if isinstance(found, Grant):
            one.reservation, one.ends = found.reservation, self.now + RESERVED_S

    @precondition(lambda self: self.running)
    @rule(data=st.data(), share=st.sampled_from([1, 1, 1, 0.5, 0]), times=st.integers(1, 2))
    def settle(self, data: st.DataObject, share: float, times: int) -> None:
        """Also twice: the answer to the first time may have been lost."""
        one = self.picked(data, is_over=True)
        cost = int(one.reservation.amount * share)
        for _ in range(times):
            self.run(self.store.settle(one.reservation, RequestCost("glm", cost, 5, 7)))
        for owner in owners_of(one.reservation.payer):
            key = owner, one.reservation.day
            self.spent[key] = self.spent.get(key, 0) + cost
        self.held.remove(one)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        one = self.picked(data, is_over=True)
        self.run(self.store.release(one.reservation))
        self.held.remove(one)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        """A worker is killed in the middle: nobody settles or releases."""
        self.picked(data, is_over=True)

    @rule(seconds=st.sampled_from([1, 60, RESERVED_S]))
    def pass_time(self, seconds: int) -> None:
        self.now += seconds
        self.running = [one for one in self.running if one.ends > self.now]
        self.held = self.still_held()

    @rule(hours=HOURS)
    def pass_hours(self, hours: int) -> None:
        self.now += hours * 3600
        self.running, self.held = [], []

    @invariant()
    def never_overspent(self) -> None:
        for payer in PAYERS:
            for limit in limits_of(owners_of(payer), DEFAULTS, {}):
                assert self.of(limit) < limit.amount + TYPICAL

    @invariant()
    def counted_once(self) -> None:
        owners = ["UANA", "UBEN", "C1", "C2", WORKSPACE]
        found = self.run(self.store.spent("T1", owners, [self.store.today]))
        for owner in owners:
            assert found[owner][self.store.today] == self.spent.get((owner, self.store.today), 0)

    @invariant()
    def held_by_all_or_none(self) -> None:
        for one in self.running:
            for owner in one.reservation.owners:
                assert self.run(self.redis.hexists(Keys().reserved("T1", owner), one.reservation.id))

    def picked(self, data: st.DataObject, *, is_over: bool = False) -> Running:
        one = data.draw(st.sampled_from(self.running))
        if is_over:
            self.running.remove(one)
        return one

    def teardown(self) -> None:
        self.run(self.redis.aclose())
        self.runner.close()


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.processes)])
def url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "fake" else str(request.getfixturevalue("redis_url"))


def ordered(machine: Any, examples: int) -> None:
    """Without shortening what fails: that takes minutes, and the log shows the steps anyway."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_order_of_things_refuses_or_overspends(url: str) -> None:
    ordered(type("Machine", (SpendingMachine,), {"url": url}), 25)


FAULTS = {
    "what is reserved counts for nothing": ("if spent + sum >= limit.amount and", "if spent >= limit.amount and"),
    "what is reserved refuses": ("if spent >= limit.amount then", "if spent + sum >= limit.amount then"),
    "the dead hold for ever": ("tonumber(at) <= now or", ""),
    "only one limit holds it": ("redis.call('HSET', KEYS[limit.held], id", "redis.call('HSET', KEYS[1], id"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_notices_a_fault(fault: str) -> None:
    right, wrong = FAULTS[fault]
    script = spending_scripts.RESERVE.replace(right, wrong)
    assert script != spending_scripts.RESERVE

    class Faulty(SpendingMachine):
        def __init__(self) -> None:
            super().__init__()
            self.store._reserve = self.redis.register_script(script)  # the fault is put in here

    with pytest.raises(AssertionError):
        ordered(Faulty, 100)

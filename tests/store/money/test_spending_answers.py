"""Many answers at once on one budget, each of which may end, be stopped, fail or be killed at any step: nobody is
refused while nothing is spent, and the budget is overspent by less than one typical answer.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import fakeredis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.model.events import Finished, ModelEvent, TextDelta
from bot.core.model.messages import Ask, Message, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.model.usage import Price, Usage
from bot.core.money import paid_model
from bot.core.money.budgets import WORKSPACE, DefaultBudgets
from bot.core.money.estimate import PLAIN_TOKENS, Prices
from bot.core.money.ledger import AllReserved, Grant, LimitReached, RequestCost, Reservation
from bot.core.money.paid_model import PaidModel
from bot.core.money.payer import Bill, Payer, billed_to
from bot.errors import BudgetUsedUp, ModelUnreachable
from bot.store.keys import Keys
from bot.store.money.spending import RESERVED_S, Bookkeeping, Spending

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp()
PROMPT, PIECE = 100, "x" * 360  # a hundred tokens
TYPICAL = PROMPT + PLAIN_TOKENS
PRICE = Price(1.0, 1.0, "CNY")
WAYS = ("ends", "is stopped", "is cancelled", "fails", "is killed")


@dataclass(frozen=True)
class Plan:
    """An answer of so many pieces, and what becomes of it after some of them."""

    payer: Payer
    pieces: int
    way: str
    after: int


PLANS = st.lists(
    st.builds(
        Plan,
        st.sampled_from([Payer("T1", "C1", "UANA"), Payer("T1", "C1", "UBEN"), Payer("T1", "C2", "UANA")]),
        st.integers(0, 20),
        st.sampled_from(WAYS),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=12,
)


class Unplugged(Exception):  # it stands for the end of a process
    """The worker is gone: nothing of what it would have done still happens."""


@dataclass
class Pulled:
    """A ledger of which a killed worker hears no more."""

    store: Spending
    is_dead: bool = False
    refused: list[LimitReached] = field(default_factory=list)

    async def reserve(self, payer: Payer, amount: int) -> Grant | AllReserved | LimitReached:
        found = await self.store.reserve(payer, amount)
        if isinstance(found, LimitReached):
            self.refused.append(found)
        return found

    async def raise_to(self, reservation: Reservation, amount: int) -> Grant | AllReserved | LimitReached:
        return await self.store.raise_to(reservation, amount)

    async def settle(self, reservation: Reservation, used: RequestCost) -> None:
        if not self.is_dead:
            await self.store.settle(reservation, used)

    async def release(self, reservation: Reservation) -> None:
        if not self.is_dead:
            await self.store.release(reservation)

    async def notices(self, payer: Payer) -> tuple[()]:
        return ()


@dataclass
class Talking:
    plan: Plan
    ledger: Pulled

    async def stream(self, ask: Ask) -> AsyncGenerator[ModelEvent, None]:
        for number in range(self.plan.pieces + 1):
            await asyncio.sleep(0)
            if number == self.plan.after and self.plan.way == "fails":
                raise ModelUnreachable("gone")
            if number == self.plan.after and self.plan.way == "is killed":
                self.ledger.is_dead = True
                raise Unplugged
            if number < self.plan.pieces:
                yield TextDelta(PIECE)
        usage = Usage(PROMPT, estimate_tokens(PIECE * self.plan.pieces))
        yield Finished("stop", usage, "glm", PRICE.cost(usage), "CNY")


async def one(plan: Plan, store: Spending) -> Pulled:
    ledger = Pulled(store)
    prices = Prices(lambda _: PRICE, lambda _: PROMPT, 16_384, "CNY")
    model = PaidModel(Talking(plan, ledger), ledger, prices, "glm")
    ask, seen = Ask((Message("user", (Text("?"),)),), thinking=False), 0

    async def read() -> None:
        nonlocal seen
        async with aclosing(model.stream(ask)) as events:
            async for _ in events:
                seen += 1
                if plan.way == "is stopped" and seen > plan.after:
                    return
                if plan.way == "is cancelled" and seen > plan.after:
                    raise asyncio.CancelledError

    with billed_to(Bill(plan.payer)), suppress(BudgetUsedUp, ModelUnreachable, Unplugged, asyncio.CancelledError):
        await read()
    return ledger


async def all_of(plans: list[Plan]) -> None:
    redis, now = fakeredis.FakeAsyncRedis(), NOON
    budgets = {"UANA": 2_000, "UBEN": 2_000, "C1": 3_000, "C2": 3_000, WORKSPACE: 4_000}
    defaults = DefaultBudgets(user_day=2_000, channel_day=3_000, workspace_month=4_000)
    store = Spending(redis, Keys(), Bookkeeping("CNY", UTC, defaults), lambda: now)
    ledgers = await asyncio.gather(*(one(plan, store) for plan in plans))
    spent = await store.spent("T1", list(budgets), [store.today])
    for owner, amount in budgets.items():
        assert spent[owner][store.today] < amount + TYPICAL
    for refused in [refused for ledger in ledgers for refused in ledger.refused]:
        assert refused.standing.spent >= refused.standing.limit.amount
    now += RESERVED_S
    for payer in {plan.payer for plan in plans}:
        found = await store.reserve(payer, 1)
        assert not isinstance(found, AllReserved), "whatever was killed holds nothing any more"
        if isinstance(found, Grant):
            await store.release(found.reservation)
    await redis.aclose()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLANS)
def test_however_answers_end_no_budget_is_overspent_and_nobody_refused_early(plans: list[Plan]) -> None:
    patience, look = paid_model.HELD_PATIENCE_S, paid_model.LOOK_S
    paid_model.HELD_PATIENCE_S, paid_model.LOOK_S = 0.05, 0.001
    try:
        asyncio.run(all_of(plans))
    finally:
        paid_model.HELD_PATIENCE_S, paid_model.LOOK_S = patience, look

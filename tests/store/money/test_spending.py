"""Budgets, reservations and sums in Redis: what counts for whom, when it renews, what is kept and for how long."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from redis.asyncio import Redis

from bot.core.money.budgets import WORKSPACE, DefaultBudgets
from bot.core.money.ledger import AllReserved, Grant, LimitReached, RequestCost
from bot.core.money.payer import Payer
from bot.store.keys import TYPES, Keys
from bot.store.money.spending import KEPT_DAYS, RESERVED_S, Bookkeeping, Spending

ANA, BEN = Payer("T1", "C1", "UANA"), Payer("T1", "C1", "UBEN")
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> float:
        return self.now.timestamp()


@dataclass
class Till:
    redis: Redis
    defaults: DefaultBudgets = field(default_factory=DefaultBudgets)
    zone: Any = UTC
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.store = Spending(self.redis, Keys(), Bookkeeping("CNY", self.zone, self.defaults), self.clock)

    async def spend(self, payer: Payer, cost: int, model: str = "z-ai/glm-4.6v") -> None:
        found = await self.store.reserve(payer, cost)
        assert isinstance(found, Grant), found
        await self.store.settle(found.reservation, RequestCost(model, cost, 1000, 50))


async def test_whoever_has_spent_it_is_refused_and_told_whose_it_is(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    await till.spend(ANA, 60)
    await till.spend(ANA, 60)
    found = await till.store.reserve(ANA, 1)
    assert isinstance(found, LimitReached)
    assert (found.standing.limit.owner, found.standing.limit.period) == ("UANA", "day")
    assert (found.standing.spent, found.standing.left) == (120, 0)
    assert found.standing.renews == datetime(2026, 11, 30, tzinfo=UTC)
    assert isinstance(await till.store.reserve(BEN, 1), Grant), "it was Ana's"


async def test_a_new_day_is_a_new_budget_and_a_month_adds_its_days_up(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100, workspace_month=150))
    await till.spend(ANA, 100)
    till.clock.now += timedelta(days=1)
    await till.spend(ANA, 100)
    found = await till.store.reserve(BEN, 1)
    assert isinstance(found, LimitReached)
    assert found.standing.limit.owner == WORKSPACE
    assert found.standing.renews == datetime(2026, 12, 1, tzinfo=UTC)
    till.clock.now += timedelta(days=1)
    assert isinstance(await till.store.reserve(BEN, 1), Grant), "a new month"


async def test_days_begin_at_midnight_in_the_zone_of_the_workspace(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100), zone=timezone(timedelta(hours=8)))
    till.clock.now = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)
    await till.spend(ANA, 100)
    found = await till.store.reserve(ANA, 1)
    assert isinstance(found, LimitReached)
    assert found.standing.renews == datetime(2026, 11, 29, 16, 0, tzinfo=UTC)
    till.clock.now += timedelta(minutes=1)
    assert isinstance(await till.store.reserve(ANA, 1), Grant)


async def test_what_is_only_reserved_is_waited_for_and_refuses_nobody(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(channel_day=100))
    first = await till.store.reserve(ANA, 120)
    assert isinstance(first, Grant), "a request larger than the budget is let in once"
    assert first.room == 100
    assert isinstance(await till.store.reserve(BEN, 1), AllReserved)
    await till.store.release(first.reservation)
    assert isinstance(await till.store.reserve(BEN, 1), Grant)


async def test_of_many_at_once_only_so_many_are_let_in_as_there_is_room_for(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(channel_day=1000))
    found = await asyncio.gather(*(till.store.reserve(ANA, 100) for _ in range(40)))
    assert sum(isinstance(one, Grant) for one in found) == 10
    assert sum(isinstance(one, AllReserved) for one in found) == 30


async def test_a_reservation_ends_by_itself(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    assert isinstance(await till.store.reserve(ANA, 100), Grant)
    key = Keys().reserved("T1", "UANA")
    assert 0 < await redis.ttl(key) <= RESERVED_S
    till.clock.now += timedelta(seconds=RESERVED_S)
    assert isinstance(await till.store.reserve(ANA, 100), Grant)
    assert await redis.hlen(key) == 1, "the old one is gone"


async def test_what_a_killed_attempt_has_left_gives_way_to_the_next(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    first, second = (replace(ANA, thread="T1:C1:1.0", attempt=name) for name in ("a", "b"))
    other = replace(ANA, thread="T1:C1:2.0", attempt="a")
    assert isinstance(await till.store.reserve(first, 100), Grant)
    assert isinstance(await till.store.reserve(other, 100), AllReserved)
    assert isinstance(await till.store.reserve(first, 100), AllReserved), "of one attempt several requests may run"
    assert isinstance(await till.store.reserve(second, 100), Grant)


async def test_what_was_used_is_counted_once_also_after_its_reservation_is_over(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    found = await till.store.reserve(ANA, 10)
    assert isinstance(found, Grant)
    till.clock.now += timedelta(seconds=RESERVED_S)
    await till.store.reserve(ANA, 1)
    for _ in range(3):
        await till.store.settle(found.reservation, RequestCost("glm", 30, 5, 6))
    assert (await till.store.spent("T1", ["UANA"], [till.store.today]))["UANA"] == {till.store.today: 30}


async def test_an_answer_that_grows_holds_more(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    first, second = await till.store.reserve(ANA, 40), await till.store.reserve(ANA, 40)
    assert isinstance(first, Grant)
    assert isinstance(second, Grant)
    grown = await till.store.raise_to(first.reservation, 80)
    assert isinstance(grown, Grant)
    assert isinstance(await till.store.raise_to(second.reservation, 60), AllReserved)
    assert isinstance(await till.store.raise_to(grown.reservation, 80), Grant), "asked twice, as after a lost answer"


async def test_what_admins_set_takes_the_place_of_the_default_of_its_period(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    await till.store.allow("T1", "UANA", "day", 300)
    await till.store.allow("T1", "UANA", "week", 500)
    standings = await till.store.standings("T1", ["UANA", "UBEN", WORKSPACE])
    assert [(one.limit.owner, one.limit.period, one.limit.amount) for one in standings] == [
        ("UANA", "day", 300),
        ("UANA", "week", 500),
        ("UBEN", "day", 100),
    ]
    await till.store.allow("T1", "UANA", "day", None)
    assert [one.limit.period for one in await till.store.standings("T1", ["UANA"])] == ["week"]
    others = await till.store.standings("T2", ["UANA"])
    assert [one.limit.amount for one in others] == [100], "another workspace has its own"


async def test_a_direct_conversation_is_paid_by_its_person_alone(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(channel_day=1))
    await till.spend(Payer("T1", "D1", "UANA"), 50)
    assert isinstance(await till.store.reserve(Payer("T1", "D1", "UANA"), 50), Grant)


async def test_most_of_it_is_told_once_in_each_period_and_again_after_it_was_changed(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    await till.spend(ANA, 79)
    assert not await till.store.notices(ANA)
    await till.spend(ANA, 1)
    assert [one.limit.owner for one in await till.store.notices(ANA)] == ["UANA"]
    assert not await till.store.notices(ANA)
    await till.store.allow("T1", "UANA", "day", 90)
    assert [one.spent for one in await till.store.notices(ANA)] == [80]
    till.clock.now += timedelta(days=1)
    await till.spend(ANA, 72)
    assert [one.spent for one in await till.store.notices(ANA)] == [72]


async def test_usage_is_kept_for_400_days_as_bare_whole_numbers(redis: Redis) -> None:
    till = Till(redis)
    await till.spend(ANA, 1_234_567)
    await till.spend(BEN, 3)
    day = NOON.date().isoformat()
    key = Keys().usage("T1", "CNY", day)
    assert await redis.hgetall(key) == {
        b"UANA": b"1234567",
        b"UBEN": b"3",
        b"C1": b"1234570",
        b"all": b"1234570",
        b"model:z-ai/glm-4.6v": b"1234570",
    }
    for kept in (key, Keys().usage_rows("T1", "CNY", day)):
        assert 0 < await redis.ttl(kept) <= KEPT_DAYS * 86_400
    async for raw in redis.scan_iter("glm:*"):
        assert await redis.ttl(raw) > 0, f"{raw!r} stays for ever"


async def test_rows_tell_person_channel_model_and_day(redis: Redis) -> None:
    till = Till(redis)
    await till.spend(ANA, 10)
    await till.spend(ANA, 5)
    till.clock.now += timedelta(days=1)
    await till.spend(BEN, 7, "glm-5v turbo")
    rows = await till.store.rows("T1", till.store.kept_days())
    told = [(row.day, row.user, row.channel, row.model, row.requests, row.cost) for row in rows]
    assert told == [
        (date(2026, 11, 29), "UANA", "C1", "z-ai/glm-4.6v", 2, 15),
        (date(2026, 11, 30), "UBEN", "C1", "glm-5vturbo", 1, 7),
    ]
    assert (rows[0].prompt_tokens, rows[0].completion_tokens) == (2000, 100)


async def test_garbage_counts_as_nothing_and_stops_nothing(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    keys, day = Keys(), NOON.date().isoformat()
    for garbage in (b"", b"\xff", b"-5", b"9" * 400, b"nan", b"1 2 3", b"x y"):
        await redis.flushall()
        await redis.hset(keys.usage("T1", "CNY", day), "UANA", garbage)
        await redis.hset(keys.usage_rows("T1", "CNY", day), "UANA C1 z-ai/glm-4.6v cost", garbage)
        await redis.hset(keys.reserved("T1", "UANA"), "id", garbage)
        await redis.hset(keys.allowances("T1"), mapping={"UANA week": garbage, garbage: "5"})
        await till.spend(ANA, 10)
        assert [one.spent for one in await till.store.standings("T1", ["UANA"])] == [10]
        assert [row.cost for row in await till.store.rows("T1", [till.store.today])] == [10]


async def test_a_key_of_another_type_is_moved_away(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=100))
    keys, day = Keys(), NOON.date().isoformat()
    for key in (keys.usage("T1", "CNY", day), keys.reserved("T1", "UANA"), keys.allowances("T1")):
        await redis.set(key, "a string")
    await till.spend(ANA, 10)
    assert [one.spent for one in await till.store.standings("T1", ["UANA"])] == [10]


def test_every_key_has_its_type() -> None:
    keys = Keys()
    names = ("reserved", "settled", "usage", "usage_rows", "allowances", "budget_told")
    assert set(names) <= set(TYPES)
    assert keys.type_of(keys.usage_rows("T1", "CNY", "2026-11-29")) == "hash"
    assert keys.type_of(keys.budget_told("T1", "UANA", "day", "2026-11-29")) == "string"


async def test_whoever_is_forgotten_leaves_the_sums_without_a_name(redis: Redis) -> None:
    till = Till(redis, DefaultBudgets(user_day=10**6))
    await till.spend(ANA, 10)
    await till.spend(BEN, 5)
    await till.store.allow("T1", "UANA", "week", 50)
    await till.store.reserve(ANA, 1)
    await till.store.forget("T1", "UANA")
    await till.store.forget("T1", "UANA")
    for key in [raw async for raw in redis.scan_iter("*")]:
        assert b"UANA" not in key
        if await redis.type(key) == b"hash":
            assert "UANA" not in str(await redis.hkeys(key))
    rows = await till.store.rows("T1", [till.store.today])
    assert sorted((row.user, row.cost, row.requests) for row in rows) == [("-", 10, 1), ("UBEN", 5, 1)]
    spent = await till.store.spent("T1", [WORKSPACE, "C1"], [till.store.today])
    assert [list(days.values()) for days in spent.values()] == [[15], [15]]

"""Spending keeps budgets, reservations and sums by day, in whole millionths of the currency.

How many Slack calls are left is the matter of bot.store.call_budgets.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from redis.asyncio import Redis

from bot.core.model.usage import Currency
from bot.core.money.budgets import (
    PERIODS,
    BudgetStanding,
    DefaultBudgets,
    Limit,
    Period,
    days_of,
    limits_of,
    next_first_day,
    owners_of,
    renews_at,
)
from bot.core.money.ledger import AllReserved, Grant, LimitReached, RequestCost, Reservation
from bot.core.money.payer import Payer
from bot.core.money.usage_rows import NOBODY, UsageRow
from bot.store.keys import DAY_S, Keys
from bot.store.money import scripts as spending_scripts
from bot.store.outage import tells_outage

KEPT_DAYS = 400
# A minute longer than a turn may last.
RESERVED_S = 660
SETTLED_S = 86_400
NO_LIMIT = b"off"
ScriptArgument = str | int
MODEL = "model:"


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """How money is counted: the currency, the time zone in which a day begins, and the budgets that hold by default.

    `has_price` False: nobody knows what the model costs, so only its tokens are counted.
    """

    currency: Currency = "USD"
    zone: tzinfo = UTC
    defaults: DefaultBudgets = field(default_factory=DefaultBudgets)
    has_price: bool = True


class Spending:
    """A `core.money.ledger.Ledger`, with what admins set and what people look up."""

    def __init__(self, redis: Redis, keys: Keys, books: Bookkeeping, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._keys = keys
        self.books = books
        self._clock = clock
        self._reserve = redis.register_script(spending_scripts.RESERVE)
        self._settle = redis.register_script(spending_scripts.SETTLE)
        self._sums_of = redis.register_script(spending_scripts.SPENT)
        self._forget = redis.register_script(spending_scripts.FORGET)
        self._release = redis.register_script(spending_scripts.RELEASE)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), self.books.zone)

    @property
    def today(self) -> date:
        return self.now.date()

    # -- requests ------------------------------------------------------------------------------------------------

    @tells_outage
    async def reserve(self, payer: Payer, amount: int) -> Grant | AllReserved | LimitReached:
        limits = await self._limits(payer.team, owners_of(payer))
        owners = tuple(dict.fromkeys(limit.owner for limit in limits))
        id_ = f"{_attempt(payer)}{uuid.uuid4().hex}"
        reservation = Reservation(id_, payer, self.today, amount, owners)
        return await self._reserved(reservation, limits)

    @tells_outage
    async def raise_to(self, reservation: Reservation, amount: int) -> Grant | AllReserved | LimitReached:
        limits = await self._limits(reservation.payer.team, owners_of(reservation.payer))
        owners = tuple(dict.fromkeys((*reservation.owners, *(limit.owner for limit in limits))))
        return await self._reserved(replace(reservation, amount=amount, owners=owners), limits)

    async def _reserved(
        self, reservation: Reservation, limits: tuple[Limit, ...]
    ) -> Grant | AllReserved | LimitReached:
        """Reserve with one script over all limits: all of them hold the reservation, or none does."""
        if not limits or not reservation.amount:
            return Grant(reservation)
        team = reservation.payer.team
        held = {owner: self._keys.reserved(team, owner) for owner in reservation.owners}
        days, day_indexes = self._days(team, limits, behind=len(held))
        index = {owner: number for number, owner in enumerate(held, 1)}
        limits_json = [
            {"amount": limit.amount, "owner": limit.owner, "held": index[limit.owner], "days": day_indexes[number]}
            for number, limit in enumerate(limits)
        ]
        now_ms = round(self._clock() * 1000)
        until_ms = now_ms + RESERVED_S * 1000
        payer = reservation.payer
        args: list[ScriptArgument] = [reservation.id, reservation.amount, now_ms, until_ms]
        args += [json.dumps(limits_json), RESERVED_S, f"{payer.thread} " if payer.thread else "", _attempt(payer)]
        state, number, amount = await self._reserve(keys=[*held.values(), *days], args=args)
        if state == b"granted":
            return Grant(reservation, int(amount))
        if state == b"used_up":
            return LimitReached(self._standing(limits[int(number) - 1], int(amount)))
        return AllReserved()

    def _days(self, team: str, limits: Sequence[Limit], behind: int = 0) -> tuple[list[str], list[list[int]]]:
        """Return the keys of all days that count for the limits, and for each limit the indexes of its days among the
        keys of a script, in which `behind` other keys come first.
        """
        limit_days = [days_of(limit.period, self.today) for limit in limits]
        days = sorted({day for days in limit_days for day in days})
        index = {day: number for number, day in enumerate(days, behind + 1)}
        return [self._sums(team, day) for day in days], [[index[day] for day in days] for days in limit_days]

    def _standing(self, limit: Limit, spent: int) -> BudgetStanding:
        return BudgetStanding(limit, spent, renews_at(limit.period, self.now, self.books.zone))

    @tells_outage
    async def settle(self, reservation: Reservation, used: RequestCost) -> None:
        payer, day = reservation.payer, reservation.day
        team, keys = payer.team, self._keys
        held = [keys.reserved(team, owner) for owner in reservation.owners]
        rows = keys.usage_rows(team, self.books.currency, day.isoformat())
        row = f"{payer.user or NOBODY} {payer.channel or NOBODY} {_one_word(used.model)}"
        owners = [*owners_of(payer), f"{MODEL}{_one_word(used.model)}"]
        args: list[ScriptArgument] = [reservation.id, used.cost, KEPT_DAYS * DAY_S, SETTLED_S, row]
        await self._settle(
            keys=[keys.settled(team, reservation.id), self._sums(team, day), rows, *held],
            args=[*args, used.prompt_tokens, used.completion_tokens, *owners],
        )

    @tells_outage
    async def release(self, reservation: Reservation) -> None:
        if reservation.owners:
            keys = [self._keys.reserved(reservation.payer.team, owner) for owner in reservation.owners]
            await self._release(keys=keys, args=[reservation.id])

    @tells_outage
    async def notices(self, payer: Payer) -> tuple[BudgetStanding, ...]:
        standings = await self._standings(payer.team, owners_of(payer))
        nearly = [standing for standing in standings if standing.is_nearly_used_up]
        return tuple([standing for standing in nearly if await self._is_first_notice(payer.team, standing.limit)])

    async def _is_first_notice(self, team: str, limit: Limit) -> bool:
        today = self.today
        first = days_of(limit.period, today)[0]
        key = self._keys.budget_told(team, limit.owner, limit.period, first.isoformat())
        kept_s = ((next_first_day(limit.period, today) - today).days + 1) * DAY_S
        return bool(await self._redis.set(key, str(limit.amount), ex=kept_s, nx=True))

    # -- what is set, and what was used --------------------------------------------------------------------------

    @tells_outage
    async def allow(self, team: str, owner: str, period: Period, amount: int | None) -> None:
        """Set a budget: `amount` millionths, or None for no limit. A notice of the old amount is void for the new
        one.
        """
        key = self._keys.allowances(team)
        await self._redis.hset(key, f"{owner} {period}", NO_LIMIT if amount is None else amount)
        first = days_of(period, self.today)[0]
        await self._redis.delete(self._keys.budget_told(team, owner, period, first.isoformat()))

    @tells_outage
    async def standings(self, team: str, owners: Sequence[str]) -> tuple[BudgetStanding, ...]:
        """Return how far each limit of these owners is used."""
        return await self._standings(team, tuple(owners))

    async def _standings(self, team: str, owners: tuple[str, ...]) -> tuple[BudgetStanding, ...]:
        limits = await self._limits(team, owners)
        if not limits:
            return ()
        days, day_indexes = self._days(team, limits)
        limits_json = [
            {"owner": limit.owner, "days": indexes} for limit, indexes in zip(limits, day_indexes, strict=True)
        ]
        spent = await self._sums_of(keys=days, args=[json.dumps(limits_json)])
        return tuple(self._standing(limit, int(amount)) for limit, amount in zip(limits, spent, strict=True))

    @tells_outage
    async def spent(self, team: str, owners: Sequence[str], days: Sequence[date]) -> Mapping[str, Mapping[date, int]]:
        """Return what each owner has spent on each day. An owner is the id of a person or a channel, or WORKSPACE."""
        if not owners:
            return {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for day in days:
                pipe.hmget(self._sums(team, day), list(owners))
            found = await pipe.execute()
        return {
            owner: {day: _whole(values[number]) for day, values in zip(days, found, strict=True)}
            for number, owner in enumerate(owners)
        }

    @tells_outage
    async def rows(self, team: str, days: Sequence[date]) -> list[UsageRow]:
        """Return all rows of these days, by day, person, channel and model."""
        currency = self.books.currency
        async with self._redis.pipeline(transaction=False) as pipe:
            for day in days:
                pipe.hgetall(self._keys.usage_rows(team, currency, day.isoformat()))
            found = await pipe.execute()
        return [row for day, fields in zip(days, found, strict=True) for row in _rows(day, fields)]

    @tells_outage
    async def forget(self, team: str, user: str) -> None:
        """Remove a person's id from the sums, which stay, and delete their budgets and reservations."""
        for day in self.kept_days():
            sums, rows = self._sums(team, day), self._keys.usage_rows(team, self.books.currency, day.isoformat())
            await self._forget(keys=[sums, rows], args=[user, NOBODY])
        fields = [f"{user} {period}" for period in PERIODS]
        await self._redis.hdel(self._keys.allowances(team), *fields)
        notices = [
            self._keys.budget_told(team, user, period, days_of(period, self.today)[0].isoformat()) for period in PERIODS
        ]
        await self._redis.delete(self._keys.reserved(team, user), *notices)

    def kept_days(self) -> list[date]:
        """Return the days whose sums are kept, the newest last."""
        return [self.today - timedelta(days=number) for number in range(KEPT_DAYS - 1, -1, -1)]

    @tells_outage
    async def allowed(self, team: str) -> dict[tuple[str, Period], int | None]:
        """Return what admins have set, by owner and period; None: no limit."""
        return await self._allowed(team)

    async def _limits(self, team: str, owners: tuple[str, ...]) -> tuple[Limit, ...]:
        return limits_of(owners, self.books.defaults, await self._allowed(team))

    async def _allowed(self, team: str) -> dict[tuple[str, Period], int | None]:
        fields: Any = await self._redis.hgetall(self._keys.allowances(team))
        allowed: dict[tuple[str, Period], int | None] = {}
        for name, value in fields.items():
            owner, _, word = name.decode(errors="replace").partition(" ")
            period = next((period for period in PERIODS if period == word), None)
            if period and (value == NO_LIMIT or _whole(value)):
                allowed[owner, period] = None if value == NO_LIMIT else _whole(value)
        return allowed

    def _sums(self, team: str, day: date) -> str:
        return self._keys.usage(team, self.books.currency, day.isoformat())


def _rows(day: date, fields: Mapping[bytes, bytes]) -> list[UsageRow]:
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for name, value in sorted(fields.items()):
        parts = name.decode(errors="replace").split(" ")
        if len(parts) == 4:
            found.setdefault((parts[0], parts[1], parts[2]), {})[parts[3]] = _whole(value)
    return [
        UsageRow(day, user, channel, model, **{name: much.get(field, 0) for name, field in _COLUMNS.items()})
        for (user, channel, model), much in found.items()
    ]


_COLUMNS = {"requests": "requests", "prompt_tokens": "in", "completion_tokens": "out", "cost": "cost"}


def _whole(value: bytes | None) -> int:
    """Read a number; anything else counts as zero."""
    return int(value) if value and len(value) <= 15 and value.isdigit() else 0


def _attempt(payer: Payer) -> str:
    return f"{payer.thread} {payer.attempt} " if payer.thread else ""


def _one_word(model: str) -> str:
    return "".join(model.split()) or "unknown"

"""Budgets limit what a person, a channel and the workspace may spend in a day, a week or a month.

All budgets of a workspace renew at midnight in one time zone (`BUDGET_ZONE`), for three reasons: the days of a month
add up to the same month for everybody, nobody gets a second day by changing the time zone in their profile, and a
channel has no time zone. A person is told the time in their own time zone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, get_args

from bot.core.money.payer import Payer

Period = Literal["day", "week", "month"]
PERIODS: tuple[Period, ...] = get_args(Period)
# The owner of the workspace's budget. Other owners are ids of people and channels.
WORKSPACE = "all"
NOTICE_SHARE = 0.8

# The budgets that admins have set, by owner and period. None: no limit, whatever the default is.
Allowed = Mapping[tuple[str, Period], int | None]


@dataclass(frozen=True, slots=True)
class DefaultBudgets:
    """The budgets of people, channels and the workspace without a budget of their own. Millionths; None: no limit."""

    user_day: int | None = None
    channel_day: int | None = None
    workspace_month: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` millionths that `owner` (a person's or a channel's id, or WORKSPACE) may spend in a `period`."""

    owner: str
    period: Period
    amount: int


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """How much of a limit is spent (`spent`, in millionths), and when it renews (UTC)."""

    limit: Limit
    spent: int
    renews: datetime

    @property
    def left(self) -> int:
        return max(0, self.limit.amount - self.spent)

    @property
    def is_used_up(self) -> bool:
        return self.spent >= self.limit.amount

    @property
    def is_nearly_used_up(self) -> bool:
        return self.spent >= self.limit.amount * NOTICE_SHARE


def owners_of(payer: Payer) -> tuple[str, ...]:
    """Return the owners of the budgets that pay for a request: the person, the channel, the workspace."""
    return tuple(dict.fromkeys(owner for owner in (payer.user, payer.channel, WORKSPACE) if owner))


def limits_of(owners: tuple[str, ...], defaults: DefaultBudgets, allowed: Allowed) -> tuple[Limit, ...]:
    """Return every limit of these owners. A budget that an admin has set takes the place of the default."""
    return tuple(limit for owner in owners for limit in _limits(owner, defaults, allowed))


def _limits(owner: str, defaults: DefaultBudgets, allowed: Allowed) -> Iterator[Limit]:
    amounts: dict[Period, int | None] = dict(_default(owner, defaults))
    amounts |= {period: allowed[owner, period] for period in PERIODS if (owner, period) in allowed}
    for period in PERIODS:
        amount = amounts.get(period)
        if amount is not None:
            yield Limit(owner, period, amount)


def _default(owner: str, defaults: DefaultBudgets) -> dict[Period, int | None]:
    if owner == WORKSPACE:
        return {"month": defaults.workspace_month}
    if is_channel(owner):
        # A direct message belongs to its person, so only the person's own budget counts there.
        return {} if owner.startswith("D") else {"day": defaults.channel_day}
    return {"day": defaults.user_day}


def is_channel(owner: str) -> bool:
    return owner[:1] in {"C", "G", "D"}


def first_day(period: Period, today: date) -> date:
    """Return the day on which the period began. Weeks begin on Monday."""
    if period == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if period == "month" else today


def days_of(period: Period, today: date) -> tuple[date, ...]:
    """Return the days of the period, from the first until today."""
    first = first_day(period, today)
    return tuple(first + timedelta(days=number) for number in range((today - first).days + 1))


def next_first_day(period: Period, today: date) -> date:
    first = first_day(period, today)
    if period == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if period == "week" else 1)


def renews_at(period: Period, now: datetime, zone: tzinfo) -> datetime:
    """Return the time at which the next period begins, in UTC. That is midnight in the zone of the budgets."""
    day = next_first_day(period, now.astimezone(zone).date())
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

"""What may be spent: by one person, in one channel, by the workspace, each in a day, a week or a month.

All budgets of a workspace renew at midnight in one time zone (`BUDGET_ZONE`), for three reasons: the days of a month
add up to the same month for everybody, a person can't get a second day by changing the zone in their profile, and a
channel has no zone of its own. A person is told the time on their own clock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal, get_args

from bot.core.money.payer import Payer

Period = Literal["day", "week", "month"]
PERIODS: tuple[Period, ...] = get_args(Period)
# Whose budget it is, where it is the whole workspace's; a person and a channel go by their id.
WORKSPACE = "all"
NOTICE_SHARE = 0.8

# What admins have set, by whose it is and the period. None: no limit, whatever the default is.
Allowed = Mapping[tuple[str, Period], int | None]


@dataclass(frozen=True, slots=True)
class DefaultBudgets:
    """Of people, channels and the workspace nobody has set a budget for. Millionths; None: no limit."""

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
    """How much of a limit is spent, and when it renews (UTC)."""

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
    """Everybody whose budget a request is paid from: the person, the channel, the workspace."""
    return tuple(dict.fromkeys(owner for owner in (payer.user, payer.channel, WORKSPACE) if owner))


def limits_of(owners: tuple[str, ...], defaults: DefaultBudgets, allowed: Allowed) -> tuple[Limit, ...]:
    """Every limit that counts for these owners. What an admin has set takes the place of the default of its period."""
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
        # A direct conversation is its person's: their own budget counts, and no second one.
        return {} if owner.startswith("D") else {"day": defaults.channel_day}
    return {"day": defaults.user_day}


def is_channel(owner: str) -> bool:
    return owner[:1] in {"C", "G", "D"}


def first_day(period: Period, today: date) -> date:
    """The day on which the period began; weeks begin on Monday."""
    if period == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1) if period == "month" else today


def days_of(period: Period, today: date) -> tuple[date, ...]:
    """From its first day until today."""
    first = first_day(period, today)
    return tuple(first + timedelta(days=number) for number in range((today - first).days + 1))


def next_first_day(period: Period, today: date) -> date:
    first = first_day(period, today)
    if period == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if period == "week" else 1)


def renews_at(period: Period, now: datetime, zone: tzinfo) -> datetime:
    """The midnight, in the zone of the budgets, at which the next period begins; told in UTC."""
    day = next_first_day(period, now.astimezone(zone).date())
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

"""Budgets have owners, and renew at the right time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.money.budgets import (
    WORKSPACE,
    DefaultBudgets,
    Period,
    days_of,
    limits_of,
    next_first_day,
    owners_of,
    renews_at,
)
from bot.core.money.payer import Payer
from bot.core.money.usage_rows import UsageRow, as_csv, totals

SUNDAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("period", "first", "following"),
    [
        ("day", SUNDAY, date(2026, 11, 30)),
        ("week", date(2026, 11, 23), date(2026, 11, 30)),
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_periods(period: Period, first: date, following: date) -> None:
    days = days_of(period, SUNDAY)
    assert (days[0], days[-1]) == (first, SUNDAY)
    assert len(set(days)) == len(days) == (SUNDAY - first).days + 1
    assert next_first_day(period, SUNDAY) == following


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 12, 31), date(2028, 2, 29), date(2026, 3, 1)])
def test_every_day_is_in_the_period_that_ends_before_the_next_begins(day: date) -> None:
    for period in ("day", "week", "month"):
        following = next_first_day(period, day)
        assert days_of(period, day)[0] <= day < following
        assert days_of(period, following) == (following,)


def test_it_renews_at_midnight_of_the_zone_also_when_clocks_are_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # clocks go back that night
    assert renews_at("day", before, berlin) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert renews_at("day", datetime(2026, 11, 29, 12, tzinfo=UTC), UTC) == datetime(2026, 11, 30, tzinfo=UTC)


def test_a_request_counts_for_its_person_its_channel_and_the_workspace() -> None:
    defaults = DefaultBudgets(1, 2, 3)
    in_channel = limits_of(owners_of(Payer("T1", "C1", "UANA")), defaults, {})
    assert [(one.owner, one.period, one.amount) for one in in_channel] == [
        ("UANA", "day", 1),
        ("C1", "day", 2),
        (WORKSPACE, "month", 3),
    ]
    direct = limits_of(owners_of(Payer("T1", "D1", "UANA")), defaults, {})
    assert [one.owner for one in direct] == ["UANA", WORKSPACE]


def test_a_name_is_no_formula_for_a_spreadsheet() -> None:
    rows = [UsageRow(SUNDAY, "UANA", "C1", "glm", 1, 2, 3, 1_500_000)]
    told = as_csv(rows, {"UANA": '=HYPERLINK("x")'}, "CNY").decode("utf-8-sig").splitlines()
    assert told[1] == '2026-11-29,"\'=HYPERLINK(""x"")",UANA,C1,glm,1,2,3,1.500000,CNY'


def test_totals_begin_with_the_dearest() -> None:
    rows = [UsageRow(SUNDAY, user, "C1", "glm", cost=cost) for user, cost in (("A", 1), ("B", 5), ("A", 2), ("C", 3))]
    assert totals(rows, lambda row: row.user) == [("B", 5), ("A", 3), ("C", 3)]

"""Admins, and nobody else, choose how long threads are remembered, within what the operator allows."""

from dataclasses import dataclass, field

import pytest

from bot.core.accounts.retention import ADMINS_RETAIN, DAYS, change_retention, in_days
from bot.core.people.settings import SettingAuthor

ADMIN = SettingAuthor("T1", "U1", "C1", "member", is_admin=True)


@dataclass
class Days:
    most_days: int = 30
    chosen: list[tuple[str, str, int]] = field(default_factory=list)

    async def choose(self, team: str, channel: str, days: int) -> None:
        self.chosen.append((team, channel, days))


async def test_an_admin_chooses_for_a_channel_or_for_the_workspace() -> None:
    store = Days()
    assert not await change_retention(store, ADMIN, "here", 7)
    assert not await change_retention(store, ADMIN, "everyone", 0)
    assert store.chosen == [("T1", "C1", 7), ("T1", "", 0)]


@pytest.mark.parametrize("days", [None, 31, -1])
async def test_no_number_of_days_or_too_many_are_refused(days: int | None) -> None:
    store = Days()
    assert await change_retention(store, ADMIN, "here", days) == DAYS.format(most=30)
    assert not store.chosen


async def test_nobody_else_chooses() -> None:
    store = Days()
    assert await change_retention(store, SettingAuthor("T1", "U2", "C1", "member"), "here", 7) == ADMINS_RETAIN
    assert not store.chosen


@pytest.mark.parametrize(
    ("days", "language", "words"), [(1, "en", "1 day"), (7, "en", "7 days"), (1, "zh-CN", "1 天"), (7, "zh-CN", "7 天")]
)
def test_one_day_is_no_days(days: int, language: str, words: str) -> None:
    assert in_days(days, language) == words

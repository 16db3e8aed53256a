"""`change_retention` sets how long threads are remembered, in a channel or in the whole workspace. Only admins may."""

from typing import Literal, Protocol

from bot.core.audit import AuditEvent, note
from bot.core.people.settings import SettingAuthor
from bot.words import fill, say, text

ADMINS_RETAIN = text("Only an admin of this workspace can decide how long I remember.")
DAYS = text("Tell me a number of days from 1 to {most}: `/glm retention 7 here`, or `everyone` for all channels.")

ONE_DAY, MORE_DAYS = text("1 day"), text("{days} days")


def in_days(days: int, language: str) -> str:
    return say(ONE_DAY, language) if days == 1 else say(MORE_DAYS, language, days=days)


class RetentionStore(Protocol):
    """`channel` is empty for the workspace, `days` 0 for the default. Raises StateError."""

    @property
    def most_days(self) -> int: ...

    async def choose(self, team: str, channel: str, days: int) -> None: ...


async def change_retention(
    store: RetentionStore, by: SettingAuthor, scope: Literal["here", "everyone"], days: int | None
) -> str:
    """Set the days, or take them back with 0. None is no number of days. Returns a marked sentence if it is refused,
    else an empty one. Raises StateError.
    """
    if not by.is_admin:
        return ADMINS_RETAIN
    if days is None or not 0 <= days <= store.most_days:
        return fill(DAYS, most=store.most_days)
    await store.choose(by.team, by.scope_id(scope), days)
    outcome = f"retention {days or 'default'} {scope}"
    note(AuditEvent("setting_changed", by.team, by.channel, by.user, outcome=outcome))
    return ""

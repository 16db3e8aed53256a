"""The admins' part of the home tab: the workspace's settings, budgets, access, usage and audit log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.accounts.retention import in_days
from bot.core.model.usage import Currency
from bot.core.money.amounts import shown
from bot.core.money.budgets import WORKSPACE, DefaultBudgets, Period
from bot.core.people.access import AccessList, AccessRules
from bot.core.people.preferences import Source
from bot.slack.blocks import Blocks
from bot.slack.dialogs import usage
from bot.slack.home import parts
from bot.slack.home.setting_rows import NO, SOURCES, YES, Choices, blocks_of
from bot.slack.outbound import Mentioning
from bot.slack.read.mentioned import mention_of
from bot.words import clipped, listed, say, text

BUDGET, ACCESS, RETENTION = "home_budget", "home_access", "home_retention"
Audit = Literal["", "stdout", "file"]
FOR_ADMINS = text("For admins")
FOR_ADMINS_TOLD = text("Only admins of this workspace see this part.")
SETTINGS = text("Settings for everyone")
BUDGETS = text("Budgets")
DEFAULT_LINES: Mapping[str, str] = {
    "user_day": text("Each person: {amount} a day"),
    "channel_day": text("Each channel: {amount} a day"),
    "workspace_month": text("The workspace: {amount} a month"),
}
LINES: Mapping[Period, str] = {
    "day": text("{who}: {amount} a day"),
    "week": text("{who}: {amount} a week"),
    "month": text("{who}: {amount} a month"),
}
THE_WORKSPACE = text("the workspace")
NO_LIMIT = text("no limit")
NO_BUDGETS = text("No budget is set: everybody may use as much as they like.")
SET_BUDGET = text("Set a budget…")
ACCESS_TITLE = text("Who may use me")
GUESTS = text("Guests: {answer}")
EXTERNAL = text("People of other companies: {answer}")
ONLY_PEOPLE = text("Only these people: {names}")
ONLY_CHANNELS = text("Only these channels: {names}")
BOTS = text("Bots that may mention me: {names}")
ALLOWED = text("Allowed by an admin: {names}")
DENIED = text("Not allowed by an admin: {names}")
ALLOW_OR_DENY = text("Allow or deny…")
REMEMBERED = text("How long I remember a thread")
DAYS = text("{days} after its last question")
CHANGE_DAYS = text("Change…")
AND_MORE = text("{names} and {count} more")
AUDIT: Mapping[Audit, str] = {
    "": text("Audit log: off"),
    "stdout": text("Audit log: on, to standard output"),
    "file": text("Audit log: on, into a file"),
}
MOST_LISTED = 15


@dataclass(frozen=True, slots=True)
class HomeBudgets:
    """Amounts are in millionths of the currency. `defaults` are the operator's. `allowed` are those that admins have
    set, by owner and period; None means no limit.
    """

    defaults: DefaultBudgets
    allowed: Mapping[tuple[str, Period], int | None]
    currency: Currency


@dataclass(frozen=True, slots=True)
class AdminPart:
    """What the admins' part shows. `days` is how long threads are remembered, `listed` what admins
    decided on access.
    """

    choices: Choices
    days: int
    days_source: Source
    budgets: HomeBudgets
    rules: AccessRules
    listed: AccessList
    used: usage.Figures
    audit: Audit = ""


def blocks(part: AdminPart, language: str, utc_offset_s: int) -> Blocks:
    head = [parts.header(FOR_ADMINS, language), parts.context(say(FOR_ADMINS_TOLD, language))]
    change = parts.button(
        RETENTION, CHANGE_DAYS, language, tells=f"{say(REMEMBERED, language)}: {say(CHANGE_DAYS, language)}"
    )
    settings = [parts.section(f"*{say(SETTINGS, language)}*"), *blocks_of(part.choices, "everyone", language)]
    source = say(SOURCES[part.days_source], language)
    words = f"*{say(REMEMBERED, language)}*\n{say(DAYS, language, days=in_days(part.days, language))} · _{source}_"
    settings.append(parts.section(words, change))
    budgets = parts.section(_budgets(part.budgets, language), parts.button(BUDGET, SET_BUDGET, language))
    access = parts.section(_access(part, language), parts.button(ACCESS, ALLOW_OR_DENY, language))
    used = usage.blocks(part.used, language, utc_offset_s)
    audit = parts.context(say(AUDIT[part.audit], language))
    return [*head, *settings, parts.divider(), budgets, access, parts.divider(), *used, audit]


def _budgets(budgets: HomeBudgets, language: str) -> str:
    lines, people = [], []
    for name, line in DEFAULT_LINES.items():
        amount = getattr(budgets.defaults, name)
        if amount is not None:
            lines.append(say(line, language, amount=shown(amount, budgets.currency)))
    for (owner, period), amount in sorted(budgets.allowed.items())[:MOST_LISTED]:
        people.append(owner)
        limit = say(NO_LIMIT, language) if amount is None else shown(amount, budgets.currency)
        lines.append(say(LINES[period], language, who=_owner(owner, language), amount=limit))
    bullets = [f"• {line}" for line in lines] or [say(NO_BUDGETS, language)]
    return Mentioning(clipped("\n".join([f"*{say(BUDGETS, language)}*", *bullets]), parts.TEXT_CHARS), *people)


def _owner(owner: str, language: str) -> str:
    return say(THE_WORKSPACE, language) if owner == WORKSPACE else mention_of(owner)


def _access(part: AdminPart, language: str) -> str:
    rules = part.rules
    answers = {True: say(YES, language), False: say(NO, language)}
    lines = [say(GUESTS, language, answer=answers[rules.guests])]
    lines.append(say(EXTERNAL, language, answer=answers[rules.external]))
    allowed = [id_ for id_, verdict in part.listed.items() if verdict == "allow"]
    denied = [id_ for id_, verdict in part.listed.items() if verdict == "deny"]
    lists = ((ONLY_PEOPLE, rules.users), (ONLY_CHANNELS, rules.channels), (BOTS, rules.bots))
    for line, ids in (*lists, (ALLOWED, allowed), (DENIED, denied)):
        if ids:
            lines.append(say(line, language, names=_names(ids, language)))
    words = "\n".join([f"*{say(ACCESS_TITLE, language)}*", *(f"• {line}" for line in lines)])
    return Mentioning(clipped(words, parts.TEXT_CHARS), *rules.users, *part.listed)


def _names(ids: Iterable[str], language: str) -> str:
    in_order = sorted(ids)
    names = listed([mention_of(id_) for id_ in in_order[:MOST_LISTED]], language)
    more = len(in_order) - MOST_LISTED
    return say(AND_MORE, language, names=names, count=more) if more > 0 else names

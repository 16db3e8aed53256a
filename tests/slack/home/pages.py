"""Home tabs to look at: that of an admin has everything there is."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.core.model.models import Models, OfferedModel
from bot.core.model.usage import Price
from bot.core.money.budgets import WORKSPACE, BudgetStanding, DefaultBudgets, Limit
from bot.core.people.access import AccessRules
from bot.core.people.preferences import Choice, Preferences, ScopedPreferences
from bot.slack.dialogs.usage import THE_WORKSPACES, YOURS, Figures
from bot.slack.home import admin
from bot.slack.home.page import HomePage
from bot.slack.home.setting_rows import Choices

ANA, BEN, GENERAL = "U0ANA0000", "U0BEN0000", "C0GENERAL"
MODELS = Models(
    (
        OfferedModel("z-ai/glm-4.6v", "GLM-4.6V", price=Price(0.3, 0.9, "USD")),
        OfferedModel("z-ai/glm-4.6", "GLM-4.6", has_vision=False),
    )
)
DAY, RENEWS = date(2026, 11, 29), datetime(2026, 11, 30, tzinfo=UTC)
LEFT = BudgetStanding(Limit(ANA, "day", 5_000_000), 1_250_000, RENEWS)
MINE = Figures(YOURS, 1_250_000, 7_000_000, {DAY: 1_250_000}, [LEFT], "USD")
ALL = Figures(
    THE_WORKSPACES, 9, 10, {DAY: 9}, [], "USD", [("By person", [(f"<@{BEN}>", 9)])], has_download=True, people=(BEN,)
)


NOTHING = Preferences()


def choices(person: Preferences = NOTHING, workspace: Preferences = NOTHING, mark: str = "") -> Choices:
    return Choices(ScopedPreferences(person, Preferences(), workspace, ANA), Choice(), MODELS, mark)


def part(**changes: object) -> admin.AdminPart:
    budgets = admin.HomeBudgets(
        DefaultBudgets(user_day=5_000_000), {(WORKSPACE, "month"): 10**8, (BEN, "day"): None}, "USD"
    )
    rules = AccessRules(guests=True, users=frozenset({ANA}), bots=frozenset({"B1"}))
    whole = admin.AdminPart(choices(), 30, "default", budgets, rules, {BEN: "deny", GENERAL: "allow"}, ALL)
    return replace(whole, **changes)  # type: ignore[arg-type]


def whole_page(**changes: object) -> HomePage:
    return replace(HomePage("en", 3_600, "", choices(), MINE, part()), **changes)  # type: ignore[arg-type]

"""What Slack can trigger, one file per thing a person does. `register` is the table of contents."""

from slack_bolt.async_app import AsyncApp

from bot.slack.read.summary_target import Finder
from handlers import (
    accounts,
    again,
    agent,
    answers,
    approvals,
    commands,
    edits,
    files,
    hearing,
    home,
    home_admin,
    home_presses,
    lifecycle,
    mentions,
    messages,
    money,
    pages,
    shortcuts,
    show_page,
    summarize,
)
from handlers.access import AccessCheck
from handlers.agent import AgentView
from handlers.dependencies import Doors
from handlers.follow_up import FollowUps
from handlers.home_tab import HomeParts, HomeTab
from handlers.money import SpendingAccounts
from handlers.telling import Teller

__all__ = ["AccessCheck", "AgentView", "Doors", "FollowUps", "HomeParts", "Teller", "register"]


def register(
    app: AsyncApp,
    doors: Doors,
    finder: Finder,
    view: AgentView | None = None,
    spending: SpendingAccounts | None = None,
    home_parts: HomeParts | None = None,
) -> None:
    """In this order: Bolt takes the first listener that matches."""
    tab = HomeTab(doors, home_parts) if home_parts is not None else None
    hearing.register(doors)
    mentions.register(app, doors)
    edits.register(app, doors)
    files.register(app, doors)
    messages.register(app, doors)
    agent.register(app, doors, view)
    summarize.register(app, doors, finder)
    shortcuts.register(app, doors, finder)
    show_page.register(app, doors)
    again.register(app, doors)
    answers.register(app, doors)
    pages.register(app, doors)
    approvals.register(app, doors, doors.deciding)
    accounts.register(app, doors, tab)
    of_money = money.Money(doors, spending) if spending else None
    money.register(app, doors, of_money)
    commands.register(app, doors, of_money)
    home.register(app, doors, tab)
    home_presses.register(app, doors, finder, tab)
    home_admin.register(app, doors, tab)
    lifecycle.register(app, doors)

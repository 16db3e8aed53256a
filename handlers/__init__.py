"""What Slack can trigger, one file per thing a person does. `register` is the table of contents."""

from slack_bolt.async_app import AsyncApp

from bot.slack.read.summaries.target import Finder
from handlers import (
    again,
    agent,
    answers,
    approvals,
    edits,
    files,
    hearing,
    lifecycle,
    mentions,
    messages,
    pages,
    shortcuts,
    show_page,
    summarize,
)
from handlers.access import AccessCheck
from handlers.agent import AgentView
from handlers.dependencies import Dependencies
from handlers.follow_up import FollowUps
from handlers.glm import accounts, money
from handlers.glm import words as commands
from handlers.glm.money import SpendingAccounts
from handlers.home import admin as home_admin
from handlers.home import opened as home
from handlers.home import presses as home_presses
from handlers.home.tab import HomeParts, HomeTab
from handlers.telling import PrivateReplies

__all__ = ["AccessCheck", "AgentView", "Dependencies", "FollowUps", "HomeParts", "PrivateReplies", "register"]


def register(
    app: AsyncApp,
    doors: Dependencies,
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

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
    lifecycle,
    mentions,
    messages,
    pages,
    shortcuts,
    show_page,
    summarize,
)
from handlers import receive as hearing
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
from handlers.private_replies import PrivateReplies

__all__ = ["AccessCheck", "AgentView", "Dependencies", "FollowUps", "HomeParts", "PrivateReplies", "register"]


def register(
    app: AsyncApp,
    deps: Dependencies,
    finder: Finder,
    view: AgentView | None = None,
    spending: SpendingAccounts | None = None,
    home_parts: HomeParts | None = None,
) -> None:
    """In this order: Bolt takes the first listener that matches."""
    tab = HomeTab(deps, home_parts) if home_parts is not None else None
    hearing.register(deps)
    mentions.register(app, deps)
    edits.register(app, deps)
    files.register(app, deps)
    messages.register(app, deps)
    agent.register(app, deps, view)
    summarize.register(app, deps, finder)
    shortcuts.register(app, deps, finder)
    show_page.register(app, deps)
    again.register(app, deps)
    answers.register(app, deps)
    pages.register(app, deps)
    approvals.register(app, deps, deps.deciding)
    accounts.register(app, deps, tab)
    of_money = money.Money(deps, spending) if spending else None
    money.register(app, deps, of_money)
    commands.register(app, deps, of_money)
    home.register(app, deps, tab)
    home_presses.register(app, deps, finder, tab)
    home_admin.register(app, deps, tab)
    lifecycle.register(app, deps)

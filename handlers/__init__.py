"""The handlers of everything that Slack can trigger, one file per thing a person does. `register` lists them all."""

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
    receive,
    shortcuts,
    show_page,
    summarize,
)
from handlers.access import AccessCheck
from handlers.agent import AgentView
from handlers.dependencies import Dependencies
from handlers.follow_up import FollowUps
from handlers.glm import accounts, money, words
from handlers.home import admin, opened, presses
from handlers.home.tab import HomeParts, HomeTab
from handlers.private_replies import PrivateReplies

__all__ = ["AccessCheck", "AgentView", "Dependencies", "FollowUps", "HomeParts", "PrivateReplies", "register"]


def register(app: AsyncApp, deps: Dependencies, finder: Finder, view: AgentView, home_parts: HomeParts) -> None:
    """Register every listener. The order counts: Bolt takes the first listener that matches."""
    tab = HomeTab(deps, home_parts)
    receive.register(deps)
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
    approvals.register(app, deps)
    accounts.register(app, deps, tab)
    money.register(app, deps, tab.money)
    words.register(app, deps, tab.money)
    opened.register(app, deps, tab)
    presses.register(app, deps, finder, tab)
    admin.register(app, deps, tab)
    lifecycle.register(app, deps)

"""What Slack can trigger, one file per thing a person does. `register` is the table of contents."""

from slack_bolt.async_app import AsyncApp

from handlers import again, agent, answers, approvals, commands, edits, home, lifecycle, mentions, messages, pages
from handlers.agent import AgentView
from handlers.doors import Doors

__all__ = ["AgentView", "Doors", "register"]


def register(app: AsyncApp, doors: Doors, view: AgentView | None = None) -> None:
    """In this order: Bolt takes the first listener that matches."""
    mentions.register(app, doors)
    edits.register(app, doors)
    messages.register(app, doors)
    agent.register(app, doors, view)
    again.register(app, doors)
    answers.register(app, doors)
    pages.register(app, doors)
    approvals.register(app, doors, doors.deciding)
    commands.register(app, doors)
    home.register(app, doors)
    lifecycle.register(app)

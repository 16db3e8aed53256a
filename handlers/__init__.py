"""What Slack can trigger, one file per thing a person does. `register` is the table of contents."""

from slack_bolt.async_app import AsyncApp

from handlers import again, agent, answers, commands, edits, home, lifecycle, mentions, messages
from handlers.doors import Doors

__all__ = ["Doors", "register"]


def register(app: AsyncApp, doors: Doors) -> None:
    """In this order: Bolt takes the first listener that matches."""
    mentions.register(app, doors)
    edits.register(app, doors)
    messages.register(app, doors)
    agent.register(app, doors)
    again.register(app, doors)
    answers.register(app, doors)
    commands.register(app, doors)
    home.register(app, doors)
    lifecycle.register(app)

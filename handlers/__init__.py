"""What Slack can trigger, one file per thing a person does. `register` is the table of contents."""

from slack_bolt.async_app import AsyncApp

from bot.core.receive import Receiver
from bot.slack.gateway import Gateway
from handlers import lifecycle, mentions, messages


def register(app: AsyncApp, receiver: Receiver, gateway: Gateway) -> None:
    mentions.register(app, receiver, gateway)
    messages.register(app, receiver, gateway)
    lifecycle.register(app)

"""A person writes: a direct message, a reply in a thread, or the twin of a mention that knows the files."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.receive import Receiver
from bot.slack.gateway import Gateway
from handlers.hearing import hear


def register(app: AsyncApp, receiver: Receiver, gateway: Gateway) -> None:
    @app.event("message")
    async def wrote(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await hear(receiver, gateway, event, context)

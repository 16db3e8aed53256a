"""A person mentions the bot in a channel."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.dependencies import Dependencies
from handlers.hearing import hear


def register(app: AsyncApp, doors: Dependencies) -> None:
    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await hear(doors, event, context)

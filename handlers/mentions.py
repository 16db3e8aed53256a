"""The handler of a person mentioning the bot in a channel."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.dependencies import Dependencies
from handlers.receive import receive


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await receive(deps, event, context)

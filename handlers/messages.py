"""The handler of messages: direct messages, replies in threads, and mentions.

Slack sends a mention twice: as `app_mention` and as `message`. Only the `message` lists the files.
"""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.dependencies import Dependencies
from handlers.receive import receive


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.event("message")
    async def wrote(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await receive(deps, event, context)

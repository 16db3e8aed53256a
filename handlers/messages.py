"""A person writes: a direct message, a reply in a thread, or the twin of a mention that knows the files."""

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.dependencies import Dependencies
from handlers.receive import receive


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.event("message")
    async def wrote(event: dict[str, Any], context: AsyncBoltContext) -> None:
        await receive(deps, event, context)
